"""Where the query machine begins, and what is needed for what."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.knowledge.models import Guide
from mingbai.places.enums import Line, Tier
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.public.doors import icon_of

_SHOWN_TIERS = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The lines that have guides, as large keys."""
    held = Guide.objects.published().values_list("line", flat=True).order_by("line").distinct()
    tiles = [{"code": code, "title": Line(code).label, "icon": icon_of(code)} for code in held]
    return render(request, "kiosk/home.html", {"lines": tiles})


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
    """The centres of the city and its counties, with telephone and today's hours; a list before any map."""
    today = timezone.localdate()
    held = Station.objects.filter(tier__in=_SHOWN_TIERS, closed_on=None, is_built=True)
    rows: list[dict[str, Any]] = [
        {"name": row.name, "phone": row.phone, "address": row.address, "hours": _hours(row.code, today)}
        for row in held.order_by("tier", "code")
    ]
    return render(request, "kiosk/stations.html", {"stations": rows})


def _hours(station: str, today: Any) -> str:
    spans = [f"{row.opens:%H:%M}-{row.closes:%H:%M}" for row in register().hours_on(station, today)]
    return "，".join(spans) or _("今天不开")
