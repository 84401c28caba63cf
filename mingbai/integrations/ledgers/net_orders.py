"""net_orders.csv: work orders (工单) and instant consultations (即时咨询) of net, WeChat and hotlines."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.imported import change_imported, rate_imported
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
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
from mingbai.integrations.models import LedgerRow
from mingbai.people.actions.partners import make_partner
from mingbai.people.models import Partner
from mingbai.places.queries import register

COLUMNS = ("来源编号", "收到时间", "来源", "类型", "区划代码", "诉求", "办结时间", "满意度")
NAME = "net_orders"
PARTNERS = {"12345": "12345 政务服务便民热线", "provincial_net": "省公共法律服务网"}
SOURCES = {
    "12345": Channel.PARTNER,
    "provincial_net": Channel.PARTNER,
    "web": Channel.WEB,
    "wechat": Channel.WECHAT,
}
ORDER, INSTANT = "工单", "即时咨询"


def land(row: Row, became: str) -> str:
    """Open the matter as it happened, or correct it where the ledger changed. Raises Refused."""
    intake, grade = _read(row)
    if became:
        case = Case.objects.get(number=became.removeprefix("case:"))
        change_imported(case=case, by=LEDGER, intake=intake)
    else:
        case = open_case(by=LEDGER, intake=intake).case
    if grade:
        rate_imported(case=case, by=LEDGER, grade=grade, at=intake.ended_at or intake.opened_at)
    return f"case:{case.number}"


def _read(row: Row) -> tuple[Intake, int]:
    source = one_of(SOURCES, row["来源"], "来源")
    opened = needed(moment_of(row["收到时间"], "收到时间"), "收到时间")
    ended = moment_of(row["办结时间"], "办结时间")
    if ended and ended < opened:
        raise Refused(_("办结时间早于收到时间"), code="bad_time")
    grade = int(one_of(("", "1", "2", "3", "4", "5"), row["满意度"], "满意度") or 0)
    partner = _partner(source)
    return Intake(
        kind="consultation",
        channel=SOURCES[source],
        text=clean_text(row["诉求"]),
        region=region_of(row["区划代码"]).code,
        is_instant=one_of((ORDER, INSTANT), row["类型"], "类型") == INSTANT,
        partner_id=partner.pk if partner else None,
        partner_number=row["来源编号"] if partner else "",
        opened_at=opened,
        ended_at=ended,
        imported_from=f"{NAME}:{source}",
    ), grade


def _partner(source: str) -> Partner | None:
    name = PARTNERS.get(source)
    return make_partner(by=LEDGER, code=source, name=name) if name else None


def export(period: Period) -> Iterable[Sequence[str]]:
    """Net matters received in the period, also those that came through our own pages and API."""
    for case, identity in _matters(period):
        yield _written(case, identity)


def _written(case: Case, identity: str) -> Sequence[str]:
    return (
        identity,
        written(case.opened_at),
        _source(case),
        INSTANT if case.is_instant else ORDER,
        case.region_id or case.county or case.city,
        case.text,
        written(case.closed_at),
        str(case.rating.grade) if hasattr(case, "rating") else "",
    )


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """A matter of our own that was exported: by its number, or by the partner's."""
    identity = row["来源编号"]
    own = Q(number=identity) | Q(partner_number=identity, partner__code=row["来源"])
    case = Case.objects.filter(own).select_related("rating", "partner").first()
    return (f"case:{case.number}", _written(case, identity)) if case else None


def _matters(period: Period) -> Iterable[tuple[Case, str]]:
    first = timezone.make_aware(datetime.combine(period.first, time.min))
    last = timezone.make_aware(datetime.combine(period.last, time.max))
    cases = (
        Case.objects.filter(channel__in=set(SOURCES.values()), opened_at__gte=first, opened_at__lte=last)
        .select_related("rating", "partner")
        .order_by("opened_at", "id")
    )
    if period.region:
        cases = cases.filter(region_id__in=register().subtree(period.region))
    landed = dict(LedgerRow.objects.filter(file=NAME).values_list("became", "identity"))
    for case in cases.iterator(chunk_size=500):
        yield case, landed.get(f"case:{case.number}") or case.partner_number or case.number


def _source(case: Case) -> str:
    if case.imported_from.startswith(f"{NAME}:"):
        return case.imported_from.removeprefix(f"{NAME}:")
    return case.partner.code if case.partner else case.channel


def normal(row: Row) -> Row:
    """Times to the second, the text in one form of characters and line ends."""
    times = {name: same_moment(row[name]) for name in ("收到时间", "办结时间")}
    return {**row, **times, "诉求": plainly(clean_text, row["诉求"])}


LEDGERS.register(
    NAME,
    Ledger(NAME, COLUMNS, land, identity="来源编号", export=export, normal=normal, found=found),
)
