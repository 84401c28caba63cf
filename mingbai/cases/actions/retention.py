"""The end of a matter's archive: after its period, and after appraisal, its content is destroyed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import locked, now_or, refuse_held
from mingbai.cases.actions.residents import erase_matter, erase_row
from mingbai.cases.models import Case, Resident
from mingbai.cases.queries import family_of
from mingbai.cases.rules.retention import kept_until
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused


@transaction.atomic
def retire(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """Destroy the content of one matter, and its people where no other matter of theirs is kept.

    The row, its figures and the proof of its history stay. Raises Refused "not_due_yet", "erased", "on_hold".
    """
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    refuse_held(case)
    if case.closed_at is None or at < kept_until(case.closed_at, settings.CASES_KEPT_YEARS):
        raise Refused(_("保管期限还没有到，不能销毁。"), code="not_due_yet")
    if not bytes(case.key):
        raise Refused(_("这件事的内容已经删除。"), code="erased")
    erase_matter(case=case, by=by, at=at, reason=reason, verb="retired")
    family = family_of(pk for pk in (case.speaker_id, case.party_id) if pk)
    kept = Case.objects.filter(Q(speaker__in=family) | Q(party__in=family)).exclude(key=b"")
    if not kept.exists():
        rows = Resident.objects.select_for_update(of=("self",)).filter(pk__in=family, erased_at=None)
        for row in rows.order_by("pk"):
            erase_row(row=row, by=by, at=at, reason=reason)
    return case
