"""What writes subsidies: rates; pieces promised, earned, settled, dropped; the sheet of a month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.people.enums import PostType
from mingbai.people.models import Worker
from mingbai.places.actions import begin_rule
from mingbai.places.models import Region
from mingbai.subsidies.enums import Area, Grade, PieceState, Stage, Work
from mingbai.subsidies.models import Piece, Rate, Sheet
from mingbai.subsidies.queries import due_pieces, last_day, lines_of, rate_for
from mingbai.subsidies.rules import Terms, total

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def set_rate(
    *,
    by: Actor,
    region: Region,
    work: str,
    terms: Terms,
    source: str,
    valid_from: date,
    kind: str = "",
    stage: str = "",
    area: str = "",
    at: datetime | None = None,
) -> Rate:
    """A rate from a day on; the one before it ends the day before. Pieces keep the rate they were promised;
    those that had none and began on or after this day get it.

    Raises Refused "rate_overlap", "rate_gap", "rule_past", "bad_rule", "bad_choice".
    """
    at = at or timezone.now()
    if work not in Work.values or stage not in Stage.values or area not in Area.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="work")
    where = {"region": region, "work": work, "kind": kind, "stage": stage, "area": area}
    same = Rate.objects.filter(**where)
    _check_neighbours(same, valid_from)
    rate = Rate(
        **where, **_columns(terms), source=clean_text(source, most=300, field="source"), valid_from=valid_from
    )
    data = {**where, "region": region.pk, "fee": str(terms.fee), "direct": str(terms.direct)}
    made: Rate = begin_rule(rule=rate, same=same, by=by, data=data, at=at)
    _price_waiting(made, by, at)
    return made


def _columns(terms: Terms) -> dict[str, Any]:
    names = ("fee", "direct", "per_extra", "most_extra", "excellent", "good", "failed")
    return {name: getattr(terms, name) for name in names}


def _check_neighbours(same: Any, valid_from: date) -> None:
    """The table has neither two rates for a day nor a day without one."""
    last = same.exclude(valid_to=None).order_by("-valid_to").first()
    if last is None or same.filter(valid_to=None).exists():
        return
    words = {"day": last.valid_to.isoformat()}
    if valid_from <= last.valid_to:
        text = _("已有的标准到 %(day)s 才失效，和这一条重叠。") % words
        raise Refused(text, code="rate_overlap", field="valid_from")
    if valid_from > last.valid_to + _ONE_DAY:
        text = _("已有的标准到 %(day)s 失效，中间有几天没有标准。") % words
        do = _("请从那一天的第二天起施行。")
        raise Refused(text, code="rate_gap", do=do, field="valid_from")


def _price_waiting(rate: Rate, by: Actor, at: datetime) -> None:
    waiting = Piece.objects.select_for_update(of=("self",)).filter(
        rate=None, work=rate.work, frozen_on__gte=rate.valid_from
    )
    for piece in waiting.exclude(state=PieceState.DROPPED).order_by("pk"):
        _freeze(piece)
        if piece.rate is None:
            continue
        _reckon(piece)
        piece.save()
        _enter(piece, "priced", by, at, rate=piece.rate_id, amount=str(piece.amount))


# ── pieces ──


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
    _freeze(piece)
    # Two at one moment: the second is ignored here, without breaking its transaction.
    Piece.objects.bulk_create([piece], ignore_conflicts=True)
    piece = Piece.objects.get(event=event)
    _enter(piece, "promised", by, at or timezone.now(), rate=piece.rate_id, event=event)
    return piece


def _public(worker: Worker) -> bool:
    return worker.post_type == PostType.ESTABLISHED


def _freeze(piece: Piece) -> None:
    piece.rate = rate_for(
        piece.work,
        region=piece.region_id,
        on=piece.frozen_on,
        kind=piece.kind,
        stage=piece.stage,
        area=piece.area,
    )


def _reckon(piece: Piece) -> None:
    piece.amount = total(lines_of(piece))


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
    at: datetime | None = None,
) -> Piece | None:
    """The work was done on that day. What was promised needs its `event` only; what was not is promised here,
    with the rate of that day. Done already: unchanged. None where nothing was promised, or it was dropped.
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
    piece.extra, piece.grade, piece.share = extra, grade, share
    _reckon(piece)
    piece.save()
    _enter(piece, "earned", by, at, amount=str(piece.amount), extra=extra, grade=grade, share=share)
    return piece


@transaction.atomic
def grade(*, by: Actor, event: str, grade: str, at: datetime | None = None) -> Piece | None:
    """The quality review of a piece that is in no sheet yet. Raises Refused "paid_already", "bad_choice"."""
    if grade not in Grade.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="grade")
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state == PieceState.DROPPED:
        return None
    _check_open(piece)
    piece.grade = grade
    _reckon(piece)
    piece.save(update_fields=["grade", "amount"])
    _enter(piece, "graded", by, at or timezone.now(), grade=grade, amount=str(piece.amount))
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
    _reckon(held)
    held.amount = held.amount if share else Decimal(0)
    held.save()
    _enter(held, "settled", by, at, share=share, amount=str(held.amount), why=reason)
    return held


@transaction.atomic
def drop(*, by: Actor, event: str, reason: str, at: datetime | None = None) -> None:
    """Nothing is paid for it: declined, given to somebody else before anything was done."""
    piece = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if piece is None or piece.state != PieceState.PROMISED:
        return
    piece.state, piece.why, piece.amount = PieceState.DROPPED, reason[:300], Decimal(0)
    piece.save(update_fields=["state", "why", "amount"])
    _enter(piece, "dropped", by, at or timezone.now())


def _check_open(piece: Piece) -> None:
    if piece.state == PieceState.SHEETED:
        raise Refused(_("这一件已经列入发放表，不能再改。"), code="paid_already")


def _enter(piece: Piece, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    write(chain=piece.chain, verb=f"piece.{verb}", by=by, at=at, data=data)


# ── the sheet ──


@transaction.atomic
def make_sheet(*, by: Actor, region: Region, month: int, at: datetime | None = None) -> Sheet:
    """Everything of the place that was earned by the end of the month (yyyymm) and stands in no sheet.

    Raises Refused "month_running", "sheet_made", "nothing_due".
    """
    at = at or timezone.now()
    if timezone.localdate(at) <= last_day(month):
        raise Refused(_("这个月还没有过完。"), code="month_running", field="month")
    # Whoever makes a sheet of the place waits here, and then sees the other's.
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    if Sheet.objects.filter(region=region, month=month).exists():
        raise Refused(_("这个月的发放表已经做过。"), code="sheet_made", field="month")
    due = due_pieces(region.pk, month).select_for_update(of=("self",)).order_by("pk")
    amounts = dict(due.values_list("pk", "amount"))
    if not amounts:
        raise Refused(_("这个月没有要发放的。"), code="nothing_due", field="month")
    # Added here and not by the database: SQLite adds in floating point.
    whole = sum(amounts.values(), Decimal(0))
    sheet = Sheet.objects.create(
        region=region, month=month, count=len(amounts), total=whole, made_by=by.name, made_at=at
    )
    due_pieces(region.pk, month).update(state=PieceState.SHEETED, sheet=sheet)
    if sheet.pieces.count() != len(amounts):
        raise Refused(_("制表时有记录变了，请再点一次。"), code="changed_meanwhile")
    data = {"region": region.pk, "month": month, "count": sheet.count, "total": str(sheet.total)}
    write(chain=sheet.chain, verb="sheet.made", by=by, at=at, data=data)
    return sheet
