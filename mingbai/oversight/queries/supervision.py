"""Supervision as pages ask for it."""

from datetime import datetime

from mingbai.cases.models import Clock
from mingbai.oversight.models import Supervision
from mingbai.oversight.rules.climbing import REPLY


def reply_due(one: Supervision) -> datetime | None:
    """Until when the running reply is due."""
    clocks = Clock.objects.filter(
        case_id=one.case_id, rule__code=REPLY, subject=f"supervision:{one.pk}", done_at=None
    )
    return clocks.order_by("due_at").values_list("due_at", flat=True).first()
