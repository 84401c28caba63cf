"""Which matters are kept long enough."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from mingbai.cases.models import Case
from mingbai.cases.rules.retention import closed_before


def due_to_retire(now: datetime) -> QuerySet[Case]:
    """Ended matters whose period is over and whose content is still there: to be appraised."""
    over = Case.objects.filter(closed_at__lt=closed_before(now, settings.CASES_KEPT_YEARS))
    return over.exclude(key=b"").select_related("station").order_by("closed_at", "id")
