"""Founding a city: regions, required stations, and the bureaus that run and supervise them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.actions.revision import touch
from mingbai.places.enums import Charge, Level, OrganisationKind
from mingbai.places.models import Organisation, Region, Station, StationLine, Tenure
from mingbai.places.rules import REQUIRED_LINES, TIER_OF_LEVEL

_ORDER = [Level.CITY, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
_NAMES = {
    Level.CITY: "{}公共法律服务中心",
    Level.COUNTY: "{}公共法律服务中心",
    Level.TOWNSHIP: "{}公共法律服务工作站",
    Level.VILLAGE: "{}公共法律服务工作室",
}
_VILLAGE_END = re.compile(r"(村民|居民)?委员会$|居委会$|村委会$")


@dataclass(frozen=True)
class Division:
    """One line of a divisions file; `line` is its number, for the message."""

    code: str
    name: str
    level: str
    parent: str
    line: int = 0


@transaction.atomic
def found_city(*, by: Actor, divisions: Sequence[Division], today: date | None = None) -> dict[str, int]:
    """Regions and one required station each. Repeatable: what exists stays as it is; returns what was added.

    Raises Refused "bad_divisions" with the line and the reason; then nothing of it lands.
    """
    today = today or timezone.localdate()
    ordered = _checked(divisions)
    paths = dict(Region.objects.values_list("code", "path"))
    fresh = [division for division in ordered if division.code not in paths]
    for division in fresh:
        above = paths.get(division.parent)
        paths[division.code] = f"{above}.{division.code}" if above else division.code
    Region.objects.bulk_create(
        Region(code=d.code, name=d.name, level=d.level, parent_id=d.parent or None, path=paths[d.code])
        for d in fresh
    )
    stations = _stations(fresh)
    _tenures(fresh, paths, today)
    touch(by=by)
    if fresh:
        write(
            chain=f"region:{ordered[0].code}",
            verb="city.founded",
            by=by,
            data={"regions": len(fresh), "stations": stations},
        )
    return {"regions": len(fresh), "stations": stations}


def _checked(divisions: Sequence[Division]) -> list[Division]:
    ordered = sorted(divisions, key=lambda d: _ORDER.index(Level(d.level)) if d.level in Level.values else 9)
    known = dict(Region.objects.values_list("code", "level"))
    seen: set[str] = set()
    for division in ordered:
        if why := _wrong(division, known, seen):
            raise Refused(
                _("第 %(line)d 行：%(why)s") % {"line": division.line, "why": why}, code="bad_divisions"
            )
        seen.add(division.code)
        known.setdefault(division.code, division.level)
    if not ordered:
        raise Refused(_("文件里没有区划。"), code="bad_divisions")
    return ordered


def _wrong(division: Division, known: dict[str, str], seen: set[str]) -> str:
    if not re.fullmatch(r"\d{12}", division.code):
        return _("区划代码须为 12 位数字")
    if division.code in seen:
        return _("区划代码重复")
    if division.level not in Level.values:
        return _("层级须为 city、county、township 或 village")
    if not division.name.strip():
        return _("没有名称")
    if division.level == Level.CITY:
        return ""
    above = known.get(division.parent)
    if above is None or _ORDER.index(Level(above)) >= _ORDER.index(Level(division.level)):
        return _("上级区划不存在或层级不对")
    return ""


def _stations(fresh: Sequence[Division]) -> int:
    rows, lines = [], []
    for division in fresh:
        tier = TIER_OF_LEVEL[Level(division.level)]
        station = Station(
            code=division.code, name=station_name(division), tier=tier, region_id=division.code, is_built=True
        )
        rows.append(station)
        lines += [StationLine(station=station, line=line) for line in REQUIRED_LINES[tier]]
    Station.objects.bulk_create(rows)
    StationLine.objects.bulk_create(lines)
    return len(rows)


def station_name(division: Division) -> str:
    """As people there write it: a village loses 村民委员会, not its 村."""
    name = division.name
    if division.level == Level.VILLAGE:
        kind = "村" if name.endswith(("村民委员会", "村委会")) else ("社区" if "社区" not in name else "")
        stem = _VILLAGE_END.sub("", name)
        name = stem if stem.endswith(kind) else stem + kind
    return _NAMES[Level(division.level)].format(name)


def _tenures(fresh: Sequence[Division], paths: dict[str, str], today: date) -> None:
    """The bureau of city or county supervises; its centre operates the stations below."""
    names = {d.code: d for d in fresh if d.level in (Level.CITY, Level.COUNTY)}
    bureaus = {code: _organisation(f"{d.name}司法局", OrganisationKind.BUREAU, code) for code, d in names.items()}
    centres = {code: _organisation(station_name(d), OrganisationKind.CENTRE, code) for code, d in names.items()}
    rows = []
    for division in fresh:
        home = next((code for code in reversed(paths[division.code].split(".")) if code in names), None)
        if home:
            for charge, who in ((Charge.OPERATOR, centres[home]), (Charge.SUPERVISOR, bureaus[home])):
                rows.append(
                    Tenure(station_id=division.code, charge=charge, organisation=who, valid_from=today)
                )
    Tenure.objects.bulk_create(rows)


def _organisation(name: str, kind: str, region: str) -> Organisation:
    found, _made = Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "region_id": region})
    return found
