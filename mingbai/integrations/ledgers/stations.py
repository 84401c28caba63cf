"""stations.csv: one row a region: built or not, premises, lines, windows, seats, kiosks."""

from collections.abc import Iterable, Sequence
from typing import Any

from mingbai.integrations.ledgers.cells import count_of, one_of, region_of, yes
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.places.actions.stations import create_station, edit_station
from mingbai.places.enums import Line, Tier
from mingbai.places.models import Station
from mingbai.places.queries import register

COLUMNS = ("区划代码", "名称", "层级", "已建成", "独立场所", "业务", "窗口数", "热线席位", "查询机")


def land(row: Row, became: str) -> str:
    """Enter the station, or change what differs. Raises Refused."""
    region = region_of(row["区划代码"])
    values = _values(row)
    station = Station.objects.filter(code=region.code).first()
    if station is None:
        tier, name = values.pop("tier"), values.pop("name")
        station = create_station(by=LEDGER, region=region, name=name, tier=tier, values=values)
    else:
        if not values["is_built"] and station.takes_matters:
            values["takes_matters"] = False  # the ledger is what happened: who is not there takes nothing
        edit_station(by=LEDGER, station=station, changes=values, why="台账")
    return f"station:{station.code}"


def _values(row: Row) -> dict[str, Any]:
    lines = frozenset(part for part in row["业务"].split(";") if part)
    for line in lines:
        one_of(Line.values, line, "业务")
    return {
        "name": row["名称"],
        "tier": one_of(Tier.values, row["层级"], "层级"),
        "is_built": yes(row["已建成"], "已建成"),
        "own_premises": yes(row["独立场所"], "独立场所"),
        "lines": lines,
        "windows": count_of(row["窗口数"], "窗口数"),
        "hotline_seats": count_of(row["热线席位"], "热线席位"),
        "kiosks": count_of(row["查询机"], "查询机"),
    }


def export(period: Period) -> Iterable[Sequence[str]]:
    """The stations as they stand, of the region's subtree."""
    stations = Station.objects.prefetch_related("offers").order_by("code")
    if period.region:
        stations = stations.filter(region_id__in=register().subtree(period.region))
    for station in stations.iterator(chunk_size=500):
        yield _written(station)


def _written(station: Station) -> Sequence[str]:
    return (
        station.code,
        station.name,
        station.tier,
        "是" if station.is_built else "否",
        "是" if station.own_premises else "否",
        ";".join(offer.line for offer in station.offers.all()),
        str(station.windows or ""),
        str(station.hotline_seats or ""),
        str(station.kiosks or ""),
    )


def normal(row: Row) -> Row:
    """The lines in one order, a count of nothing as an empty cell."""
    counts = {name: "" if row[name] == "0" else row[name] for name in ("窗口数", "热线席位", "查询机")}
    return {**row, **counts, "业务": ";".join(sorted(part for part in row["业务"].split(";") if part))}


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    station = Station.objects.filter(code=row["区划代码"]).prefetch_related("offers").first()
    return (f"station:{station.code}", _written(station)) if station else None


LEDGERS.register(
    "stations",
    Ledger("stations", COLUMNS, land, identity="区划代码", export=export, normal=normal, found=found),
)
