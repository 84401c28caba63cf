"""A ledger that is put right: what had ended and has not is owed an answer again."""

from datetime import timedelta

from django.utils import timezone

from mingbai.cases.actions.imported import change_imported
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from tests.cases.factories import City, make_case, make_intake


def test_a_matter_that_did_not_end_after_all_runs_against_time(city: City) -> None:
    past = timezone.now() - timedelta(days=3)
    case = make_case(imported_from="net_orders:web", opened_at=past, ended_at=past)
    intake = make_intake(imported_from="net_orders:web", opened_at=past)
    change_imported(case=Case.objects.get(pk=case.pk), by=SYSTEM, intake=intake)
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert case.due_at is not None
    assert case.due_at > timezone.now()
    assert case.waiting_on == "station"
