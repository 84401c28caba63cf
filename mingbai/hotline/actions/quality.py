"""Quality inspection: a new score sheet, the draw of a period, scores, one objection, a second look."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.hotline.enums import InspectionState
from mingbai.hotline.models import Draw, Inspection, ScoreSheet
from mingbai.hotline.queries.quality import ANSWER, CALL, answers_of, calls_of, sheet_on
from mingbai.hotline.rules.quality import check_draw, read_lines, sample, total
from mingbai.journal.actions import write
from mingbai.places.models import Station

WORDS_KEPT = timedelta(days=730)


@transaction.atomic
def begin_sheet(*, by: Actor, lines: str, source: str, valid_from: date) -> ScoreSheet:
    """A sheet from a day on; the one before ends the day before. Raises Refused "bad_sheet", "bad_period".

    A day of the past is refused: what was scored that day was scored by another sheet.
    """
    read, source = read_lines(lines), clean_text(source, most=300, field="source")
    if valid_from < timezone.localdate() or ScoreSheet.objects.filter(valid_from__gte=valid_from).exists():
        raise Refused(
            _("新的评分表从今天或以后的一天起用，并且晚于已有的评分表。"),
            code="bad_period",
            field="valid_from",
        )
    ScoreSheet.objects.filter(valid_to=None).update(valid_to=valid_from - timedelta(days=1))
    sheet = ScoreSheet.objects.create(
        source=source, lines=[line.as_json() for line in read], valid_from=valid_from
    )
    data = {"from": valid_from.isoformat(), "lines": len(read)}
    write(chain=f"score_sheet:{sheet.pk}", verb="quality.sheet_begun", by=by, data=data)
    return sheet


@transaction.atomic
def draw(*, by: Actor, station: Station, first: date, last: date, share: int, seed: str = "") -> Draw:
    """Draw of the answered calls and of the written answers of a period, by a seed that stays.

    Raises Refused "bad_period", "bad_share"; "drawn_already" where a day of it was drawn before: nobody
    draws until it pleases. `seed` is for repeating a known draw; the page gives none.
    """
    check_draw(first, last, timezone.localdate(), share)
    Station.objects.select_for_update().get(pk=station.pk)
    if Draw.objects.filter(station=station, first__lte=last, last__gte=first).exists():
        raise Refused(_("这段时间里已经抽过，同一天不能再抽。"), code="drawn_already", field="first")
    seed = seed or secrets.token_hex(16)
    calls, answers = calls_of(station.pk, first, last), answers_of(station.pk, first, last)
    row = Draw.objects.create(
        station=station,
        first=first,
        last=last,
        share=share,
        seed=seed,
        calls=len(calls),
        answers=len(answers),
        drawn_by=by.name,
        drawn_at=timezone.now(),
    )
    drawn = [*sample(calls, seed, share), *sample(answers, seed, share)]
    Inspection.objects.bulk_create(_inspection(row, key, (calls | answers)[key]) for key in drawn)
    data = {"seed": seed, "calls": len(calls), "answers": len(answers), "drawn": len(drawn), "share": share}
    write(chain=row.chain, verb="quality.drawn", by=by, place=station.pk, data=data)
    return row


def _inspection(row: Draw, key: str, worker: int) -> Inspection:
    kind, _colon, pk = key.partition(":")
    columns = {CALL: "call_id", ANSWER: "case_id"}
    return Inspection(draw=row, worker_id=worker, **{columns[kind]: int(pk)})


@transaction.atomic
def score(*, by: Actor, inspection: Inspection, points: Sequence[int], remark: str) -> Inspection:
    """The points and what there is to say.

    Raises Refused "wrong_state", "own_work", "no_sheet", "bad_points", "empty_text".
    """
    one = _expected(inspection, InspectionState.OPEN)
    _not_own(one, by)
    sheet = sheet_on(timezone.localdate())
    if sheet is None:
        raise Refused(_("还没有评分表，请先登记。"), code="no_sheet")
    one.sheet, one.points, one.total = sheet, list(points), total(sheet.lines, points)
    one.remark = clean_text(remark, most=1000, field="remark")
    one.state, one.scored_by, one.scored_code = InspectionState.SCORED, by.name, by.code
    one.scored_at = timezone.now()
    return _saved(one, "scored", by, total=one.total)


@transaction.atomic
def mark_seen(*, by: Actor, inspection: Inspection) -> None:
    """Whom it is about has opened it; the first time is kept."""
    Inspection.objects.filter(pk=inspection.pk, seen_at=None).update(seen_at=timezone.now())


@transaction.atomic
def object_to(*, by: Actor, inspection: Inspection, objection: str) -> Inspection:
    """Whom it is about disagrees, once. Raises Refused "wrong_state", "empty_text"."""
    one = _expected(inspection, InspectionState.SCORED)
    one.objection = clean_text(objection, most=1000, field="objection")
    one.state, one.objected_at, one.first_total = InspectionState.OBJECTED, timezone.now(), one.total
    return _saved(one, "objected", by)


@transaction.atomic
def settle(*, by: Actor, inspection: Inspection, points: Sequence[int], reply: str) -> Inspection:
    """A second look by somebody else, who may change the points. It ends there.

    Raises Refused "wrong_state", "own_score", "own_work", "bad_points", "empty_text".
    """
    one = _expected(inspection, InspectionState.OBJECTED)
    _not_own(one, by)
    if one.scored_code == by.code:
        raise Refused(_("评分的人不能自己复核，请另一位质检人员看。"), code="own_score")
    assert one.sheet is not None
    one.points, one.total = list(points), total(one.sheet.lines, points)
    one.reply = clean_text(reply, most=1000, field="reply")
    one.state, one.settled_by, one.settled_at = InspectionState.SETTLED, by.name, timezone.now()
    one.seen_at = None
    return _saved(one, "settled", by, total=one.total, before=one.first_total)


def forget_inspections(*, by: Actor, now: datetime) -> int:
    """Destroy the words of old inspections with their key; points and totals stay."""
    old = Inspection.objects.filter(scored_at__lt=now - WORDS_KEPT).exclude(key=b"")
    return old.update(key=b"", remark_sealed=b"", objection_sealed=b"", reply_sealed=b"")


def _expected(inspection: Inspection, state: InspectionState) -> Inspection:
    one = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("worker", "draw", "sheet")
        .get(pk=inspection.pk)
    )
    if one.state != state:
        raise Refused(
            _("这项质检现在是“%(state)s”，请刷新再看。") % {"state": one.get_state_display()},
            code="wrong_state",
        )
    return one


def _not_own(one: Inspection, by: Actor) -> None:
    """The rule stands here too, whoever calls."""
    if by.kind == "user" and one.worker.user_id and str(one.worker.user_id) == by.id:
        raise Refused(_("不能给自己办的评分。"), code="own_work")


def _saved(one: Inspection, verb: str, by: Actor, **data: int | None) -> Inspection:
    one.save()
    write(chain=one.chain, verb=f"quality.{verb}", by=by, place=one.draw.station_id, data=dict(data))
    return one
