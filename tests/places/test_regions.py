"""Dated changes of the tree: state, journal, and what the register answers before and after the day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places import actions
from mingbai.places.enums import ChangeKind
from mingbai.places.models import Region, RegionChange, Station
from mingbai.places.queries import register
from tests.places.factories import (
    CITY,
    LONG_AGO,
    NORTH,
    SOUTH,
    TOWN,
    TOWN_2,
    TOWN_SOUTH,
    VILLAGE,
    VILLAGE_2,
    make_city,
    region,
    station,
    verbs,
)

pytestmark = pytest.mark.django_db
PAST = date(2026, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _city(db):
    make_city()


def later() -> date:
    return timezone.localdate() + 30 * DAY


def merge(code: str, into: str, on: date) -> RegionChange:
    return actions.merge_regions(
        by=SYSTEM, region=region(code), into=region(into), on=on, source="民政〔2026〕1号"
    )


def refused(code: str, act, /, **arguments: object) -> None:
    with pytest.raises(Refused) as reason:
        act(by=SYSTEM, **arguments)
    assert reason.value.code == code


def test_a_new_region_comes_with_its_required_station():
    actions.create_region(
        by=SYSTEM,
        code="210402003000",
        name="新街道",
        level="township",
        parent=region(NORTH),
        on=PAST,
        source="批复",
    )
    made = Station.objects.get(code="210402003000")
    assert made.name == "新街道公共法律服务工作站" and not made.is_built
    assert verbs("region:210402003000") == ["region.created"]
    assert register().regions["210402003000"].valid_from == PAST
    assert RegionChange.objects.get().kind == ChangeKind.CREATED


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "2104"}, "bad_region"),
        ({"name": ""}, "bad_region"),
        ({"level": "planet"}, "bad_region"),
        ({"code": TOWN}, "region_exists"),
        ({"level": "county"}, "bad_level"),
        ({"level": "city"}, "bad_level"),
        ({"parent": None}, "bad_level"),
    ],
)
def test_a_region_that_cannot_be_is_refused(values, code):
    new = {"code": "210402003000", "name": "新街道", "level": "township", "parent": region(NORTH)}
    refused(code, actions.create_region, **(new | values))


def test_nothing_is_founded_below_what_has_ended():
    merge(TOWN_2, TOWN, PAST)
    new = {"code": "210402002009", "name": "村", "level": "village", "parent": region(TOWN_2)}
    refused("ended", actions.create_region, **new)


def test_a_rename_of_a_past_day_holds_at_once():
    change = actions.rename_region(by=SYSTEM, region=region(TOWN), name="车站街道", on=PAST, source="批复")
    assert register().regions[TOWN].name == "车站街道"
    assert (change.old_name, change.new_name, change.applied_at is not None) == ("站前街道", "车站街道", True)
    assert verbs(f"region:{TOWN}")[-1] == "region.renamed"


def test_a_rename_of_a_coming_day_waits_for_it():
    actions.rename_region(by=SYSTEM, region=region(TOWN), name="车站街道", on=later(), source="批复")
    assert register().regions[TOWN].name == "站前街道"
    assert actions.apply_changes(by=SYSTEM) == 0
    assert actions.apply_changes(by=SYSTEM, on=later()) == 1
    assert register().regions[TOWN].name == "车站街道"
    assert actions.apply_changes(by=SYSTEM, on=later()) == 0


def test_a_merge_leaves_old_codes_answering():
    merge(TOWN, TOWN_2, PAST)
    places = register()
    assert places.current(TOWN, PAST - DAY) == TOWN
    assert places.current(TOWN, PAST) == TOWN_2
    assert places.current(VILLAGE, PAST) == VILLAGE
    assert places.subtree(TOWN_2) == {TOWN, TOWN_2, VILLAGE, VILLAGE_2}
    assert places.path_names(VILLAGE) == "抚顺市 新抚区 福民街道 裕民社区居委会"
    assert places.county_of(VILLAGE) == NORTH
    assert [row.code for row in places.children(TOWN_2, PAST)] == [VILLAGE, VILLAGE_2]
    assert [s.code for s in places.stations_at(TOWN_2)] == [TOWN_2, TOWN]
    assert verbs(f"region:{TOWN}")[-1] == "region.merged"
    assert verbs(f"station:{TOWN}")[-1] == "station.moved"
    assert Region.objects.below(region(TOWN_2)).count() == 4


def test_a_merge_of_a_coming_day_holds_from_that_day():
    merge(TOWN, TOWN_2, later())
    places = register()
    assert places.current(TOWN, later() - DAY) == TOWN and places.current(TOWN, later()) == TOWN_2
    assert places.subtree(TOWN_2) == {TOWN_2}
    assert places.path_names(VILLAGE) == "抚顺市 新抚区 站前街道 裕民社区居委会"
    actions.apply_changes(by=SYSTEM, on=later())
    assert VILLAGE in register().subtree(TOWN_2)


def test_counties_merge_too_and_merges_follow_one_another():
    merge(NORTH, SOUTH, PAST)
    assert register().county_of(VILLAGE) == SOUTH
    merge(TOWN, TOWN_SOUTH, PAST + DAY)
    assert register().path_names(VILLAGE) == "抚顺市 望花区 李石街道 裕民社区居委会"
    assert register().city_of(VILLAGE) == CITY


@pytest.mark.parametrize(("code", "into"), [(TOWN, TOWN), (TOWN, VILLAGE), (NORTH, TOWN), (VILLAGE, TOWN)])
def test_only_regions_of_one_level_merge(code, into):
    refused(
        "bad_successor", actions.merge_regions, region=region(code), into=region(into), on=PAST, source="x"
    )


def test_what_has_ended_is_not_changed_again():
    merge(TOWN, TOWN_2, PAST)
    refused("ended", actions.rename_region, region=region(TOWN), name="新", on=PAST, source="x")
    refused("ended", actions.merge_regions, region=region(TOWN_2), into=region(TOWN), on=PAST, source="x")


def test_a_change_needs_its_source_and_a_day_after_the_beginning():
    refused(
        "text_missing", actions.merge_regions, region=region(TOWN), into=region(TOWN_2), on=PAST, source=" "
    )
    new = {"code": "210402003000", "name": "新街道", "level": "township", "parent": region(NORTH)}
    made = actions.create_region(by=SYSTEM, **new, on=PAST, source="批复")
    refused("bad_date", actions.merge_regions, region=made, into=region(TOWN), on=PAST, source="x")
    refused("bad_date", actions.abolish_region, region=region(VILLAGE), on=date.min, source="x")


def test_a_split_takes_its_members_along():
    made = actions.split_region(
        by=SYSTEM,
        region=region(TOWN),
        code="210402003000",
        name="东站街道",
        members=[region(VILLAGE_2)],
        on=PAST,
        source="批复",
    )
    places = register()
    assert places.subtree(made.code) == {made.code, VILLAGE_2}
    assert VILLAGE_2 not in places.subtree(TOWN) and VILLAGE in places.subtree(TOWN)
    assert [s.code for s in places.stations_at(made.code)] == [made.code]
    assert verbs(f"region:{TOWN}")[-1] == "region.split"
    assert verbs(f"region:{VILLAGE_2}")[-1] == "region.moved"


def test_a_split_of_a_coming_day_is_not_chosen_before_it():
    actions.split_region(
        by=SYSTEM,
        region=region(TOWN),
        code="210402003000",
        name="东站街道",
        members=[region(VILLAGE_2)],
        on=later(),
        source="批复",
    )
    today = timezone.localdate()
    assert "210402003000" not in [row.code for row in register().children(NORTH, today)]
    assert "210402003000" in [row.code for row in register().children(NORTH, later())]
    actions.apply_changes(by=SYSTEM, on=later())
    assert register().subtree("210402003000") == {"210402003000", VILLAGE_2}


def test_only_own_parts_split_off():
    new = {"code": "210402003000", "name": "新", "on": PAST, "source": "x"}
    refused("not_a_member", actions.split_region, region=region(TOWN), members=[region(TOWN_SOUTH)], **new)


def test_a_region_moves_with_all_below_it():
    actions.move_region(by=SYSTEM, region=region(TOWN), parent=region(SOUTH), on=PAST, source="批复")
    places = register()
    assert places.path_names(VILLAGE) == "抚顺市 望花区 站前街道 裕民社区居委会"
    assert places.county_of(VILLAGE) == SOUTH and VILLAGE not in places.subtree(NORTH)
    assert region(VILLAGE).path.split(".") == [CITY, SOUTH, TOWN, VILLAGE]


def test_a_region_does_not_move_to_where_it_is_or_below_its_level():
    refused("unchanged", actions.move_region, region=region(TOWN), parent=region(NORTH), on=PAST, source="x")
    refused(
        "bad_level", actions.move_region, region=region(TOWN), parent=region(VILLAGE), on=PAST, source="x"
    )
    refused("unchanged", actions.rename_region, region=region(TOWN), name="站前街道", on=PAST, source="x")
    refused("bad_region", actions.rename_region, region=region(TOWN), name="", on=PAST, source="x")


def test_abolishing_needs_empty_hands_and_sends_matters_up():
    refused("has_children", actions.abolish_region, region=region(TOWN), on=PAST, source="x")
    actions.abolish_region(by=SYSTEM, region=region(VILLAGE), on=PAST, source="批复")
    assert register().current(VILLAGE, PAST) == TOWN
    assert verbs(f"region:{VILLAGE}")[-1] == "region.abolished"


def test_a_service_area_overrides_the_tree_by_date():
    zone = actions.create_station(
        by=SYSTEM, region=region(SOUTH), name="沈抚示范区中心", tier="county_centre"
    )
    actions.edit_station(by=SYSTEM, station=zone, changes={"is_built": True, "lines": {"consultation"}})
    area = {"area": "沈抚示范区", "region": region(TOWN_SOUTH), "station": zone, "source": "辽政"}
    cover = actions.add_coverage(by=SYSTEM, valid_from=LONG_AGO, **area)
    assert zone.code == f"{SOUTH}-2"
    assert register().coverage_of(TOWN_SOUTH, "", PAST).station == zone.code
    actions.end_coverage(by=SYSTEM, coverage=cover, on=PAST)
    assert register().coverage_of(TOWN_SOUTH, "", PAST + DAY) is None
    assert verbs(f"region:{TOWN_SOUTH}")[-2:] == ["region.covered", "region.coverage_ended"]
    refused("bad_date", actions.end_coverage, coverage=cover, on=LONG_AGO - DAY)
    refused("bad_date", actions.add_coverage, **area, valid_from=PAST, valid_to=LONG_AGO)
    refused("unknown_line", actions.add_coverage, **area, valid_from=PAST, line="magic")
    actions.close_station(by=SYSTEM, station=zone, on=PAST, reason="撤并")
    refused("closed", actions.add_coverage, **(area | {"station": station(zone.code)}), valid_from=PAST)
