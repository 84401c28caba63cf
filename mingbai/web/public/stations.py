"""Where to go: stations of a place with what they do, their hours and telephone; a list, no map needed."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.places.enums import Line, Tier, Weekday
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.places.rules import HoursRow, Register, StationRow
from mingbai.web.access import public
from mingbai.web.maps import Map, Point, drawn_in
from mingbai.web.templatetags.look import moment
from mingbai.web.where import choices_below, picked_from

NEAR_COOKIE = "near"
_A_YEAR = 365 * 24 * 3600


def nearest(places: Register, region: str, today: date) -> StationRow | None:
    """The station that serves at the place, or the next one up; the city's own where the place is unknown."""
    for row in places.ancestors(region) or places.ancestors(settings.CITY_CODE):
        for station in places.stations_at(row.code):
            if serves(station, today):
                return station
    return None


def serves(station: StationRow, today: date) -> bool:
    return station.is_built and not station.is_closed(today)


def told(places: Register, row: StationRow, now: datetime) -> dict[str, Any]:
    """What pages say of a station: open or when it opens, today's hours, what it does."""
    is_open = places.is_open(row.code, now)
    opens = None if is_open else places.next_opening(row.code, now)
    return {
        "code": row.code,
        "name": row.name,
        "tier": Tier(row.tier).label,
        "is_open": is_open,
        "opens": _("%(when)s开门") % {"when": moment(opens)} if opens else "",
        "hours": _hours(places.hours_on(row.code, timezone.localdate(now))),
        "lines": [line.label for line in Line if line in row.lines],
    }


def _hours(rows: list[HoursRow]) -> str:
    """8:30–11:30，13:00–17:00, or that the day is off."""
    spans = [f"{row.opens:%H:%M}–{row.closes:%H:%M}" for row in rows]
    return _("，").join(spans) or _("今天不开门")


@public
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The stations of a county, or of a township and its villages; the home page remembers the choice."""
    places, today, now = register(), timezone.localdate(), timezone.now()
    picked = picked_from(request.GET, places)
    region = picked.deepest if picked.deepest in places.regions else settings.CITY_CODE
    line = request.GET.get("line", "")
    rows = [
        row
        for code in [region, *(code for code, _name in choices_below(places, region))]
        for row in places.stations_at(code)
        if serves(row, today) and (line not in Line.values or line in row.lines)
    ]
    contacts = contacts_of(rows)
    context = {
        "place": places.path_names(region) if region in places.regions else "",
        "stations": [
            {**told(places, row, now), **contacts[row.code], "sign": sign}
            for sign, row in enumerate(rows, start=1)
        ],
        "map": map_of(region, rows, contacts),
        "counties": choices_below(places, settings.CITY_CODE),
        "towns": choices_below(places, picked.county),
        "picked": picked,
        "lines": Line.choices,
        "line": line,
    }
    response = render(request, "public/stations.html", context)
    if picked.deepest in places.regions:
        response.set_cookie(NEAR_COOKIE, picked.deepest, max_age=_A_YEAR, samesite="Lax", httponly=True)
    return response


def contacts_of(rows: list[StationRow]) -> dict[str, dict[str, Any]]:
    names = ("code", "address", "phone", "latitude", "longitude")
    found = Station.objects.filter(code__in=[row.code for row in rows]).values(*names)
    return {each.pop("code"): each for each in found}


def map_of(
    region: str,
    rows: list[StationRow],
    contacts: dict[str, dict[str, Any]],
    *,
    opens: bool = True,
) -> Map | None:
    """The stations that have a point, numbered as in the list, on the outlines that an office has brought.

    `opens`: a point leads to its station's page.
    """
    points = [
        Point(
            float(contacts[row.code]["longitude"]),
            float(contacts[row.code]["latitude"]),
            str(sign),
            row.name,
            reverse("public:station", args=[row.code]) if opens else "",
        )
        for sign, row in enumerate(rows, start=1)
        if contacts[row.code]["latitude"] is not None
    ]
    return drawn_in(region, points)


@public
@require_safe
def station(request: HttpRequest, code: str) -> HttpResponse:
    """One station: the week's hours, days it is shut, what it does, how to reach it."""
    places, now = register(), timezone.now()
    row = places.stations.get(code)
    if row is None:
        raise Http404
    today = timezone.localdate()
    context = {
        "station": {**told(places, row, now), **contacts_of([row])[row.code]},
        "is_gone": not serves(row, today),
        "instead": nearest(places, places.regions[row.region].parent, today),
        "week": _week(row),
        "closures": [shut for shut in row.closures if shut.ends_on >= today],
        "place": places.path_names(row.region),
    }
    return render(request, "public/station.html", context)


def _week(row: StationRow) -> list[tuple[str, str]]:
    hours = row.opening.hours
    week = []
    for weekday in Weekday:
        of_day = sorted((h for h in hours if h.weekday == int(weekday)), key=lambda h: h.opens)
        week.append((str(weekday.label), _("，").join(f"{h.opens:%H:%M}–{h.closes:%H:%M}" for h in of_day)))
    return week
