"""A matter is seen by the county in which its station lies today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import handover
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.models import Region
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, City, fresh, make_case
from tests.people.factories import make_user


@pytest.fixture
def town_case(city: City) -> Case:
    """At the township's own station."""
    case = make_case()
    return handover.designate(
        case=case, by=city.supervisor.actor, to=city.stations[TOWN], reason="在那边更近"
    )


def seen_by(city: City, county: str, case: Case) -> bool:
    user = make_user(RoleCode.SUPERVISOR, region=city.regions[county])
    return Case.objects.visible_to(fresh(user)).filter(pk=case.pk).exists()


def test_a_township_takes_its_matters_to_its_new_county(city: City, town_case: Case) -> None:
    assert (seen_by(city, NORTH, town_case), seen_by(city, SOUTH, town_case)) == (True, False)
    today = timezone.localdate()
    town, south = Region.objects.get(code=TOWN), Region.objects.get(code=SOUTH)
    places.move_region(by=SYSTEM, region=town, parent=south, on=today, source="辽政〔2026〕9号")
    assert (seen_by(city, NORTH, town_case), seen_by(city, SOUTH, town_case)) == (False, True)


def test_a_merged_county_hands_its_matters_over_on_its_day(city: City, town_case: Case) -> None:
    own, former = make_case(), make_user(RoleCode.SUPERVISOR, region=city.regions[NORTH])
    north, south = Region.objects.get(code=NORTH), Region.objects.get(code=SOUTH)
    day = timezone.localdate() + timedelta(days=5)
    places.merge_regions(by=SYSTEM, region=north, into=south, on=day, source="国函〔2026〕1号")
    assert not seen_by(city, SOUTH, own)
    assert places.apply_changes(by=SYSTEM, on=day) == 1
    assert seen_by(city, SOUTH, own)
    assert seen_by(city, SOUTH, town_case)
    assert list(Case.objects.visible_to(fresh(former))) == [town_case]  # until somebody grants anew
    assert set(Case.objects.values_list("city", "county")) == {(CITY, SOUTH)}
