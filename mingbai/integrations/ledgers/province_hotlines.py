"""province_hotlines.csv: what the province published of every city's line, with its source."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.figures.actions import land_peer_month
from mingbai.figures.models import PeerMonth
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period

COLUMNS = ("月份", "城市代码", "呼入量", "接通量")
NAME = "province_hotlines"


def land(row: Row, became: str) -> str:
    """Keep the row, or correct it. Raises Refused."""
    month = _month(row["月份"])
    if not (row["城市代码"].isdecimal() and len(row["城市代码"]) in (6, 12)):
        raise Refused(_("城市代码不对：%(code)s") % {"code": row["城市代码"][:20]}, code="bad_region")
    peer = land_peer_month(
        by=LEDGER,
        month=month,
        city=row["城市代码"].ljust(12, "0"),
        offered=_count(row["呼入量"], "呼入量"),
        answered=_count(row["接通量"], "接通量"),
        source=f"{NAME}.csv",
    )
    return f"peer:{peer.month}-{peer.city}"


def _month(text: str) -> int:
    parts = text.split("-")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise Refused(_("月份不对：%(month)s") % {"month": text[:20]}, code="bad_month")
    return int(parts[0]) * 100 + int(parts[1])


def _count(text: str, column: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Refused(_("%(column)s须为数字") % {"column": column}, code="bad_number")
    return int(text)


def export(period: Period) -> Iterable[Sequence[str]]:
    """The published months of the period; a region has none of its own."""
    if period.region:
        return
    first = period.first.year * 100 + period.first.month
    last = period.last.year * 100 + period.last.month
    for peer in PeerMonth.objects.filter(month__gte=first, month__lte=last):
        yield _written(peer)


def _written(peer: PeerMonth) -> Sequence[str]:
    month = f"{peer.month // 100}-{peer.month % 100:02d}"
    return (month, peer.city.removesuffix("000000"), str(peer.offered), str(peer.answered))


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    try:
        month = _month(row["月份"])
    except Refused:
        return None
    peer = PeerMonth.objects.filter(month=month, city=row["城市代码"].ljust(12, "0")).first()
    return (f"peer:{peer.month}-{peer.city}", _written(peer)) if peer else None


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, found=found))
