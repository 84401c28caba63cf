"""Routing: (kind, place of the dispute or event, channel, urgency, time) → station, with reasons in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from mingbai.cases.enums import Place
from mingbai.core.refused import Refused
from mingbai.people.rules import Staffing
from mingbai.places.enums import Tier
from mingbai.places.rules import Register, StationRow

TIER_ORDER = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE, Tier.TOWNSHIP_STATION, Tier.VILLAGE_STUDIO)
_CENTRES = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)
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
    if city not in register.regions:
        city = next((row.code for row in register.children("", day)), "")
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
    lowest = Tier(rule.lowest_tier) if rule else Tier.COUNTY_CENTRE
    for candidate in _candidates(register, region, request.line, day, reasons):
        if _RANK[candidate.tier] > _RANK[lowest]:
            _once(reasons, _("这个渠道的事项直接到%(tier)s") % {"tier": lowest.label})
            continue
        chosen = _able(candidate, request, register, staffing, reasons)
        if chosen:
            return _done(chosen, request, register, reasons)
    return _top(register, city, request, reasons)


def _once(reasons: list[str], reason: str) -> None:
    if reason not in reasons:
        reasons.append(reason)


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
    if why := _cannot(station, request):
        reasons.append(_("%(name)s%(why)s") % {"name": station.name, "why": why})
        return None
    if not _is_empty(station, request, staffing):
        return station
    reasons.append(_("%(name)s%(why)s") % {"name": station.name, "why": _("无人值守")})
    other = register.stations.get(station.substitute)
    if other and not _cannot(other, request) and not _is_empty(other, request, staffing):
        reasons.append(_("由%(name)s代办") % {"name": other.name})
        return other
    return None


def _cannot(station: StationRow, request: Request) -> str:
    """Why this station cannot take the matter on any such day, or ""."""
    if not station.is_built:
        return _("尚未建成")
    if station.is_closed(request.at.date()):
        return _("已停办")
    if request.line and request.line not in station.lines:
        return _("不办理这项业务")
    if station.tier not in _CENTRES and not station.takes_matters:
        return _("未开通承办")
    return ""


def _is_empty(station: StationRow, request: Request, staffing: Staffing) -> bool:
    """Nobody serves there that day; a centre needs no roster."""
    return station.tier not in _CENTRES and not staffing.has_anybody(station.code, request.at.date())


def _top(register: Register, city: str, request: Request, reasons: list[str]) -> Route:
    """The city's centre; where a city has none yet, its highest station that serves."""
    day = request.at.date()
    stations = sorted(register.stations.values(), key=lambda s: (s.region != city, _RANK[s.tier], s.code))
    if not stations:
        raise Refused(_("还没有登记任何站点，请先建立站点。"), code="no_station")
    serving = [one for one in stations if one.is_built and not one.is_closed(day)]
    return _done((serving or stations)[0], request, register, reasons)


def _done(station: StationRow, request: Request, register: Register, reasons: list[str]) -> Route:
    reasons.append(_("由%(name)s办理") % {"name": station.name})
    if not register.is_open(station.code, request.at):
        reasons.append(_("现在不在开放时间，已收下，开门后办理"))
    return Route(station.code, tuple(reasons))
