"""What turns out otherwise after the work was earned: graded, taken back, corrected after it was paid.

A piece that stands in a sheet is never changed: another one pays the difference, or takes it back, in a later
sheet. Until it is in one, it is the one correction of its piece and is reckoned anew.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.subsidies.actions._record import enter, reckon
from mingbai.subsidies.enums import Grade, PieceState
from mingbai.subsidies.models import Piece

_MOST_EXTRA = 1000


@dataclass(frozen=True)
class Facts:
    """What is now known of a piece; None: as it stood."""

    share: int | None = None
    grade: str | None = None
    extra: int | None = None


@transaction.atomic
def grade(*, by: Actor, event: str, grade: str, at: datetime | None = None) -> Piece | None:
    """The quality review of a piece. What was paid already is corrected by a piece of its own.

    None where nothing is paid for it. Raises Refused "bad_choice".
    """
    at = at or timezone.now()
    if grade not in Grade.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="grade")
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state == PieceState.DROPPED:
        return None
    if piece.state == PieceState.SHEETED:
        reason = _("质量评估：%(grade)s") % {"grade": Grade(grade).label}
        return _correction(piece, Facts(grade=grade), reason, by, at) or piece
    piece.grade = grade
    reckon(piece)
    piece.save(update_fields=["grade", "amount"])
    enter(piece, "graded", by, at, grade=grade, amount=str(piece.amount))
    return piece


@transaction.atomic
def take_back(*, by: Actor, event: str, reason: str, at: datetime | None = None) -> None:
    """It was not done after all: promised as before, or taken back by a correction where it was paid."""
    at = at or timezone.now()
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state in (PieceState.DROPPED, PieceState.PROMISED):
        return
    if piece.state == PieceState.SHEETED:
        _correction(piece, Facts(share=0), reason[:300], by, at)
        return
    piece.state, piece.amount, piece.done_on = PieceState.PROMISED, Decimal(0), None
    piece.save(update_fields=["state", "amount", "done_on"])
    enter(piece, "taken_back", by, at, why=reason[:300])


@transaction.atomic
def correct(*, by: Actor, piece: Piece, facts: Facts, reason: str, at: datetime | None = None) -> Piece:
    """A paid piece as it should have been; the difference is paid, or taken back, with the next sheet.

    Raises Refused "not_paid", "no_difference", "bad_amount", "bad_choice", "is_correction", "empty_text".
    """
    at, reason = at or timezone.now(), clean_text(reason, most=300, field="reason")
    _check(facts)
    held = Piece.objects.select_for_update(of=("self",)).get(pk=piece.pk)
    if held.corrects_id:
        raise Refused(_("请在原来的那一件上更正。"), code="is_correction")
    if held.state != PieceState.SHEETED:
        do = _("还没有列入发放表的，请直接核定。")
        raise Refused(_("这一件还没有发放，不用更正。"), code="not_paid", do=do)
    found = _correction(held, facts, reason, by, at)
    if found is None:
        raise Refused(_("更正以后金额没有变。"), code="no_difference")
    return found


def _check(facts: Facts) -> None:
    for name, value, most in (("share", facts.share, 100), ("extra", facts.extra, _MOST_EXTRA)):
        if value is not None and not 0 <= value <= most:
            text = _("请填 0 到 %(most)d。") % {"most": most}
            raise Refused(text, code="bad_amount", field=name)
    if facts.grade is not None and facts.grade not in Grade.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="grade")


def _correction(paid: Piece, facts: Facts, reason: str, by: Actor, at: datetime) -> Piece | None:
    """The one open correction of a paid piece, as `facts` make it; None where there is no difference.

    One that makes no difference any more is dropped.
    """
    open_one = paid.corrections.filter(state=PieceState.EARNED).first()
    found = open_one or _begun(paid)
    last = open_one or paid.corrections.filter(state=PieceState.SHEETED).order_by("pk").last() or paid
    found.share = last.share if facts.share is None else facts.share
    found.grade = last.grade if facts.grade is None else facts.grade
    found.extra = last.extra if facts.extra is None else facts.extra
    found.why, found.done_on = reason, timezone.localdate(at)
    reckon(found)
    if not found.amount:
        if open_one is not None:
            found.state, found.done_on = PieceState.DROPPED, None
            found.save()
            enter(found, "dropped", by, at, why=reason)
        return None
    found.save()
    enter(found, "corrected", by, at, of=paid.event, amount=str(found.amount), why=reason)
    return found


def _begun(paid: Piece) -> Piece:
    """A correction that says nothing yet: the same work under the same frozen rate."""
    names = ("worker_id", "region_id", "work", "kind", "stage", "area", "about", "rate", "frozen_on")
    same = {name: getattr(paid, name) for name in (*names, "is_public_post", "parts", "part", "minutes")}
    done = paid.corrections.filter(state=PieceState.SHEETED).aggregate(total=Sum("amount"))["total"]
    return Piece(
        **same,
        event=f"{paid.event}~{paid.corrections.count() + 1}",
        corrects=paid,
        paid_before=paid.amount + (done or Decimal(0)),
        state=PieceState.EARNED,
    )
