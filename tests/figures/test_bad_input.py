"""What goes wrong with figures: a region dissolved, a matter reopened, the turn of the year."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.figures.queries import Counter, by_place
from mingbai.figures.recount import differences
from mingbai.figures.rules import Period
from mingbai.places.models import Region
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, City, make_closed
from tests.figures.test_figures import YEAR, call

pytestmark = pytest.mark.django_db


def test_a_region_dissolved_in_mid_year_keeps_what_it_had(city: City):
    call(city, date(2025, 3, 1), region=TOWN)
    Region.objects.filter(pk=TOWN).update(valid_to=date(2025, 6, 30))
    counts = by_place("calls_offered", YEAR, [NORTH, SOUTH])
    assert (counts[NORTH], Counter(Period(YEAR.first, YEAR.last, CITY)).count("calls_offered")) == (1, 1)


def test_a_matter_reopened_after_it_was_counted_is_not_ended_any_more(city: City):
    case = make_closed(city)
    today = timezone.localdate()
    year = Period(date(today.year, 1, 1), date(today.year, 12, 31))
    assert Counter(year).count("matters_ended") == 1
    work.reopen(case=Case.objects.get(pk=case.pk), by=city.alice.actor, reason="又有了新情况")
    assert Counter(year).count("matters_ended") == 0 and differences(year) == []


def test_the_turn_of_the_year_is_local(city: City):
    call(city, date(2025, 1, 1), hour=0), call(city, date(2024, 12, 31), hour=23)
    assert Counter(YEAR).count("calls_offered") == 1 and Counter(YEAR).count("contacts") == 1
    before = Period(date(2024, 1, 1), date(2024, 12, 31))
    assert Counter(before).count("calls_offered") == 1 and differences(before) == []


def test_months_add_up_to_the_year_and_parts_of_them_to_the_span():
    odd = Period(date(2024, 11, 15), date(2025, 2, 3))
    parts = odd.split()
    assert [(one.first, one.last) for one in parts] == [
        (date(2024, 11, 15), date(2024, 11, 30)),
        (date(2024, 12, 1), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 1, 31)),
        (date(2025, 2, 1), date(2025, 2, 3)),
    ]
    assert sum((one.last - one.first + timedelta(days=1) for one in parts), timedelta()) == timedelta(days=81)
