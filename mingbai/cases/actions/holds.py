"""Nothing of a matter is destroyed while a legal hold stands on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked, now_or
from mingbai.cases.models import Case, LegalHold
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused


@transaction.atomic
def set_hold(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> LegalHold:
    """Raises Refused "held_already", "erased" (nothing is left to hold)."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    if not bytes(case.key):
        raise Refused(_("这件事的内容已经删除。"), code="erased")
    if case.holds.filter(lifted_at=None).exists():
        raise Refused(_("这件事已经暂停销毁。"), code="held_already")
    enter(case, "held", by, at, why=reason)
    return LegalHold.objects.create(case=case, reason=reason, set_by=by.name[:64], set_at=at)


@transaction.atomic
def lift_hold(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> LegalHold:
    """From now on the matter's own period decides again. Raises Refused "not_held"."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    hold = case.holds.filter(lifted_at=None).first()
    if hold is None:
        raise Refused(_("这件事没有暂停销毁。"), code="not_held")
    hold.lifted_by, hold.lifted_at = by.name[:64], at
    hold.save(update_fields=["lifted_by", "lifted_at"])
    enter(case, "hold_lifted", by, at, why=reason)
    return hold
