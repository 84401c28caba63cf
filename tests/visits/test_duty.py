"""Who received at a window has a day of duty, once, from the first called to the last ended."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.subsidies.models import Piece
from mingbai.visits.actions.duty import pay_windows
from mingbai.visits.models import Visit
from tests.cases.factories import NORTH, City
from tests.visits.factories import make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> datetime:
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


def served(city: City, began: datetime, hours: float, worker=None) -> None:
    visit = make_visit(city, at=began)
    ended = began + timedelta(hours=hours)
    on = timezone.localdate(began)
    who = worker or city.owner
    Visit.objects.filter(pk=visit.pk).update(worker=who, on=on, called_at=began, ended_at=ended)


def test_the_day_is_counted_when_it_is_over_and_once(city: City, noon: datetime):
    before = noon - timedelta(days=1)
    served(city, before.replace(hour=9), 0.5), served(city, before.replace(hour=14), 1)
    served(city, noon.replace(hour=9), 1)
    assert pay_windows(by=SYSTEM, now=noon) == 1
    piece = Piece.objects.get()
    assert (piece.worker, piece.work, piece.region_id) == (city.owner, "window_duty", NORTH)
    assert (piece.minutes, piece.stage, piece.done_on) == (360, "", before.date())
    pay_windows(by=SYSTEM, now=noon + timedelta(hours=6))
    assert Piece.objects.count() == 1


def test_half_a_day_each_for_their_own(city: City, noon: datetime):
    before = noon - timedelta(days=1)
    served(city, before, 2), served(city, before, 1, city.bob.worker)
    assert pay_windows(by=SYSTEM, now=noon) == 2
    assert sorted(Piece.objects.values_list("minutes", "stage")) == [(60, "half_day"), (120, "half_day")]


def test_what_was_closed_at_night_is_no_duty(city: City, noon: datetime):
    served(city, noon - timedelta(days=1), 30)
    assert pay_windows(by=SYSTEM, now=noon) == 0


def test_queries_do_not_grow_with_the_visits(city: City, noon: datetime, django_assert_max_num_queries):
    before = noon - timedelta(days=1)
    for n in range(6):
        served(city, before + timedelta(minutes=n), 0.5)
    with django_assert_max_num_queries(34):
        pay_windows(by=SYSTEM, now=noon)
