"""Stations: created, edited, closed; their point, hours, closures; service areas laid over the tree."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.places.actions.revision import touch
from mingbai.places.enums import Level, Line, Tier
from mingbai.places.models import Closure, Coverage, OpeningHours, Region, Station, StationLine
from mingbai.places.record import asked, enter, enter_new
from mingbai.places.rules.opening import HoursRow, overlapping

EDITABLE = (
    "name",
    "tier",
    "is_built",
    "planned_on",
    "own_premises",
    "takes_matters",
    "substitute",
    "address",
    "phone",
    "windows",
    "hotline_seats",
    "kiosks",
)
"""What `edit_station` may change, beside "lines"."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}")
"""It stands in addresses and names the chain of the journal."""

_MOST_WORDS = {"address": 200, "phone": 32}
_COUNTS = ("windows", "hotline_seats", "kiosks")
_MOST_COUNT = 999
_MICRO = Decimal("0.000001")
_BOUNDS = {"latitude": (Decimal(3), Decimal(54)), "longitude": (Decimal(73), Decimal(136))}
"""China's; latitude and longitude swapped fall outside."""


@transaction.atomic
def create_station(
    *,
    by: Actor,
    region: Region,
    name: str,
    tier: str,
    code: str = "",
    values: Mapping[str, Any] | None = None,
) -> Station:
    """Enter a station. Its code is the region's; a second one there gets "-2". `values` as in `edit_station`.

    Raises Refused "unknown_tier", "bad_code", "station_exists", "ended" and those of `edit_station`.
    """
    if region.valid_to is not None:
        raise Refused(
            _("“%(name)s”已终止，不能新设站点。") % {"name": region.name}, code="ended", field="region"
        )
    code = code or _free_code(region)
    if not _CODE.fullmatch(code):
        raise Refused(_("站点代码为 1–16 位字母、数字或横线。"), code="bad_code", field="code")
    if Station.objects.filter(code=code).exists():
        raise Refused(_("代码 %(code)s 已有站点。") % {"code": code}, code="station_exists", field="code")
    station = Station(code=code, region=region)
    new = _checked({**(values or {}), "name": name, "tier": tier}, station, set())
    lines = new.pop("lines", frozenset())
    for field, value in new.items():
        setattr(station, field, value)
    station.save(force_insert=True)
    _set_lines(station, lines)
    enter_new(station, "created", by, region=region, **new, lines=sorted(lines))
    touch(by=by)
    return station


def _free_code(region: Region) -> str:
    taken = set(Station.objects.filter(code__startswith=region.code).values_list("code", flat=True))
    wanted = [region.code, *(f"{region.code}-{n}" for n in range(2, 100))]
    return next(code for code in wanted if code not in taken)


@transaction.atomic
def edit_station(*, by: Actor, station: Station, changes: Mapping[str, Any], why: str = "") -> Station:
    """Change what `changes` names (EDITABLE, and "lines"); one entry says from what to what.

    Raises Refused "text_missing", "unknown_tier", "unknown_line", "bad_count", "bad_substitute", and for the
    switch "takes matters" "no_line", "not_built", "closed".
    """
    station = _locked(station)
    offered = set(station.offers.values_list("line", flat=True))
    if record_changes(by=by, station=station, offered=offered, changes=changes, why=why):
        touch(by=by)
    return station


def record_changes(
    *, by: Actor, station: Station, offered: set[str], changes: Mapping[str, Any], why: str = ""
) -> bool:
    """Check, write and journal what differs, in the caller's transaction; the caller touches the register."""
    new = _checked(changes, station, offered)
    before = {name: getattr(station, name) for name in new if name != "lines"} | {"lines": frozenset(offered)}
    changed = {name: value for name, value in new.items() if value != before[name]}
    if not changed:
        return False
    for name, value in changed.items():
        if name != "lines":
            setattr(station, name, value)
    if "lines" in changed:
        _set_lines(station, changed["lines"])
    if fields := [name for name in changed if name != "lines"]:
        station.save(update_fields=fields)
    enter(
        station, "edited", by, **{"from": {name: before[name] for name in changed}, "to": changed, "why": why}
    )
    return True


def _locked(station: Station) -> Station:
    """The row, locked and fresh."""
    return Station.objects.select_for_update(of=("self",)).get(pk=station.pk)


