"""service_day_records.csv: who was served at a day, with what, and what they asked."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.refused import Refused
from mingbai.integrations.ledgers.cells import one_of, plainly
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.integrations.ledgers.service_days import day_of, number_of
from mingbai.places.queries import register
from mingbai.servicedays.actions.imported import land_record
from mingbai.servicedays.enums import RecordKind
from mingbai.servicedays.models import DayRecord, ServiceDay

COLUMNS = ("服务日编号", "事项", "群众", "电话", "诉求")
NAME = "service_day_records"
KINDS = tuple(kind.value for kind in RecordKind if kind != RecordKind.MATERIALS)


def land(row: Row, became: str) -> str:
    """Keep the record with its matter. Raises Refused. Content is its identity: it never changes."""
    kind = one_of(KINDS, row["事项"], "事项")
    record = land_record(
        by=LEDGER,
        day=_day(row),
        kind=kind,
        name=clean_text(row["群众"], most=64, field="name") if row["群众"] else "",
        phone=clean_phone(row["电话"]) if row["电话"] else "",
        text=clean_text(row["诉求"]) if row["诉求"] else "",
        source=NAME,
    )
    return f"record:{record.pk}"


def _day(row: Row) -> ServiceDay:
    day = day_of(row["服务日编号"])
    if day is None:
        number = row["服务日编号"][:32] or _("（空）")
        raise Refused(_("没有编号为 %(number)s 的服务日") % {"number": number}, code="no_such_day")
    return day


def export(period: Period) -> Iterable[Sequence[str]]:
    """The records of the days of the period; materials stand in a ledger of their own."""
    records = DayRecord.objects.filter(day__on__gte=period.first, day__on__lte=period.last, kind__in=KINDS)
    if period.region:
        records = records.filter(day__region_id__in=register().subtree(period.region))
    ordered = records.select_related("day", "case__speaker").order_by("day__on", "day_id", "id")
    for record in ordered.iterator(chunk_size=500):
        yield _written(record)


def _written(record: DayRecord) -> Sequence[str]:
    case = record.case
    speaker = case.speaker if case else None
    return (
        number_of(record.day),
        record.kind,
        speaker.name if speaker else "",
        speaker.phone if speaker else "",
        case.text if case and record.has_text else "",
    )


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """A record of our own that was exported comes back as itself. What a ledger brought is known by its
    content and place among equal rows, so that equal rows count."""
    day = day_of(row["服务日编号"])
    if day is None or day.imported_from:
        return None
    wanted = normal(row)
    own = day.records.filter(kind=row["事项"], case__imported_from="").select_related("day", "case__speaker")
    for record in own.order_by("id"):
        cells = _written(record)
        if normal(dict(zip(COLUMNS, cells, strict=True))) == wanted:
            return f"record:{record.pk}", cells
    return None


def normal(row: Row) -> Row:
    """One form of the phone number, the text in one form of characters and line ends."""
    return {
        **row,
        "群众": plainly(clean_text, row["群众"]),
        "电话": plainly(clean_phone, row["电话"]),
        "诉求": plainly(clean_text, row["诉求"]),
    }


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, normal=normal, found=found))
