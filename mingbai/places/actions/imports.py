"""Regions and stations from the rows of a sheet: good rows land, each bad one is named with its reason."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.places.actions.regions import create_region, move_region, rename_region
from mingbai.places.actions.revision import touch
from mingbai.places.actions.stations import create_station, record_changes, set_point
from mingbai.places.models import Region, Station
from mingbai.places.rules.sheets import refused, region_values, station_values

Row = Mapping[str, object]
CREATED, UPDATED, SAME = "created", "updated", "same"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that did not land; `line` counts from 2, the header being line 1."""

    line: int
    code: str
    reason: str


@dataclass
class Imported:
    """What became of the rows of a sheet."""

    created: int = 0
    updated: int = 0
    same: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


def import_regions(*, by: Actor, rows: Iterable[Row], source: str, on: date | None = None) -> Imported:
    """Add regions, rename and move known ones from `on` (today). Columns: code,name,level,parent or
    区划代码, 名称, 层级, 上级代码. Regions that the sheet does not name stay."""
    on = on or timezone.localdate()
    return _landed(rows, lambda row: _region(region_values(row), by, source, on), by)


@transaction.atomic
def _landed(rows: Iterable[Row], land: Callable[[Row], str], by: Actor) -> Imported:
    done = Imported()
    for line, row in enumerate(rows, start=2):
        try:
            with transaction.atomic():
                outcome = land(row)
        except Refused as reason:
            done.refused.append(RefusedRow(line, reason.code, str(reason)))
        else:
            setattr(done, outcome, getattr(done, outcome) + 1)
    if done.created or done.updated:
        touch(by=by)
    return done


def _region(values: Mapping[str, str], by: Actor, source: str, on: date) -> str:
    parent = _parent(values.get("parent", ""), values["level"])
    region = Region.objects.filter(code=values["code"]).first()
    if region is None:
        create_region(
            by=by,
            code=values["code"],
            name=values["name"],
            level=values["level"],
            parent=parent,
            source=source,
        )
        return CREATED
    if region.level != values["level"]:
        raise refused("level", _("已有区划的层级不能更改"))
    outcome = SAME
    if parent and region.parent_id != parent.pk:
        move_region(by=by, region=region, parent=parent, on=on, source=source)
        outcome = UPDATED
    if region.name != values["name"]:
        rename_region(by=by, region=region, name=values["name"], on=on, source=source)
        outcome = UPDATED
    return outcome


def _parent(code: str, level: str) -> Region | None:
    if level == "city":
        return None
    parent = Region.objects.filter(code=code).first()
    if parent is None:
        raise refused("parent", _("没有区划 %(code)s") % {"code": code[:20] or "—"}, "unknown_region")
    return parent


def import_stations(*, by: Actor, rows: Iterable[Row], source: str) -> Imported:
    """Add stations and update known ones, one entry each. A row is found by 站点代码, else by 区划代码
    (the region's own station). A column that the sheet lacks leaves its values alone."""
    return _landed(rows, lambda row: _station(station_values(row), by, source), by)


def _station(values: dict[str, Any], by: Actor, source: str) -> str:
    point = {name: values.pop(name, "") for name in ("latitude", "longitude")}
    if "substitute" in values:
        values["substitute"] = _known_station(values["substitute"])
    region_code, code = values.pop("region"), values.pop("code", "")
    station = Station.objects.select_for_update(of=("self",)).filter(code=code or region_code).first()
    if station is None:
        region = Region.objects.filter(code=region_code).first()
        if region is None:
            raise refused("region", _("没有区划 %(code)s") % {"code": region_code[:20]}, "unknown_region")
        named = {name: values.pop(name) for name in ("name", "tier")}
        station = create_station(by=by, region=region, code=code, values=values, **named)
        outcome = CREATED
    else:
        offered = set(station.offers.values_list("line", flat=True))
        moved = record_changes(by=by, station=station, offered=offered, changes=values, why=source)
        outcome = UPDATED if moved else SAME
    if any(point.values()):
        before = (station.latitude, station.longitude)
        after = set_point(by=by, station=station, why=source, **point)
        outcome = UPDATED if outcome == SAME and before != (after.latitude, after.longitude) else outcome
    return outcome


def _known_station(code: str) -> Station | None:
    if not code:
        return None
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise refused("substitute", _("没有站点 %(code)s") % {"code": code[:20]}, "unknown_station")
    return station
