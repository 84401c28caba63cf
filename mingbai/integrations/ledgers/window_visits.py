"""window_visits.csv: who came to which window, for what, and what came of it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from mingbai.cases.enums import Mode
from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.refused import Refused
from mingbai.integrations.ledgers.cells import (
    count_of,
    maybe_moment,
    moment_of,
    needed,
    one_of,
    plainly,
    region_of,
    same_moment,
    station_of,
    written,
)
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.places.enums import Line
from mingbai.places.models import Station
from mingbai.visits.actions.imported import Told, land_visit
from mingbai.visits.models import Visit
from mingbai.visits.queries.figures import window_visits
from mingbai.visits.rules.visits import Visitor

COLUMNS = ("时间", "区划代码", "窗口", "业务", "结果", "来访人", "电话")
NAME = "window_visits"


def land(row: Row, became: str) -> str:
    """Keep the visit. Raises Refused. Content is its identity: it never changes."""
    told = Told(
        station=station_at(row["区划代码"]),
        at=needed(moment_of(row["时间"], "时间"), "时间"),
        line=one_of(Line.values, row["业务"], "业务"),
        outcome=one_of(Mode.values, row["结果"], "结果"),
        window=count_of(row["窗口"], "窗口") or None,
        visitor=Visitor(name=row["来访人"], phone=row["电话"]),
        source=NAME,
    )
    return f"visit:{land_visit(by=LEDGER, told=told).pk}"


def station_at(region: str) -> Station:
    """The station of a region. Raises Refused "no_station"."""
    found = station_of(region_of(region).code)
    if found is None:
        raise Refused(_("区划 %(code)s 没有站点") % {"code": region}, code="no_station")
    return found


def export(period: Period) -> Iterable[Sequence[str]]:
    """Who was served at a window in the period; of visits that are kept no longer, without their names."""
    for visit in window_visits(period.first, period.last, period.region).iterator(chunk_size=500):
        yield _written(visit)


def _written(visit: Visit) -> Sequence[str]:
    return (
        written(visit.at),
        visit.station.region_id,
        str(visit.window or ""),
        visit.line,
        visit.outcome,
        visit.name,
        visit.phone,
    )


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """A visit of our own that was exported comes back as itself; so does one whose names were forgotten.

    What a ledger brought is known by its content and place among equal rows, so that equal rows count.
    """
    at = maybe_moment(row["时间"])
    if at is None:
        return None
    wanted = normal(row)
    same = Visit.objects.served().filter(station__region_id=row["区划代码"], line=row["业务"])
    near = same.filter(at__gte=at, at__lt=at.replace(microsecond=999_999)).select_related("station")
    for visit in near.order_by("id"):
        if visit.imported_from and bytes(visit.key):
            continue
        cells = _written(visit)
        if normal(dict(zip(COLUMNS, cells, strict=True))) == wanted:
            return f"visit:{visit.pk}", cells
    return None


def normal(row: Row) -> Row:
    """The time to the second, one form of the telephone, a window of nothing as an empty cell."""
    return {
        **row,
        "时间": same_moment(row["时间"]),
        "窗口": "" if row["窗口"] == "0" else row["窗口"].lstrip("0"),
        "来访人": plainly(clean_text, row["来访人"]),
        "电话": plainly(clean_phone, row["电话"]),
    }


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, normal=normal, found=found))
