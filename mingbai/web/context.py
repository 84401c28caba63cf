"""What every template may ask of the house: its telephone, its city, the edition, the live stream."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mingbai.places.models import Region
from mingbai.web.access import face_of
from mingbai.web.headers import live_url


def house(request: HttpRequest) -> dict[str, Any]:
    """Context processor. What costs a query is a function: Django calls it only where a template uses it."""
    return {
        "live_url": partial(_stream, request),
        "hotline": settings.CITY_HOTLINE,
        "city_name": _city_name,
        "edition": "elder" if request.COOKIES.get("edition") == "elder" else "standard",
        "languages": settings.LANGUAGES,
        "post": _once(partial(_post, request)),
        **_face(request),
    }


def _face(request: HttpRequest) -> dict[str, str]:
    """In which frame the public pages stand: a resident's own screen, or the query machine in the hall."""
    face = face_of(request)
    return {"face": face, "face_layout": f"layout/{face}.html"}


def _stream(request: HttpRequest) -> str:
    """Only staff listen; a resident's page reloads by hand."""
    user = getattr(request, "user", None)
    return live_url(request) if user is not None and user.is_authenticated else ""


def _city_name() -> str:
    return Region.objects.filter(code=settings.CITY_CODE).values_list("name", flat=True).first() or ""


def _post(request: HttpRequest) -> str:
    """Where the signed-in person serves."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    worker = getattr(user, "worker", None)  # came with the user, see web.accounts.Backend
    return worker.station.name if worker and worker.station_id else ""


def _once(answer: Callable[[], str]) -> Callable[[], str]:
    known: list[str] = []

    def ask() -> str:
        if not known:
            known.append(answer())
        return known[0]

    return ask
