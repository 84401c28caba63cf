"""Routing: from the place of the event upwards, always to a station, with reasons."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases.enums import Channel, Place
from mingbai.cases.rules.routing import Request, RouteRule, lowest_tier, route
from mingbai.core.refused import Refused
from mingbai.core.workdays import Workdays
from mingbai.people.rules import AbsenceRow, DutyRow, WorkerRow
from mingbai.people.rules import snapshot as staff
from mingbai.places.enums import Line, Tier
from mingbai.places.rules import CoverageRow, RegionRow, StationRow, snapshot

CITY, NORTH, SOUTH, TOWN, VILLAGE, ZONE = "C", "N", "S", "T", "V", "Z"
REGIONS = [
    RegionRow(CITY, "市", "city", "", "C"),
    RegionRow(NORTH, "北区", "county", CITY, "C.N"),
    RegionRow(SOUTH, "南区", "county", CITY, "C.S"),
    RegionRow(TOWN, "甲镇", "township", NORTH, "C.N.T"),
    RegionRow(VILLAGE, "一村", "village", TOWN, "C.N.T.V"),
]
EVERY = frozenset(Line)
STATIONS = {
    CITY: StationRow(CITY, "市中心", Tier.CITY_CENTRE, CITY, EVERY),
    NORTH: StationRow(NORTH, "北区中心", Tier.COUNTY_CENTRE, NORTH, EVERY),
    SOUTH: StationRow(SOUTH, "南区中心", Tier.COUNTY_CENTRE, SOUTH, EVERY),
    TOWN: StationRow(TOWN, "甲镇工作站", Tier.TOWNSHIP_STATION, TOWN, EVERY, takes_matters=True),
    VILLAGE: StationRow(VILLAGE, "一村工作室", Tier.VILLAGE_STUDIO, VILLAGE, EVERY, takes_matters=True),
}
STAFF = staff(
    "t", [WorkerRow(1, "w1", "甲", "lawyer", VILLAGE), WorkerRow(2, "w2", "乙", "lawyer", TOWN)], [], []
)
SINCE = date(2020, 1, 1)
RULES = (
    RouteRule(1, "", "", "", False, Tier.VILLAGE_STUDIO, "s", SINCE, None),
    RouteRule(2, "", "web", "", False, Tier.COUNTY_CENTRE, "s", SINCE, None),
)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC).astimezone()
ASK = Request("consultation", "consultation", "window", Place.KNOWN, VILLAGE, False, TUESDAY)


def places(**changes):
    stations = {**STATIONS, **changes}
    return snapshot("t", REGIONS, [row for row in stations.values() if row], workdays=Workdays({}))


def way(request=ASK, register=None, staffing=STAFF, rules=RULES, city=CITY):
    return route(request, register or places(), staffing, rules, city)


def test_the_village_itself_where_somebody_serves():
    assert way().station == VILLAGE
    assert "由一村工作室办理" in way().reasons


def test_the_web_goes_straight_to_the_county_and_says_so():
    decided = way(replace(ASK, channel="web"))
    assert decided.station == NORTH and any("县区中心" in reason for reason in decided.reasons)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"is_built": False}, "尚未建成"),
        ({"takes_matters": False}, "未开通承办"),
        ({"lines": frozenset()}, "不办理这项业务"),
        ({"closed_on": date(2026, 11, 1)}, "已停办"),
    ],
)
def test_a_station_that_cannot_lets_it_go_up_with_the_reason(change, word):
    decided = way(register=places(V=replace(STATIONS[VILLAGE], **change)))
    assert decided.station == TOWN and any(word in reason for reason in decided.reasons)


def test_nobody_on_duty_lets_it_go_up():
    decided = way(staffing=staff("t", [WorkerRow(2, "w2", "乙", "lawyer", TOWN)], [], []))
    assert decided.station == TOWN and "一村工作室无人值守" in decided.reasons


def test_an_empty_day_goes_to_the_substitute():
    empty = staff("t", [WorkerRow(2, "w2", "乙", "lawyer", TOWN)], [], [])
    decided = way(register=places(V=replace(STATIONS[VILLAGE], substitute=TOWN)), staffing=empty)
    assert decided.station == TOWN and "由甲镇工作站代办" in decided.reasons


def test_a_stand_in_keeps_the_station_open():
    people = [WorkerRow(1, "w1", "甲", "lawyer", VILLAGE), WorkerRow(3, "w3", "丙", "lawyer", "")]
    day = TUESDAY.date()
    away = [AbsenceRow(1, day, day, 3)]
    assert way(staffing=staff("t", people, [], away)).station == VILLAGE
    assert way(staffing=staff("t", people, [], [AbsenceRow(1, day, day)])).station == NORTH


def test_a_roster_that_names_nobody_today_lets_it_go_up():
    friday = DutyRow(1, VILLAGE, time(9), time(17), weekday=4)
    people = [WorkerRow(1, "w1", "甲", "lawyer", VILLAGE), WorkerRow(2, "w2", "乙", "lawyer", TOWN)]
    assert way(staffing=staff("t", people, [friday], [])).station == TOWN


def test_a_centre_needs_no_roster():
    assert way(staffing=staff("t", [], [], [])).station == NORTH


def test_a_county_without_the_line_sends_it_to_the_city():
    register = places(N=replace(STATIONS[NORTH], lines=frozenset()), V=None, T=None)
    assert way(register=register).station == CITY


def test_a_service_area_stands_before_the_tree():
    cover = CoverageRow("示范区", TOWN, SOUTH, "", SINCE)
    register = snapshot(
        "t", REGIONS, [s for s in STATIONS.values() if s.code != VILLAGE], [cover], Workdays({})
    )
    decided = way(register=register)
    assert decided.station == SOUTH and any("示范区" in reason for reason in decided.reasons)


@pytest.mark.parametrize("place", [Place.OUTSIDE, Place.UNKNOWN])
def test_a_place_that_is_not_here_goes_to_the_city(place):
    assert way(replace(ASK, place=place, region="")).station == CITY


def test_a_merged_village_is_served_where_it_is_now():
    gone = replace(REGIONS[4], valid_to=date(2026, 1, 1), successor=TOWN)
    register = snapshot("t", [*REGIONS[:4], gone], STATIONS.values(), workdays=Workdays({}))
    decided = way(register=register)
    assert decided.station == TOWN and any("并入" in reason for reason in decided.reasons)


def test_a_matter_without_a_line_is_taken_anywhere():
    assert way(replace(ASK, kind="complaint", line="")).station == VILLAGE


def test_outside_opening_hours_it_is_taken_and_said():
    night = replace(ASK, at=datetime(2026, 11, 24, 20, tzinfo=UTC))
    assert any("开放时间" in reason for reason in way(night).reasons)


def test_without_any_station_there_is_a_reason():
    with pytest.raises(Refused) as refused:
        way(register=snapshot("t", REGIONS, []))
    assert refused.value.code == "no_station"


def test_a_city_without_a_centre_uses_its_highest_station():
    register = snapshot("t", REGIONS, [STATIONS[SOUTH], STATIONS[TOWN]], workdays=Workdays({}))
    assert way(replace(ASK, place=Place.UNKNOWN), register=register, city="elsewhere").station == SOUTH


def test_the_most_specific_rule_wins_then_the_newest():
    special = RouteRule(3, "notary", "web", NORTH, False, Tier.CITY_CENTRE, "s", SINCE, None)
    newer = replace(RULES[1], id=4, valid_from=date(2026, 1, 1), lowest_tier=Tier.TOWNSHIP_STATION)
    ended = replace(RULES[1], id=5, valid_from=date(2026, 6, 1), valid_to=date(2026, 7, 1))
    urgent = RouteRule(6, "", "", "", True, Tier.CITY_CENTRE, "s", SINCE, None)
    rules = (*RULES, special, newer, ended, urgent)

    def chosen(request):
        return lowest_tier(rules, request, places(), TUESDAY.date()).id

    web = replace(ASK, channel="web")
    assert chosen(web) == 4
    assert chosen(replace(web, kind="notary", line="notary")) == 3
    assert chosen(replace(web, is_urgent=True)) == 6
    assert lowest_tier((), web, places(), TUESDAY.date()) is None
    assert way(web, rules=()).station == NORTH


rows = st.builds(
    replace,
    st.sampled_from(list(STATIONS.values())),
    is_built=st.booleans(),
    takes_matters=st.booleans(),
    lines=st.sets(st.sampled_from(list(Line))).map(frozenset),
    closed_on=st.sampled_from([None, date(2026, 11, 1), date(2027, 1, 1)]),
    substitute=st.sampled_from(["", TOWN, VILLAGE, NORTH, "gone"]),
)
requests = st.builds(
    Request,
    st.sampled_from(["consultation", "notary", "complaint"]),
    st.sampled_from(["consultation", "notary", ""]),
    st.sampled_from(list(Channel)),
    st.sampled_from(list(Place)),
    st.sampled_from([CITY, NORTH, SOUTH, TOWN, VILLAGE]),
    st.booleans(),
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)),
)
workers = st.lists(st.sampled_from([CITY, NORTH, TOWN, VILLAGE]), max_size=3).map(
    lambda homes: staff("t", [WorkerRow(n, str(n), "某", "lawyer", h) for n, h in enumerate(homes)], [], [])
)


@given(st.lists(rows, min_size=1, max_size=8), requests, workers, st.sets(st.sampled_from(RULES)))
def test_there_is_always_exactly_one_station_and_a_reason(stations, request, staffing, rules):
    register = snapshot("t", REGIONS, {s.code: s for s in stations}.values(), workdays=Workdays({}))
    decided = way(request, register=register, staffing=staffing, rules=tuple(rules))
    chosen = register.stations[decided.station]
    assert decided.reasons and any(chosen.name in reason for reason in decided.reasons)
    able = [s for s in register.stations.values() if s.is_built and not s.is_closed(request.at.date())]
    assert not able or chosen in able
