"""materials.csv: guides and posters that went out, by day and place."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from mingbai.integrations.ledgers.cells import count_of, maybe_day, moment_of, needed, one_of
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.integrations.ledgers.window_visits import station_at
from mingbai.visits.actions.materials import hand_out
from mingbai.visits.enums import Material
from mingbai.visits.models import Handout
from mingbai.visits.queries.figures import handouts

COLUMNS = ("日期", "区划代码", "种类", "数量")
NAME = "materials"


def land(row: Row, became: str) -> str:
    """Keep what went out. Raises Refused. Content is its identity: it never changes."""
    given = hand_out(
        by=LEDGER,
        station=station_at(row["区划代码"]),
        material=one_of(Material.values, row["种类"], "种类"),
        count=count_of(row["数量"], "数量"),
        on=_day(row["日期"]),
        source=NAME,
    )
    return f"handout:{given.pk}"


def _day(text: str) -> date:
    return timezone.localdate(needed(moment_of(text, "日期"), "日期"))


def export(period: Period) -> Iterable[Sequence[str]]:
    for given in handouts(period.first, period.last, period.region).iterator(chunk_size=500):
        yield _written(given)


def _written(given: Handout) -> Sequence[str]:
    return (given.on.isoformat(), given.station.region_id, given.material, str(given.count))


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """What was written down here and exported comes back as itself."""
    wanted, day = normal(row), maybe_day(row["日期"])
    if not day:
        return None
    own = Handout.objects.filter(on=day, station__region_id=row["区划代码"], imported_from="")
    for given in own.select_related("station").order_by("id"):
        cells = _written(given)
        if normal(dict(zip(COLUMNS, cells, strict=True))) == wanted:
            return f"handout:{given.pk}", cells
    return None


def normal(row: Row) -> Row:
    """The date without a time of day, the number without zeros before it."""
    return {**row, "日期": maybe_day(row["日期"]) or row["日期"], "数量": row["数量"].lstrip("0")}


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, normal=normal, found=found))
