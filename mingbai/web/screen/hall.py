"""Who is called to which window, who is next: for everybody in the hall, without names."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.places.queries import register
from mingbai.visits.models import Visit
from mingbai.visits.queries.queue import called, hall_of, waiting
from mingbai.web.access import public
from mingbai.web.headers import live_url

NEXT = 12


@public
@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The whole display; its middle part is asked for again whenever something happens in the hall."""
    station = station_or_404(code)
    context = {
        "station": station,
        "code": code,
        "stream": f"{live_url(request)}hall/{code}/",
        "speaks": hall_of(code).speaks,
        **_shown(code),
    }
    return render(request, "screen/hall.html", context)


@public
@require_safe
def now(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes."""
    station_or_404(code)
    return render(request, "screen/_now.html", _shown(code))


def station_or_404(code: str) -> str:
    row = register().stations.get(code)
    if row is None:
        raise Http404
    return row.name


def _shown(code: str) -> dict[str, Any]:
    at = timezone.now()
    return {
        "called": [_row(visit) for visit in called(code, at)],
        "next": [visit.number for visit in waiting(code, at)[:NEXT] if visit.number],
    }


def _row(visit: Visit) -> dict[str, Any]:
    """`id` changes with each call: what has not been spoken yet is spoken once."""
    words = {"number": " ".join(visit.number), "window": visit.window or 0}
    return {
        "id": f"{visit.pk}-{visit.calls}",
        "number": visit.number,
        "window": visit.window or "",
        "spoken": _("请 %(number)s 号，到 %(window)d 号窗口。") % words,
    }
