"""Routing: (kind, place of the dispute or event, channel, urgency, time) → station, with reasons in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from mingbai.cases.enums import Place
from mingbai.people.rules import Staffing
from mingbai.places.enums import Tier
from mingbai.places.rules import Register, StationRow

TIER_ORDER = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE, Tier.TOWNSHIP_STATION, Tier.VILLAGE_STUDIO)
_RANK: dict[str, int] = {tier: rank for rank, tier in enumerate(TIER_ORDER)}


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A row of RoutingRule; "" means any."""

    id: int
    kind: str
    channel: str
    region: str
    urgent_only: bool
    lowest_tier: str
    source: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Request:
    """`line` is the kind's business line ("" for complaints and opinions, which any station takes);
    `region` the 12-digit code of the dispute or event, or ""."""

    kind: str
    line: str
    channel: str
    place: str
    region: str
    is_urgent: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    station: str
    reasons: tuple[str, ...]


def lowest_tier(
    rules: Iterable[RouteRule], request: Request, register: Register, day: date
) -> RouteRule | None:
    """The most specific valid rule: region before kind before channel before any, then the newest."""
    above = {row.code for row in register.ancestors(request.region)} if request.region else set()

    def weight(rule: RouteRule) -> tuple[int, date]:
        return 8 * bool(rule.region) + 4 * rule.urgent_only + 2 * bool(rule.kind) + bool(
            rule.channel
        ), rule.valid_from

    fitting = [
        rule
        for rule in rules
        if rule.kind in ("", request.kind)
        and rule.channel in ("", request.channel)
        and (not rule.region or rule.region in above)
        and (request.is_urgent or not rule.urgent_only)
        and rule.holds_on(day)
    ]
    return max(fitting, key=weight, default=None)


def route(
    request: Request, register: Register, staffing: Staffing, rules: Iterable[RouteRule], city: str
) -> Route:
    """The station that gets the matter, from the lowest tier allowed upwards; it never refuses.

    Every step that is passed over leaves a reason. A place outside or unknown goes to the city's centre,
    as does anything for which no station below is able.
    """
    day = request.at.date()
    reasons: list[str] = []
    if request.place != Place.KNOWN or not request.region:
        reasons.append(
            _("地点不在本市，先由市级中心接收，再联系当地")
            if request.place == Place.OUTSIDE
            else _("地点不清楚，先由市级中心接收并核实")
        )
        return _top(register, city, request, reasons)
    region = register.current(request.region, day)
    if region != request.region:
        reasons.append(_("该区划已并入%(name)s") % {"name": register.regions[region].name})
    rule = lowest_tier(rules, request, register, day)
    floor = _RANK[rule.lowest_tier] if rule else _RANK[Tier.COUNTY_CENTRE]
    for candidate in _candidates(register, region, request.line, day, reasons):
        if _RANK[candidate.tier] > floor:
            continue
        chosen = _able(candidate, request, register, staffing, reasons)
        if chosen:
            return _done(chosen, request, register, reasons)
    return _top(register, city, request, reasons)


def _candidates(
    register: Register, region: str, line: str, day: date, reasons: list[str]
) -> Iterable[StationRow]:
    """Stations from the place itself upwards; a service area stands before the tree."""
    for row in register.ancestors(region):
        cover = register.coverage_of(row.code, line, day)
        if cover is not None:
            reasons.append(
                _("%(area)s由%(name)s服务")
                % {"area": cover.area, "name": register.stations[cover.station].name}
            )
            yield register.stations[cover.station]
        yield from register.stations_at(row.code)


def _able(
    station: StationRow, request: Request, register: Register, staffing: Staffing, reasons: list[str]
) -> StationRow | None:
    """The station itself, its substitute on an empty day, or None with the reason why it goes up."""
    why = _why_not(station, request, staffing)
    if not why:
        return station
    reasons.append(_("%(name)s%(why)s") % {"name": station.name, "why": why})
    substitute = register.stations.get(station.substitute or "")
    if substitute and not _why_not(substitute, request, staffing):
        reasons.append(_("由%(name)s代办") % {"name": substitute.name})
        return substitute
    return None


def _why_not(station: StationRow, request: Request, staffing: Staffing) -> str:
    """Why this station cannot take the matter, or "". A centre needs no switch and no roster."""
    day = request.at.date()
    if not station.is_built:
        return _("尚未建成")
    if station.closed_on and station.closed_on <= day:
        return _("已停办")
    if request.line and request.line not in station.lines:
        return _("不办理这项业务")
    if station.tier in (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE):
        return ""
    if not station.takes_matters:
        return _("未开通承办")
    if not staffing.has_anybody(station.code, day):
        return _("无人值守")
    return ""


def _top(register: Register, city: str, request: Request, reasons: list[str]) -> Route:
    day = request.at.date()
    centres = [s for s in register.stations_at(city) if not (s.closed_on and s.closed_on <= day)]
    return _done(centres[0], request, register, reasons)


def _done(station: StationRow, request: Request, register: Register, reasons: list[str]) -> Route:
    reasons.append(_("由%(name)s办理") % {"name": station.name})
    if not register.is_open(station.code, request.at):
        reasons.append(_("现在不在开放时间，已收下，开门后办理"))
    return Route(station.code, tuple(reasons))
