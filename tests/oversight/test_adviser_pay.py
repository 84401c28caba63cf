"""A month of advising is paid once where the village got what it is owed, and not paid where it did not."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.oversight import actions
from mingbai.oversight.actions import Trip
from mingbai.oversight.actions.adviser_pay import pay_advisers
from mingbai.oversight.enums import QuotaCode
from mingbai.oversight.models import VillageVisit
from mingbai.oversight.rules.quotas import Visited, is_month_served
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.subsidies.models import Piece
from tests.cases.factories import NORTH, TOWN, VILLAGE, City
from tests.people.factories import make_worker


@pytest.fixture
def lawyer(city: City) -> Worker:
    found = make_worker(city.stations[TOWN], "顾问律师", Post.VILLAGE_LAWYER)
    region = city.regions[VILLAGE]
    actions.name_adviser(by=SYSTEM, worker=found, region=region, since=last_month() - timedelta(days=90))
    return found


def last_month():
    """Its last day."""
    return timezone.localdate().replace(day=1) - timedelta(days=1)


def went(worker: Worker, hours: int, on=None) -> VillageVisit:
    trip = Trip(VILLAGE, on or last_month(), "duty", Decimal(hours), 5)
    return actions.write_visit(by=SYSTEM, worker=worker, trip=trip)


def pay() -> int:
    return pay_advisers(by=SYSTEM, now=timezone.now())


AMOUNTS = {QuotaCode.VISITS: 2, QuotaCode.HOURS: 8}
DAYS = [datetime(2026, 3, n).date() for n in (2, 3)]


@pytest.mark.parametrize(
    ("visits", "served"),
    [
        ([], False),
        ([(0, 8)], False),
        ([(0, 4), (0, 4)], False),
        ([(0, 4), (1, 3)], False),
        ([(0, 4), (1, 4)], True),
    ],
)
def test_days_and_hours_are_owed_both(visits, served):
    rows = [Visited(DAYS[day], "duty", Decimal(hours)) for day, hours in visits]
    assert is_month_served(AMOUNTS, rows) == served
    assert is_month_served({}, rows) == bool(rows)


def test_a_served_month_is_earned_once(lawyer: Worker):
    went(lawyer, 8)
    assert pay() == 1 and pay() == 1
    piece = Piece.objects.get()
    assert (piece.worker, piece.work, piece.region_id) == (lawyer, "adviser_month", NORTH)
    assert (piece.state, piece.done_on) == ("earned", last_month())


def test_an_unserved_month_a_running_one_and_a_stranger_earn_nothing(city: City, lawyer: Worker):
    went(lawyer, 7)
    went(lawyer, 16, timezone.localdate())
    went(city.owner, 9)
    assert pay() == 0 and not Piece.objects.exists()


def test_a_struck_visit_takes_the_month_back_until_it_is_served_again(lawyer: Worker):
    visit = went(lawyer, 8)
    pay()
    actions.strike_visit(by=SYSTEM, visit=visit, reason="记错了")
    assert Piece.objects.get().state == "promised"
    went(lawyer, 9)
    pay()
    assert Piece.objects.get().state == "earned"
