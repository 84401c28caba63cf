"""The ASGI application of the stream: /live/ for staff pages, /healthz for the supervisor, nothing else."""

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from mingbai.web.live.hub import HALL, Hub, Stream
from mingbai.web.said import parts_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEARTBEAT = 15.0
SLOWEST = 20.0
"""Seconds a page may take to read what was sent; then it is dropped, and asks again when it can."""

hub = Hub()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    path, headers = scope["path"], _headers(scope)
    if path == "/healthz":
        await _answer(send, 200, b"ok\n")
    elif scope["method"] != "GET" or not (path == "/live/" or _hall(path)):
        await _answer(send, 404)
    elif not _is_own_page(headers):
        await _answer(send, 403)
    else:
        await _live(headers, receive, send, _hall(path) or _session_key(headers))


def _hall(path: str) -> str:
    """The name under which the displays of one hall listen; "" for another path."""
    rest = path.removeprefix("/live/hall/").removesuffix("/")
    is_hall = path.startswith("/live/hall/") and rest.isascii() and rest.replace("-", "").isalnum()
    return f"{HALL}{rest[:16]}" if is_hall else ""


async def _live(headers: dict[str, str], receive: Receive, send: Send, session: str) -> None:
    allowed = _allow(headers)
    if not session:
        await _answer(send, 401, extra=allowed)
    elif not hub.has_room(session):
        await _answer(send, 503, extra=[*allowed, (b"retry-after", b"30")])
    elif stream := await hub.join(session):
        try:
            await _serve(stream, allowed, receive, send)
        finally:
            hub.leave(stream)
    else:
        await _answer(send, 401, extra=allowed)


async def _serve(stream: Stream, allowed: list[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_until_gone(stream, receive))
    try:
        head = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        head += [(b"x-accel-buffering", b"no"), *allowed]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        # Spread, so that a thousand pages do not come back in one second after a restart.
        await _send(send, f"retry: {random.randrange(2000, 6000)}\n\n")
        while not stream.is_over:
            with suppress(TimeoutError):
                await asyncio.wait_for(stream.awake.wait(), HEARTBEAT)
            text = "".join(f"data: {topic}\n\n" for topic in stream.take())
            if not stream.is_over:
                await _send(send, text or ":\n\n")
        if not gone.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except (TimeoutError, OSError, RuntimeError):
        pass  # the page is gone, or too slow to be waited for
    finally:
        gone.cancel()


async def _send(send: Send, text: str) -> None:
    message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
    await asyncio.wait_for(send(message), SLOWEST)


async def _until_gone(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _answer(
    send: Send, status: int, body: bytes = b"", extra: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store"), *(extra or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# ── who asks ──


def _headers(scope: Message) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _is_own_page(headers: dict[str, str]) -> bool:
    """The page that asks must come from the host it asks, whatever the port: cookies know no ports."""
    host, _port = split_domain_port(headers.get("host", "").lower())
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return False
    origin = headers.get("origin", "")
    if not origin or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    asking, _port = split_domain_port(parts_of(origin).netloc.lower())
    return asking == host


def _allow(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    origin = headers.get("origin", "")
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def _session_key(headers: dict[str, str]) -> str:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""
