"""What a refused request gets instead of a page: plain words, and what to do now."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from mingbai.web.away import is_away

RETRY_AFTER = "10"  # seconds; a new primary is there within thirty


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 where more was sent than a form can hold. No context processor: the request may be odd."""
    too_big = isinstance(exception, RequestDataTooBig)
    page = render_to_string("413.html" if too_big else "400.html", _context(request))
    return HttpResponse(page, status=413 if too_big else 400)


def _context(request: HttpRequest) -> dict[str, str]:
    return {"edition": "elder" if request.COOKIES.get("edition") == "elder" else "standard"}


def failed(request: HttpRequest) -> HttpResponse:
    """503 while the database is away (nothing was written, the same may be sent again), 500 for a fault of
    ours. Called while the error is handled. No context processor: they may ask the database."""
    if not is_away(sys.exc_info()[1]):
        return server_error(request)
    answer = HttpResponse(render_to_string("503.html", _context(request)), status=503)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer
