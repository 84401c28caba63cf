"""Corrections of matters that a ledger told of: what the ledger says now, with what it said before."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import enter, locked, saved
from mingbai.cases.enums import OPEN_STATES, Event, State
from mingbai.cases.models import Case, Rating
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import sm3


@transaction.atomic
def change_imported(*, case: Case, by: Actor, intake: Intake) -> Case:
    """Set what the corrected row says; a matter that the ledger ended runs no clock any more."""
    at, case = timezone.now(), locked(case)
    before = {"region": case.region_id, "text": sm3(bytes(case.text_sealed)), "ended": _iso(case.closed_at)}
    case.text = clean_text(intake.text)
    case.summary = " ".join(case.text.split())[:60]
    case.region_id, case.is_instant, case.opened_at = intake.region, intake.is_instant, intake.opened_at or at
    local = timezone.localtime(case.opened_at)
    case.month = local.year * 100 + local.month
    if intake.ended_at:
        case.state, case.closed_at, case.answered_at = State.CLOSED, intake.ended_at, intake.ended_at
        _clockwork.cancel(case, at)
    elif case.state not in OPEN_STATES:
        # Not ended after all: it is owed an answer from now on, as one that just came.
        case.state, case.closed_at = State.IN_PROGRESS, None
        _clockwork.start(case, Event.OPENED, at)
    after = {"region": intake.region, "text": sm3(bytes(case.text_sealed)), "ended": _iso(intake.ended_at)}
    return saved(case, "corrected", by, at, **{"from": before, "to": after})


@transaction.atomic
def rate_imported(*, case: Case, by: Actor, grade: int, at: datetime | None) -> Rating:
    """The grade that the ledger tells; another grade later replaces it, with an entry."""
    case = locked(case)
    rating, is_new = Rating.objects.get_or_create(
        case=case, defaults={"grade": grade, "channel": case.channel, "at": at or case.opened_at}
    )
    if is_new or rating.grade != grade:
        enter(case, "rated", by, timezone.now(), **{"from": None if is_new else rating.grade, "to": grade})
        rating.grade = grade
        rating.save(update_fields=["grade"])
    return rating


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
