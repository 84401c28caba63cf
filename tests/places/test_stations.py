"""Stations: what may be edited, closed, located and opened when; the journal says from what to what."""

import json
from datetime import date, time
from decimal import Decimal

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places import actions
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.places.rules import HoursRow
from tests.places.factories import CITY, NORTH, TOWN, VILLAGE, last_entry, make_city, region, station, verbs

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _city(db):
    make_city()


def refused(code: str, act, /, **arguments: object) -> Refused:
    with pytest.raises(Refused) as reason:
        act(by=SYSTEM, **arguments)
    assert reason.value.code == code
    return reason.value


def edit(code: str, **changes: object) -> Station:
    return actions.edit_station(by=SYSTEM, station=station(code), changes=changes, why="核对")


def test_an_edit_journals_only_what_differs():
    token = register().token
    edit(TOWN, is_built=True, windows=2, kiosks=0, lines={"mediation", "consultation"})
    assert json.loads(last_entry(f"station:{TOWN}").data) == {
        "from": {"is_built": False, "windows": 0, "lines": []},
        "to": {"is_built": True, "windows": 2, "lines": ["consultation", "mediation"]},
        "why": "核对",
    }
    assert register().token != token
    assert register().stations[TOWN].lines == {"mediation", "consultation"}
    assert register().lacks(TOWN, DAY) == ()


def test_an_edit_of_nothing_leaves_no_trace():
    token = register().token
    edit(TOWN, is_built=False, colour="red")
    assert verbs(f"station:{TOWN}") == ["station.created"] and register().token == token


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "text_missing"),
        ({"name": "长" * 101}, "text_too_long"),
        ({"tier": "planet"}, "unknown_tier"),
        ({"lines": {"magic"}}, "unknown_line"),
        ({"windows": -1}, "bad_count"),
        ({"kiosks": 1000}, "bad_count"),
        ({"takes_matters": True}, "not_built"),
        ({"takes_matters": True, "is_built": True}, "no_line"),
    ],
)
def test_what_a_station_cannot_be_is_refused(changes, code):
    refused(code, actions.edit_station, station=station(TOWN), changes=changes)
    assert verbs(f"station:{TOWN}") == ["station.created"]


def test_the_switch_takes_matters_needs_a_line_and_keeps_it():
    edit(TOWN, is_built=True, lines={"consultation"}, takes_matters=True)
    assert register().stations[TOWN].takes_matters
    refused("no_line", actions.edit_station, station=station(TOWN), changes={"lines": set()})
    refused("not_built", actions.edit_station, station=station(TOWN), changes={"is_built": False})
    edit(TOWN, lines=set(), takes_matters=False)
    assert register().stations[TOWN].lines == frozenset()


def test_a_substitute_is_another_station_that_works():
    refused(
        "bad_substitute", actions.edit_station, station=station(TOWN), changes={"substitute": station(TOWN)}
    )
    refused(
        "bad_substitute",
        actions.edit_station,
        station=station(TOWN),
        changes={"substitute": station(VILLAGE)},
    )
    edit(VILLAGE, substitute=station(NORTH), planned_on=date(2027, 3, 1))
    assert register().stations[VILLAGE].substitute == NORTH
    edit(VILLAGE, substitute=None)
    assert register().stations[VILLAGE].substitute == ""


def test_a_second_station_of_a_region_gets_a_code_of_its_own():
    values = {"is_built": True, "lines": {"notary"}, "windows": 3}
    second = actions.create_station(
        by=SYSTEM, region=region(NORTH), name="新抚区分中心", tier="county_centre", values=values
    )
    assert second.code == f"{NORTH}-2" and verbs(f"station:{second.code}") == ["station.created"]
    assert [s.code for s in register().stations_at(NORTH)] == [NORTH, second.code]
    assert register().stations[second.code].lines == {"notary"}
    same = {"region": region(NORTH), "name": "x", "tier": "county_centre", "code": NORTH}
    refused("station_exists", actions.create_station, **same)


def test_no_station_is_made_where_a_region_has_ended():
    actions.abolish_region(by=SYSTEM, region=region(VILLAGE), on=DAY, source="批复")
    new = {"region": region(VILLAGE), "name": "x", "tier": "village_studio"}
    refused("ended", actions.create_station, **new)


