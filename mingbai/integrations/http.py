"""One small HTTP client for every edge: it says whether the message may have arrived before it broke off.

The standard library's own: a gateway is one POST, and no second stack of sockets is loaded for it.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mingbai.notices.transports import Undeliverable, Unsure

TIMEOUT = 10.0
MOST_BYTES = 1024 * 1024
_HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None for nonsense."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def post(
    url: str, body: bytes, headers: Mapping[str, str] | None = None, *, timeout: float = TIMEOUT
) -> Answer:
    """POST once, without following redirects. Raises OSError when nothing left this machine, Unsure when
    the line broke afterwards, Undeliverable for an address that is none."""
    return _send("POST", url, body, headers or {}, timeout)


def get(url: str, headers: Mapping[str, str] | None = None, *, timeout: float = TIMEOUT) -> Answer:
    return _send("GET", url, None, headers or {}, timeout)


def post_json(url: str, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    return post(url, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def _send(method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> Answer:
    connection, path = _opened(url, timeout)
    try:
        connection.connect()  # its OSError means: nothing was sent
        _check_peer(connection.sock)
        try:
            connection.request(method, path, body, {"User-Agent": "mingbai", **headers})
            response = connection.getresponse()
            return Answer(response.status, _body(response, time.monotonic() + timeout * 2))
        except (ValueError, http.client.InvalidURL) as error:
            raise Undeliverable("the address is none") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(f"{type(error).__name__}: {error}") from error
    except UnicodeError as error:  # a host that is no name
        raise Undeliverable("the address is none") from error
    finally:
        connection.close()


def may_go_to(url: str) -> bool:
    """Https to a host that is one, and not this machine by its number; its own fakes where
    EDGES_ON_LOOPBACK says so."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        _port = parts.port
    except ValueError:
        return False
    if parts.scheme == "http":
        return bool(settings.EDGES_ON_LOOPBACK) and host in _HERE
    return parts.scheme == "https" and bool(host) and not _is_here(host)


def _check_peer(connected: socket.socket) -> None:
    """A name may lead anywhere: what counts is who was reached, before anything is said to them."""
    if not settings.EDGES_ON_LOOPBACK and _is_here(connected.getpeername()[0].partition("%")[0]):
        raise Undeliverable("an address of this machine")


def _is_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_link_local or address.is_unspecified


def _body(response: http.client.HTTPResponse, until: float) -> bytes:
    """At most MOST_BYTES. The timeout is for one read: who sends a byte now and then is ended by `until`."""
    parts: list[bytes] = []
    while (left := MOST_BYTES - sum(map(len, parts))) > 0 and (part := response.read1(left)):
        parts.append(part)
        if time.monotonic() > until:
            raise Unsure("the answer took too long")
    return b"".join(parts)


def _opened(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    if not may_go_to(url):
        raise Undeliverable("only https leaves this house")
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    assert parts.hostname
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context), path
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout), path
