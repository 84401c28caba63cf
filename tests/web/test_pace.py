"""Late and soon mean the same on every list, on the board, in the metrics and for the warnings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions.clocks import tick
from mingbai.cases.models import Case, Clock
from mingbai.cases.queries.lists import Filters, work_list
from mingbai.core.actor import SYSTEM
from mingbai.web.board.counts import rows_of
from mingbai.web.board.reach import BoardReach
from mingbai.web.metrics import _clocks
from tests.cases.factories import City, make_city, make_taken


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def everywhere(city: City, pace: str) -> set[int]:
    """How many each of the four finds."""
    now = timezone.now()
    listed = work_list(city.supervisor, Filters(scope="all", waiting="", pace=pace), now)
    board = rows_of(BoardReach(city.supervisor), pace, now)
    [metric] = [sample.value for sample in _clocks(now).samples if sample.labels["state"] == pace]
    asked = Clock.objects.late(now) if pace == "late" else Clock.objects.soon(now)
    return {listed.count(), board.count(), int(metric), asked.values("case").distinct().count()}


@pytest.mark.parametrize(("pace", "due"), [("late", -1), ("soon", 1)])
def test_all_count_the_same(city: City, pace: str, due: int) -> None:
    case = make_taken(city)
    now = timezone.now()
    Clock.objects.filter(case=case).exclude(pk=case.clocks.filter(done_at=None).first().pk).delete()
    Clock.objects.filter(case=case).update(due_at=now + timedelta(hours=due), soon_at=now - timedelta(days=1))
    Case.objects.filter(pk=case.pk).update(due_at=now + timedelta(hours=due))
    assert everywhere(city, pace) == {1}
    assert tick(by=SYSTEM, now=now) == 1

    Clock.objects.filter(case=case).update(is_paused=True, raised_at=None, warned_at=None)
    Case.objects.filter(pk=case.pk).update(due_at=None)  # as pausing sets it
    assert everywhere(city, pace) == {0}
    assert tick(by=SYSTEM, now=now) == 0