def _checked(changes: Mapping[str, Any], station: Station, offered: set[str]) -> dict[str, Any]:
    """The changes with clean values; refused as a whole when the station could not be so."""
    new = {name: value for name, value in changes.items() if name in (*EDITABLE, "lines")}
    if "name" in new:
        new["name"] = asked(str(new["name"]), field="name", most=100)
    for name, most in _MOST_WORDS.items():
        if len(new.get(name) or "") > most:
            raise Refused(_("最多 %(most)d 个字。") % {"most": most}, code="text_too_long", field=name)
    if "tier" in new and new["tier"] not in Tier.values:
        raise Refused(_("没有这个层级。"), code="unknown_tier", field="tier")
    for name in _COUNTS:
        if name in new and not 0 <= (new[name] or 0) <= _MOST_COUNT:
            raise Refused(
                _("数量应在 0 到 %(most)d 之间。") % {"most": _MOST_COUNT}, code="bad_count", field=name
            )
    if "lines" in new:
        new["lines"] = frozenset(new["lines"])
        if unknown := new["lines"] - set(Line.values):
            raise Refused(
                _("没有这项业务：%(lines)s") % {"lines": "、".join(sorted(unknown))},
                code="unknown_line",
                field="lines",
            )
    _may_substitute(new.get("substitute"), station)
    after = {name: getattr(station, name) for name in ("is_built", "takes_matters")} | new
    if after["takes_matters"]:
        _may_take_matters(after, new.get("lines", offered), station)
    return new


def _may_substitute(substitute: Station | None, station: Station) -> None:
    if substitute is None:
        return
    if substitute.pk == station.pk or not substitute.is_built or substitute.closed_on:
        raise Refused(
            _("代办站点须是另一个已建成、未停办的站点。"), code="bad_substitute", field="substitute"
        )


def _may_take_matters(after: Mapping[str, Any], lines: set[str] | frozenset[str], station: Station) -> None:
    """A station without a line could only send matters back up."""
    reasons = {
        "not_built": (not after["is_built"], _("尚未建成的站点不能承办转来事项。")),
        "closed": (station.closed_on is not None, _("已停办的站点不能承办转来事项。")),
        "no_line": (not lines, _("该站点没有开办任何业务，不能承办转来事项。")),
    }
    for code, (holds, reason) in reasons.items():
        if holds:
            raise Refused(reason, code=code, field="takes_matters")


def _set_lines(station: Station, lines: frozenset[str]) -> None:
    station.offers.exclude(line__in=lines).delete()
    there = set(station.offers.values_list("line", flat=True))
    StationLine.objects.bulk_create(StationLine(station=station, line=line) for line in sorted(lines - there))


@transaction.atomic
def close_station(*, by: Actor, station: Station, on: date, reason: str) -> Station:
    """Close a station for good; `on` is the first day it is shut. New matters then go up the tree.

    Raises Refused "already_closed", "last_centre": somebody of the city must be there to receive.
    """
    station = _locked(station)
    reason = asked(reason, field="reason")
    if station.closed_on:
        raise Refused(_("该站点已定于%(day)s停办。") % {"day": station.closed_on}, code="already_closed")
    if _is_last_of_city(station):
        raise Refused(_("市里须留有一个中心接收群众的事项。"), code="last_centre")
    station.closed_on, station.takes_matters = on, False
    station.save(update_fields=["closed_on", "takes_matters"])
    enter(station, "closed", by, on=on, why=reason)
    touch(by=by)
    return station


def _is_last_of_city(station: Station) -> bool:
    if station.region.level != Level.CITY:
        return False
    others = Station.objects.filter(region_id=station.region_id, closed_on=None).exclude(pk=station.pk)
    return not others.exists()


@transaction.atomic
def reopen_station(*, by: Actor, station: Station, reason: str) -> Station:
    """Take back a closing. Raises Refused "not_closed"."""
    station = _locked(station)
    if station.closed_on is None:
        raise Refused(_("该站点没有停办。"), code="not_closed")
    before, station.closed_on = station.closed_on, None
    station.save(update_fields=["closed_on"])
    enter(station, "reopened", by, **{"from": before, "why": asked(reason, field="reason")})
    touch(by=by)
    return station