def test_closing_and_reopening():
    edit(NORTH, takes_matters=True)
    actions.close_station(by=SYSTEM, station=station(NORTH), on=DAY, reason="撤并")
    row = register().stations[NORTH]
    assert row.closed_on == DAY and not row.takes_matters
    assert row.is_closed(DAY) and not row.is_closed(date(2026, 11, 23))
    refused("already_closed", actions.close_station, station=station(NORTH), on=DAY, reason="x")
    refused("closed", actions.edit_station, station=station(NORTH), changes={"takes_matters": True})
    actions.reopen_station(by=SYSTEM, station=station(NORTH), reason="恢复")
    assert register().stations[NORTH].closed_on is None
    refused("not_closed", actions.reopen_station, station=station(NORTH), reason="x")
    assert verbs(f"station:{NORTH}")[-2:] == ["station.closed", "station.reopened"]


def test_the_last_centre_of_the_city_stays():
    refused("last_centre", actions.close_station, station=station(CITY), on=DAY, reason="x")
    actions.create_station(by=SYSTEM, region=region(CITY), name="市二中心", tier="city_centre")
    actions.close_station(by=SYSTEM, station=station(CITY), on=DAY, reason="搬迁")


def test_a_point_is_set_once_and_changed_only_with_a_reason():
    place = actions.set_point(by=SYSTEM, station=station(TOWN), latitude="41.8797123", longitude=123.9)
    assert (place.latitude, place.longitude) == (Decimal("41.879712"), Decimal("123.900000"))
    assert place.located_at is not None and place.located_at <= timezone.now()
    actions.set_point(by=SYSTEM, station=place, latitude="41.879712", longitude="123.9")
    refused("point_set", actions.set_point, station=place, latitude=41, longitude=123)
    actions.set_point(by=SYSTEM, station=place, latitude=41, longitude=123, why="搬迁")
    assert verbs(f"station:{TOWN}") == ["station.created", "station.point_set", "station.point_set"]
    assert '"why":"搬迁"' in last_entry(f"station:{TOWN}").data


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(123.9, 41.8), ("", 123), ("NaN", 123), (41, None), (41, "1e9")]
)
def test_a_point_outside_the_country_or_swapped_is_refused(latitude, longitude):
    refused("bad_point", actions.set_point, station=station(TOWN), latitude=latitude, longitude=longitude)


def test_hours_replace_hours():
    rows = [HoursRow(5, time(9), time(12)), HoursRow(6, time(9), time(12), on_days_off=True)]
    actions.set_hours(by=SYSTEM, station=station(NORTH), hours=rows)
    assert register().stations[NORTH].hours == tuple(rows)
    actions.set_hours(by=SYSTEM, station=station(NORTH), hours=rows[:1])
    assert register().stations[NORTH].hours == tuple(rows[:1])
    assert verbs(f"station:{NORTH}")[-1] == "station.hours_set"


@pytest.mark.parametrize(
    "rows",
    [
        [HoursRow(0, time(12), time(12))],
        [HoursRow(7, time(9), time(12))],
        [HoursRow(0, time(9), time(12)), HoursRow(0, time(11), time(14))],
    ],
)
def test_hours_that_cannot_be_are_refused(rows):
    refused("bad_hours", actions.set_hours, station=station(NORTH), hours=rows)


def test_a_closure_shuts_for_its_days_and_can_be_taken_back():
    noon = timezone.make_aware(timezone.datetime(2026, 11, 24, 10))
    assert register().is_open(NORTH, noon)
    closure = actions.add_closure(
        by=SYSTEM, station=station(NORTH), starts_on=DAY, ends_on=DAY, reason="停电"
    )
    assert not register().is_open(NORTH, noon) and register().hours_on(NORTH, DAY) == []
    assert register().next_opening(NORTH, noon).date() == date(2026, 11, 25)
    actions.remove_closure(by=SYSTEM, closure=closure)
    assert register().is_open(NORTH, noon)
    assert verbs(f"station:{NORTH}")[-2:] == ["station.closure_added", "station.closure_removed"]
    wrong = {"station": station(NORTH), "starts_on": DAY, "ends_on": date(2026, 11, 23), "reason": "x"}
    refused("bad_date", actions.add_closure, **wrong)
    refused("text_missing", actions.add_closure, **(wrong | {"ends_on": DAY, "reason": " "}))
