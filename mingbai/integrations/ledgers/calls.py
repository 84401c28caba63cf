"""calls.csv: every call of the line; without 接通时间 nobody answered it."""

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.kinds import KINDS
from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.refused import Refused
from mingbai.hotline.actions import land_call
from mingbai.hotline.enums import CallSource
from mingbai.hotline.models import Call
from mingbai.hotline.queries import calls_in
from mingbai.hotline.rules import Told
from mingbai.integrations.ledgers.cells import (
    moment_of,
    needed,
    one_of,
    plainly,
    region_of,
    same_moment,
    written,
)
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period

COLUMNS = ("呼入时间", "接通时间", "结束时间", "主叫", "席位", "区划代码", "业务", "诉求")
NAME = "calls"
TIMES = ("呼入时间", "接通时间", "结束时间")


def land(row: Row, became: str) -> str:
    """Keep the call, an answered one with its matter. Raises Refused. Content is its identity."""
    return f"call:{land_call(by=LEDGER, told=_read(row), source=NAME).pk}"


def _read(row: Row) -> Told:
    answered = moment_of(row["接通时间"], "接通时间")
    kind = row["业务"] or "consultation"
    if answered and not row["诉求"]:
        raise Refused(_("接通的来电要写诉求"), code="missing", field="诉求")
    return Told(
        region=region_of(row["区划代码"]).code,
        offered_at=needed(moment_of(row["呼入时间"], "呼入时间"), "呼入时间"),
        answered_at=answered,
        ended_at=moment_of(row["结束时间"], "结束时间"),
        seat=row["席位"][:16],
        kind=one_of(set(KINDS.codes()), kind, "业务"),
        phone=clean_phone(row["主叫"]) if row["主叫"] else "",
        text=clean_text(row["诉求"]) if answered else "",
    )


def export(period: Period) -> Iterable[Sequence[str]]:
    """The calls of the period, also those that an agent took down."""
    calls = calls_in(period.first, period.last, period.region).select_related("case__speaker")
    for call in calls.iterator(chunk_size=500):
        yield _written(call)


def _written(call: Call) -> Sequence[str]:
    case = call.case
    phone = case.speaker.phone if case and case.speaker else call.phone
    return (
        written(call.offered_at),
        written(call.answered_at),
        written(call.ended_at),
        phone,
        call.seat,
        call.region_id,
        case.kind if case else "",
        case.text if case else "",
    )


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """A call that an agent took down here and that was exported comes back as itself."""
    at = moment_of(row["呼入时间"], "呼入时间")
    if at is None:
        return None
    wanted = normal(row)
    own = Call.objects.filter(source=CallSource.HAND, on=timezone.localdate(at)).select_related(
        "case__speaker"
    )
    for call in own.order_by("id"):
        cells = _written(call)
        if normal(dict(zip(COLUMNS, cells, strict=True))) == wanted:
            return f"call:{call.pk}", cells
    return None


def normal(row: Row) -> Row:
    """Times to the second, one form of the number, the text in one form of characters and line ends."""
    times = {name: same_moment(row[name]) for name in TIMES}
    return {
        **row,
        **times,
        "主叫": plainly(clean_phone, row["主叫"]),
        "诉求": plainly(clean_text, row["诉求"]),
    }


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, normal=normal, found=found))
