"""reception_opinions.csv: what was asked on leaders' reception days, and whether it is done."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from mingbai.core.checks import clean_text
from mingbai.integrations.ledgers.cells import maybe_day, moment_of, needed, one_of, plainly, region_of
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.integrations.ledgers.window_visits import station_at
from mingbai.visits.actions.imported import ToldOpinion, change_opinion, land_opinion
from mingbai.visits.models import Opinion
from mingbai.visits.queries.figures import opinions

COLUMNS = ("接待日", "区划代码", "接待领导", "意见建议", "状态")
NAME = "reception_opinions"
DONE, OPEN = "已办结", "办理中"


def land(row: Row, became: str) -> str:
    """Open the matter as it stood; an exact double is another opinion. Raises Refused."""
    told = ToldOpinion(
        station=station_at(row["区划代码"]),
        region=region_of(row["区划代码"]),
        on=_day(row["接待日"]),
        leader=row["接待领导"],
        text=clean_text(row["意见建议"]),
        is_done=one_of((DONE, OPEN), row["状态"], "状态") == DONE,
        source=NAME,
    )
    if became:
        known = Opinion.objects.select_related("case").get(pk=became.removeprefix("opinion:"))
        return f"opinion:{change_opinion(by=LEDGER, opinion=known, told=told).pk}"
    return f"opinion:{land_opinion(by=LEDGER, told=told).pk}"


def _day(text: str) -> date:
    return timezone.localdate(needed(moment_of(text, "接待日"), "接待日"))


def export(period: Period) -> Iterable[Sequence[str]]:
    """The opinions of the period's reception days; those of proposals and ratings are no part of it."""
    held = opinions(period.first, period.last, period.region).filter(source="reception")
    for opinion in held.iterator(chunk_size=500):
        yield _written(opinion)


def _written(opinion: Opinion) -> Sequence[str]:
    case = opinion.case
    return (
        opinion.on.isoformat(),
        case.region_id or opinion.station.region_id,
        opinion.leader,
        case.text,
        DONE if case.closed_at else OPEN,
    )


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    """An opinion of our own that was exported comes back as itself."""
    wanted, day = normal(row), maybe_day(row["接待日"])
    if not day:
        return None
    own = Opinion.objects.filter(on=day, imported_from="", source="reception")
    for opinion in own.select_related("case", "station").order_by("id"):
        cells = _written(opinion)
        if normal(dict(zip(COLUMNS, cells, strict=True))) == wanted:
            return f"opinion:{opinion.pk}", cells
    return None


def normal(row: Row) -> Row:
    day = maybe_day(row["接待日"]) or row["接待日"]
    return {**row, "接待日": day, "意见建议": plainly(clean_text, row["意见建议"])}


LEDGERS.register(NAME, Ledger(NAME, COLUMNS, land, export=export, normal=normal, found=found))
