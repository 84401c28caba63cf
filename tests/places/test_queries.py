"""The register in memory: few queries, one while nothing changes, right again after a rollback."""

import pytest
from django.db import transaction

from mingbai.core.actor import SYSTEM
from mingbai.places import actions
from mingbai.places.models import Region, Revision, Station
from mingbai.places.queries import one_moment, regions_below, register, token
from tests.places.factories import LONG_AGO, NORTH, TOWN, VILLAGE, make_city, region, station

pytestmark = pytest.mark.django_db


def test_loading_takes_a_few_queries_and_asking_again_one(
    django_assert_max_num_queries, django_assert_num_queries
):
    make_city()
    with django_assert_max_num_queries(12):
        first = register()
    with django_assert_num_queries(1):
        assert register() is first


def test_the_number_of_queries_does_not_grow_with_the_city(django_assert_max_num_queries):
    make_city()
    for n in range(20):
        code = f"2104020030{n:02}"
        actions.create_region(by=SYSTEM, code=code, name=f"村{n}", level="village", parent=region(TOWN))
    with django_assert_max_num_queries(12):
        assert len(register().stations) == 28


def test_a_change_is_seen_at_once_and_a_rollback_brings_back_what_was():
    make_city()
    before = register()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        station(NORTH, name="改名的中心")
        assert register().stations[NORTH].name == "改名的中心"
        raise ZeroDivisionError
    assert register() is before
    station(NORTH, name="真的改名")
    assert register().stations[NORTH].name == "真的改名"


def test_within_one_moment_the_token_is_asked_once_until_something_changes(django_assert_num_queries):
    make_city()
    register()
    with one_moment():
        with django_assert_num_queries(1):
            register()
            register()
        station(NORTH, name="改名的中心")
        assert register().stations[NORTH].name == "改名的中心"


def test_without_its_first_row_nothing_is_kept():
    make_city()
    Revision.objects.all().delete()
    assert token() == ""
    Region.objects.filter(code=NORTH).update(name="别名")
    assert register().regions[NORTH].name == "别名"
    actions.touch(by=SYSTEM)
    assert register().token


def test_reads_by_subtree():
    make_city()
    assert regions_below(TOWN) == {TOWN, VILLAGE, "210402001002"}
    assert Region.objects.below(region(NORTH)).count() == 5
    assert Station.objects.below(region(TOWN)).count() == 3
    assert Region.objects.visible_to(None).living(LONG_AGO).count() == 8
