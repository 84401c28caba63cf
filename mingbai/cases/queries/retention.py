"""Which matters are kept long enough."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from mingbai.cases.models import Case, LegalHold
from mingbai.cases.rules.retention import closed_before
from mingbai.core.holdings import Subject


def on_hold() -> Subject:
    """All matters under a legal hold, their people and histories; one query."""
    found = LegalHold.objects.filter(lifted_at=None).order_by("pk")
    rows = list(found.values_list("case_id", "case__number", "case__speaker_id", "case__party_id"))
    people = frozenset(pk for row in rows for pk in row[2:] if pk)
    chains = [f"case:{row[1]}" for row in rows] + [f"resident:{pk}" for pk in people]
    return Subject(people, frozenset(row[0] for row in rows), frozenset(chains), frozenset())


def due_to_retire(now: datetime) -> QuerySet[Case]:
    """Ended matters whose period is over and whose content is still there: to be appraised."""
    over = Case.objects.filter(closed_at__lt=closed_before(now, settings.CASES_KEPT_YEARS))
    over = over.exclude(holds__in=LegalHold.objects.filter(lifted_at=None))
    return over.exclude(key=b"").select_related("station").order_by("closed_at", "id")
