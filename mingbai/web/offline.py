"""Forms that a phone keeps while there is no network: their keys, and the answers it understands.

The phone keeps the form as it was filled in, with the key that the form came with, and sends it when it can
(mingbai/web/phone); sent three times it is one (`client_key` of needs and records).

A page takes part so: `@from_phone` on its view, `@keeps_page` where the empty form may be opened without a
network (it must name nobody), `data-keeps` on the form, layout/kept.html above it.
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
KEEP = "X-Keep-Page"

OLDEST = timedelta(days=31)
"""What is older by the phone's clock is not believed and counts from now."""
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    return secrets.token_hex(16)


def key_of(request: HttpRequest) -> str:
    """The form's key, made by us or by the phone; anything else that was sent in its place is replaced."""
    sent = request.POST.get("key", "")
    return sent if _KEY.fullmatch(sent) else new_key()


def is_from_phone(request: HttpRequest) -> bool:
    """True for a form that waited on a phone and is sent by its script."""
    return request.headers.get("X-Kept") == "1"


def once(request: HttpRequest, what: tuple[Any, ...], read: Callable[[], T]) -> T:
    """What several forms of one sending need to know, read once for all of them (mingbai/web/phone)."""
    known: dict[tuple[Any, ...], Any] = request.__dict__.setdefault("known", {})
    if what not in known:
        known[what] = read()
    found: T = known[what]
    return found


def believed(said_at: str, now: datetime) -> datetime | None:
    """When it was taken down, by the phone's clock; None (now) where that cannot be."""
    try:
        at = parse_datetime(said_at) if said_at else None
    except ValueError:
        return None
    plain = at is not None and timezone.is_aware(at) and now - OLDEST <= at <= now
    return at if plain else None


def taken(said: str = "", url: str = "") -> JsonResponse:
    """The phone forgets its copy; the query machine goes to `url`."""
    return JsonResponse({"taken": True, "said": said, **({"url": url} if url else {})})


def not_taken(said: str) -> JsonResponse:
    """The phone keeps its copy and shows why, so that somebody can put it right."""
    return JsonResponse({"taken": False, "said": said}, status=422)


def from_phone(view: View) -> View:
    """A form of this view may wait on a phone and be sent by its script."""
    view.from_phone = True  # type: ignore[attr-defined]
    return view


def keeps_page(view: View) -> View:
    """A phone keeps this page, asked for without a query, for when there is no network: it names nobody."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and not request.GET and response.status_code == 200:
            response.headers[KEEP] = "1"
        return response

    return marked  # type: ignore[return-value]
