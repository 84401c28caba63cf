"""Offices and people in the search: by name, sound, kind and line, nearest first, published posts only."""

from datetime import time

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.knowledge.queries import nearest, search
from mingbai.people.enums import Post
from mingbai.places import actions as places
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Region
from tests.people.factories import NORTH, SOUTH, TOWN, TOWN_SOUTH, Town, make_town, make_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db) -> Town:
    return make_town()


def found(text: str, **more: object) -> list:
    return search(text, kinds=("office", "person"), **more)


def organise(name: str, kind: str, region: str = NORTH):
    return places.create_organisation(
        by=SYSTEM, name=name, kind=kind, region=Region.objects.get(code=region), phone="024-1234"
    )


def test_an_office_by_name_sound_and_kind(town: Town):
    organise("清源律师事务所", OrganisationKind.FIRM)
    organise("第一公证处", OrganisationKind.NOTARY_OFFICE)
    for text in ("清源律师事务所", "清源", "qingyuan", "qylssws", "律所"):
        assert found(text)[0].title == "清源律师事务所", text
    assert [hit.title for hit in found("公证处") if "公证" in hit.title] == ["第一公证处"]
    assert found("清源")[0].phone == "024-1234"


def test_a_named_office_stands_before_texts(town: Town):
    from tests.knowledge.factories import make_guide

    make_guide("清源镇法律援助")
    organise("清源律师事务所", OrganisationKind.FIRM)
    assert [hit.kind for hit in search("清源")] == ["office", "guide"]


def test_closed_and_inactive_ones_are_not_found(town: Town):
    firm = organise("清源律师事务所", OrganisationKind.FIRM)
    places.edit_organisation(by=SYSTEM, organisation=firm, changes={"is_active": False})
    assert found("清源") == []


def test_the_nearest_first_by_region(town: Town):
    organise("南律师事务所", OrganisationKind.FIRM, SOUTH)
    organise("北律师事务所", OrganisationKind.FIRM, NORTH)
    assert [hit.title for hit in found("律师事务所", region=TOWN)] == ["北律师事务所", "南律师事务所"]
    assert [hit.title for hit in found("律师事务所", region=TOWN_SOUTH)] == ["南律师事务所", "北律师事务所"]


def test_the_nearest_first_by_point_with_metres_hours_and_place_on_the_map(town: Town):
    for code, latitude in ((TOWN, "41.870000"), (TOWN_SOUTH, "41.850000")):
        places.set_point(by=SYSTEM, station=town.stations[code], latitude=latitude, longitude="123.900000")
    hours = [(str(day), time(8, 30), time(17), False) for day in range(5)]
    places.set_hours(by=SYSTEM, station=town.stations[TOWN], hours=_hours(hours))
    hits = nearest(point=(41.871, 123.9), limit=2)
    assert [hit.ref for hit in hits] == [TOWN, TOWN_SOUTH]
    assert 100 < (hits[0].distance or 0) < 120 and hits[0].point == (41.87, 123.9)
    assert hits[0].hours == ("周一至周五 08:30-17:00",)
    assert [hit.ref for hit in found("附近", point=(41.85, 123.9))][:2] == [TOWN_SOUTH, TOWN]


def _hours(rows: list) -> object:
    from mingbai.places.rules import HoursRow

    return [HoursRow(int(day), opens, closes, off) for day, opens, closes, off in rows]


def test_people_of_published_posts_only_and_without_their_own_telephone(town: Town):
    station = town.stations[TOWN]
    make_worker(station, "钱进法", Post.LAWYER, phone="13812345678")
    make_worker(station, "钱进窗", Post.WINDOW_CLERK)
    hits = found("钱进")
    assert [(hit.kind, hit.title, hit.station) for hit in hits] == [("person", "钱进法", TOWN)]
    assert "13812345678" not in str(hits)
    assert found("qianjinfa")[0].title == "钱进法"


def test_somebody_who_left_is_not_found(town: Town):
    from mingbai.people import actions as people

    worker = make_worker(town.stations[TOWN], "钱进法", Post.LAWYER)
    assert found("钱进法")
    people.deactivate_worker(by=SYSTEM, worker=worker) if hasattr(people, "deactivate_worker") else None
    if not hasattr(people, "deactivate_worker"):
        people.edit_worker(by=SYSTEM, worker=worker, changes={"is_active": False})
    assert found("钱进法") == []


def test_nothing_is_listed_without_a_place_or_a_name(town: Town):
    assert found("附近") == []
    assert found("附近", region=TOWN)
