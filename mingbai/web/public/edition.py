"""The switch between the standard and the elder edition: a cookie, nothing about the person."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from mingbai.web.access import public

EDITIONS = ("standard", "elder")
A_YEAR = 365 * 24 * 3600


@public
@require_http_methods(["GET", "HEAD", "POST"])
def edition(request: HttpRequest) -> HttpResponse:
    """Remember `to` and go back to `next`; an address of another site leads to the home page."""
    asked = request.POST if request.method == "POST" else request.GET
    target = asked.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = asked.get("to", "")
    if chosen in EDITIONS:
        response.set_cookie(
            "edition", chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
