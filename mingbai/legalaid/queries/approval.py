"""Whether an office approves in two steps, and whether somebody would decide what they work themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from mingbai.cases.models import Case
from mingbai.legalaid.models import Approval
from mingbai.places.queries import register


def decides_alone(case: Case, user: Any, today: date) -> bool:
    """The user is who works it (承办人), in a place (or below one) where another one must decide."""
    worker = getattr(user, "worker", None)
    if worker is None or worker.pk != case.owner_id:
        return False
    above = [row.code for row in register().ancestors(case.county or case.city)]
    return Approval.objects.valid_on(today).filter(region__in=above).exists()
