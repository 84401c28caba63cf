"""Answered, told and closed in one: the same history and clocks as the three verbs, and fewer readings."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingbai.cases.actions import work
from mingbai.cases.enums import Tell
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from tests.cases.factories import City, make_case, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


def one_by_one(case: Case) -> None:
    work.answer(case=case, by=SYSTEM, text="先去劳动监察。", laws=["劳动合同法第三十条"])
    work.tell(case=case, by=SYSTEM, how=Tell.VISIT)
    work.close(case=case, by=SYSTEM)


def at_once(case: Case) -> None:
    work.answer_at_once(
        case=case, by=SYSTEM, text="先去劳动监察。", how=Tell.VISIT, laws=["劳动合同法第三十条"]
    )


def left_by(end: Callable[[Case], None]) -> tuple[tuple[object, ...], int]:
    """State, verbs and clocks after it, and how often clocks were read."""
    case = make_case()
    with CaptureQueriesContext(connection) as asked:
        end(case)
    read = [q for q in asked if q["sql"].startswith("SELECT") and 'FROM "cases_clock"' in q["sql"]]
    found = Case.objects.get(pk=case.pk)
    verbs = list(Entry.objects.filter(chain=case.chain).order_by("seq").values_list("verb", flat=True))
    clocks = sorted(Clock.objects.filter(case=case).values_list("rule__code", "end"))
    return (found.state, found.told_how, found.due_at, found.waiting_on, verbs, clocks), len(read)


def test_it_leaves_what_the_three_verbs_leave_and_reads_the_clocks_once(city: City):
    (three, thrice), (one, once) = left_by(one_by_one), left_by(at_once)
    assert one == three
    assert (thrice, once) == (3, 1)
