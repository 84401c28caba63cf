"""Response headers of every page: what a browser may load, show, keep and send."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "geolocation", "gyroscope", "magnetometer", "payment", "usb")
)


def may_locate(response: HttpResponse) -> HttpResponse:
    """A page that asks the phone where it is; every other one is forbidden to."""
    response.headers["Permissions-Policy"] = _PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
    return response


def live_url(request: HttpRequest) -> str:
    """The stream's address as this browser reaches it; "" where there is none (LIVE_URL=off).

    Cookies know no ports, so the stream may answer on another port of the page's own host.
    """
    if settings.LIVE_URL:
        return "" if settings.LIVE_URL == "off" else str(settings.LIVE_URL)
    if settings.BEHIND_TLS:
        return "/live/"
    try:
        host = urlsplit(f"//{request.get_host()}").hostname or ""
    except (DisallowedHost, ValueError):  # a number that is none passes where every host may
        return ""
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.LIVE_PORT}/live/"


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost; a view that sets one of these headers itself keeps its own."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _content_policy(request))
        headers.setdefault("Permissions-Policy", _PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", _caching(request))
        return response

    return middleware


def _content_policy(request: HttpRequest) -> str:
    parts = urlsplit(live_url(request))
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    exchange = urlsplit(settings.PBX_WS_URL)
    origin += f" {exchange.scheme}://{exchange.netloc}" if exchange.netloc else ""
    return (
        f"default-src 'self'; connect-src 'self'{origin}; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def _caching(request: HttpRequest) -> str:
    """Staff pages leave nothing on a shared machine; a resident who goes back finds the form as it was."""
    match = getattr(request, "resolver_match", None)
    access = getattr(match.func, "access", None) if match else None
    is_public = "public" in (access, getattr(access, "kind", None))
    return "private, no-cache" if is_public else "no-store"
