"""What a refused request gets instead of a page: plain words, and what to do now."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 where more was sent than a form can hold. No context processor: the request may be odd."""
    too_big = isinstance(exception, RequestDataTooBig)
    context = {"edition": "elder" if request.COOKIES.get("edition") == "elder" else "standard"}
    page = render_to_string("413.html" if too_big else "400.html", context)
    return HttpResponse(page, status=413 if too_big else 400)
