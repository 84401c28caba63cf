"""Pieces of work: promised with the rate of a day, earned when it is done, settled or dropped otherwise."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.enums import PostType
from mingbai.people.models import Worker
from mingbai.subsidies.actions._record import enter, freeze, reckon
from mingbai.subsidies.enums import Area, Grade, PieceState, Stage, Work
from mingbai.subsidies.models import Piece


@dataclass(frozen=True)
class Job:
    """What is paid for: whose work, of which sort, and `region`, the code of the place that pays.

    `about`: the chain of its matter. `is_public_post` None: as the register says.
    """

    worker: Worker
    work: str
    region: str
    about: str = ""
    kind: str = ""
    stage: str = ""
    area: str = ""
    is_public_post: bool | None = None


@transaction.atomic
def promise(*, by: Actor, job: Job, event: str, on: date, at: datetime | None = None) -> Piece:
    """A piece of work that is paid when it is done, with the rate of this day; without one it waits.

    `event` names it for ever ("aid:17"): the same again gives the same piece.
    """
    known = Piece.objects.filter(event=event).first()
    if known is not None:
        return known
    piece = Piece(
        worker=job.worker,
        region_id=job.region,
        work=Work(job.work),
        kind=job.kind,
        stage=Stage(job.stage),
        area=Area(job.area),
        event=event,
        about=job.about,
        frozen_on=on,
        is_public_post=_public(job.worker) if job.is_public_post is None else job.is_public_post,
    )
    freeze(piece)
    # Two at one moment: the second is ignored here, without breaking its transaction.
    Piece.objects.bulk_create([piece], ignore_conflicts=True)
    piece = Piece.objects.get(event=event)
    enter(piece, "promised", by, at or timezone.now(), rate=piece.rate_id, event=event)
    return piece


def _public(worker: Worker) -> bool:
    return worker.post_type == PostType.ESTABLISHED


@transaction.atomic
def earn(
    *,
    by: Actor,
    event: str,
    on: date,
    job: Job | None = None,
    extra: int = 0,
    grade: str = Grade.NONE,
    share: int = 100,
    parts: int = 1,
    part: int = 0,
    at: datetime | None = None,
) -> Piece | None:
    """The work was done on that day. What was promised needs its `event` only; what was not is promised here,
    with the rate of that day. Done already: unchanged. None where nothing was promised, or it was dropped.
    `parts`, `part`: of so many who share it equally, which (from 0).
    """
    at = at or timezone.now()
    if job is not None:
        promise(by=by, job=job, event=event, on=on, at=at)
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state == PieceState.DROPPED:
        return None
    if piece.state != PieceState.PROMISED:
        return piece
    piece.state, piece.done_on = PieceState.EARNED, on
    piece.extra, piece.grade, piece.share, piece.parts, piece.part = extra, grade, share, parts, part
    reckon(piece)
    piece.save()
    enter(piece, "earned", by, at, amount=str(piece.amount), extra=extra, grade=grade, share=share)
    return piece


@transaction.atomic
def settle(
    *, by: Actor, piece: Piece, share: int, reason: str, on: date, at: datetime | None = None
) -> Piece:
    """What was begun and ended otherwise: the share of it that was done, in percent, with the reason.

    Raises Refused "paid_already", "dropped_already", "bad_amount", "bad_time", "empty_text".
    """
    at, reason = at or timezone.now(), clean_text(reason, most=300, field="reason")
    if not 0 <= share <= 100:
        raise Refused(_("请填 0 到 100。"), code="bad_amount", field="share")
    held = Piece.objects.select_for_update(of=("self",)).get(pk=piece.pk)
    _check_open(held)
    if held.state == PieceState.DROPPED:
        raise Refused(_("这一件已经定为不发，不能再核定。"), code="dropped_already")
    if share and not held.frozen_on <= on <= timezone.localdate(at):
        raise Refused(_("完成的日期要在指派以后，也不能在将来。"), code="bad_time", field="on")
    held.share, held.why = share, reason
    held.state = PieceState.EARNED if share else PieceState.DROPPED
    held.done_on = on if share else None
    reckon(held)
    held.amount = held.amount if share else Decimal(0)
    held.save()
    enter(held, "settled", by, at, share=share, amount=str(held.amount), why=reason)
    return held


@transaction.atomic
def drop(*, by: Actor, event: str, reason: str, at: datetime | None = None) -> None:
    """Nothing is paid for it: declined, given to somebody else before anything was done."""
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state != PieceState.PROMISED:
        return
    piece.state, piece.why, piece.amount = PieceState.DROPPED, reason[:300], Decimal(0)
    piece.save(update_fields=["state", "why", "amount"])
    enter(piece, "dropped", by, at or timezone.now())


def _check_open(piece: Piece) -> None:
    if piece.state == PieceState.SHEETED:
        do = _("要改的，请登记更正：差额进下一次的发放表。")
        raise Refused(_("这一件已经列入发放表，不能再改。"), code="paid_already", do=do)
    if piece.corrects_id:
        raise Refused(_("这是一项更正，请重新登记更正。"), code="is_correction")
