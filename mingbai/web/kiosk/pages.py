"""Where the query machine begins, and what is needed for what."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingbai.knowledge.models import Guide
from mingbai.places.enums import Line, Tier
from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.kiosk.matters import forget
from mingbai.web.public.doors import icon_of
from mingbai.web.public.stations import contacts_of, map_of, serves, told

HALL, A_YEAR = "hall", 365 * 24 * 3600
_SHOWN_TIERS = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The lines that have guides, as large keys; what the last person opened is closed."""
    forget(request)
    held = Guide.objects.published().values_list("line", flat=True).order_by("line").distinct()
    tiles = [{"code": code, "title": Line(code).label, "icon": icon_of(code)} for code in held]
    hall = _hall(request)
    response = render(request, "kiosk/home.html", {"lines": tiles, "hall": hall})
    if hall and hall == request.GET.get(HALL):
        # Which hall the machine stands in: set once by opening /kiosk/?hall=CODE.
        response.set_cookie(
            HALL, hall, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def _hall(request: HttpRequest) -> str:
    """The station in whose hall this machine stands, "" where nobody has said."""
    code = request.GET.get(HALL) or request.COOKIES.get(HALL, "")
    row = register().stations.get(code)
    return row.code if row is not None and row.is_built else ""


@public
@require_safe
def line(request: HttpRequest, line: str) -> HttpResponse:
    """Everything that is done in a line: what one needs for it."""
    if line not in Line.values:
        raise Http404
    guides = Guide.objects.published().filter(line=line).select_related("region").order_by("title", "id")
    return render(request, "kiosk/line.html", {"title": Line(line).label, "guides": guides})


@public
@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """The centres of the city and its counties, telephones and hours, and a map where there is one."""
    places, today, now = register(), timezone.localdate(), timezone.now()
    held = [row for row in places.stations.values() if row.tier in _SHOWN_TIERS and serves(row, today)]
    rows = sorted(held, key=lambda row: (row.tier != Tier.CITY_CENTRE, row.code))
    contacts = contacts_of(rows)
    context = {
        "stations": [{**told(places, row, now), **contacts[row.code]} for row in rows],
        "map": map_of(settings.CITY_CODE, rows, contacts, opens=False),
    }
    return render(request, "kiosk/stations.html", context)