@transaction.atomic
def set_point(*, by: Actor, station: Station, latitude: object, longitude: object, why: str = "") -> Station:
    """Set the coordinates (degrees, WGS-84 as a phone gives them), once; another time needs a reason.

    Raises Refused "bad_point", "point_set".
    """
    station = _locked(station)
    point = {
        "latitude": _degrees(latitude, "latitude"),
        "longitude": _degrees(longitude, "longitude"),
    }
    before = {"latitude": station.latitude, "longitude": station.longitude}
    if point == before:
        return station
    if station.latitude is not None and not why.strip():
        raise Refused(_("该站点已有坐标，更改须说明理由。"), code="point_set", field="why")
    station.latitude, station.longitude = point["latitude"], point["longitude"]
    station.located_at = timezone.now()
    station.save(update_fields=["latitude", "longitude", "located_at"])
    enter(station, "point_set", by, **{"from": before, "to": point, "why": why.strip()})
    return station


def _degrees(value: object, name: str) -> Decimal:
    least, most = _BOUNDS[name]
    try:
        degrees = Decimal(str(value).strip())
        if least <= degrees <= most:
            return degrees.quantize(_MICRO, ROUND_HALF_EVEN)
    except InvalidOperation:
        pass
    raise Refused(
        _("坐标“%(value)s”不对：纬度 3 到 54，经度 73 到 136。") % {"value": str(value)[:20]},
        code="bad_point",
        field=name,
    )


@transaction.atomic
def set_hours(*, by: Actor, station: Station, hours: Sequence[HoursRow]) -> Station:
    """Replace the weekly hours; none means the house's office hours. Raises Refused "bad_hours"."""
    station = _locked(station)
    if any(row.opens >= row.closes or row.weekday not in range(7) for row in hours) or overlapping(hours):
        raise Refused(_("开放时间须先开后关，同一天的时段不能重叠。"), code="bad_hours", field="hours")
    station.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            station=station,
            weekday=str(row.weekday),
            opens=row.opens,
            closes=row.closes,
            on_days_off=row.on_days_off,
        )
        for row in hours
    )
    said = [f"{row.weekday} {row.opens:%H:%M}-{row.closes:%H:%M}{'+' * row.on_days_off}" for row in hours]
    enter(station, "hours_set", by, to=said)
    touch(by=by)
    return station


@transaction.atomic
def add_closure(*, by: Actor, station: Station, starts_on: date, ends_on: date, reason: str) -> Closure:
    """Shut the station from the first to the last day. Raises Refused "bad_date", "text_missing"."""
    if ends_on < starts_on:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_date", field="ends_on")
    station, reason = _locked(station), asked(reason, field="reason")
    closure = Closure.objects.create(station=station, starts_on=starts_on, ends_on=ends_on, reason=reason)
    enter(station, "closure_added", by, starts_on=starts_on, ends_on=ends_on, why=reason)
    touch(by=by)
    return closure


@transaction.atomic
def remove_closure(*, by: Actor, closure: Closure) -> None:
    """Take back a closure; the journal keeps that it was announced."""
    enter(closure.station, "closure_removed", by, starts_on=closure.starts_on, ends_on=closure.ends_on)
    closure.delete()
    touch(by=by)


@transaction.atomic
def add_coverage(
    *,
    by: Actor,
    area: str,
    region: Region,
    station: Station,
    valid_from: date,
    valid_to: date | None = None,
    line: str = "",
    source: str = "",
) -> Coverage:
    """Lay a service area over a region and all below it: its matters go to that station, of one line or all.

    Raises Refused "text_missing", "bad_date", "unknown_line", "closed".
    """
    if line and line not in Line.values:
        raise Refused(_("没有这项业务。"), code="unknown_line", field="line")
    if valid_to and valid_to < valid_from:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_date", field="valid_to")
    if station.closed_on and station.closed_on <= valid_from:
        raise Refused(_("该站点已停办。"), code="closed", field="station")
    coverage = Coverage.objects.create(
        area=asked(area, field="area", most=64),
        region=region,
        station=station,
        line=line,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source[:200],
    )
    said = {"area": coverage.area, "station": station, "line": line, "on": valid_from, "until": valid_to}
    enter(region, "covered", by, **said, source=coverage.source)
    touch(by=by)
    return coverage


@transaction.atomic
def end_coverage(*, by: Actor, coverage: Coverage, on: date) -> Coverage:
    """End a service area; `on` is its last day. Raises Refused "bad_date"."""
    coverage = Coverage.objects.select_for_update(of=("self",)).get(pk=coverage.pk)
    if on < coverage.valid_from:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_date", field="on")
    coverage.valid_to = on
    coverage.save(update_fields=["valid_to"])
    enter(coverage.region, "coverage_ended", by, area=coverage.area, station=coverage.station_id, on=on)
    touch(by=by)
    return coverage
