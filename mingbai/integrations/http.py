"""One small HTTP client for every edge: it says whether the message may have arrived before it broke off.

The standard library's own: a gateway is one POST, and no second stack of sockets is loaded for it.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
        try:
            connection.request(method, path, body, {"User-Agent": "mingbai", **headers})
            response = connection.getresponse()
            return Answer(response.status, response.read(MOST_BYTES))
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def _opened(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    if parts.scheme == "https" and parts.hostname:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context), path
    if parts.scheme == "http" and parts.hostname in _HERE:
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout), path
    raise Undeliverable("only https leaves this house")
