"""HTTP/1.1 to one exchange over connections that stay open: what ARI needs of it, and no more.

A call takes about twenty requests. The general client cost more of a core for each than Asterisk did for the
call's voice; this one costs a twentieth (docs/adr/0041). No redirects, cookies, proxies or compression.
"""

import asyncio
import base64
import http.client
import json
import re
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

_AT_ONCE = 48
"""Connections at most; Asterisk has `sessionlimit` for all of its clients (ops/asterisk/http.conf)."""
_IDLE_FOR = 5.0
"""Seconds after which an unused connection is not trusted any more: Asterisk closes it after fifteen."""
_LONGEST_HEAD = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r]*)")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked")
_CLOSES = re.compile(rb"\r\nconnection: *close")


class WireError(Exception):
    """No answer: nobody there, too slow, broken off, or no HTTP."""


@dataclass(slots=True)
class _Link:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: float = 0.0
    """When its last answer was read; 0 for a fresh one."""


class Wire:
    def __init__(self, url: str, user: str, password: str) -> None:
        parts = urlsplit(url)
        self.host, is_tls = parts.hostname or "", parts.scheme == "https"
        self.port = parts.port or (443 if is_tls else 80)
        self.path = parts.path.rstrip("/")
        self.tls = ssl.create_default_context() if is_tls else None
        self.proof = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        self.fixed = f"Host: {parts.netloc.rpartition('@')[2]}\r\nAuthorization: {self.proof}\r\n"
        self.idle: list[_Link] = []
        self.places = asyncio.Semaphore(_AT_ONCE)

    async def ask(
        self, verb: str, path: str, params: dict[str, str], body: Any, patience: float
    ) -> tuple[int, bytes]:
        """Status and body. `path` as quoted below the address; `body` goes as JSON. Raises WireError."""
        sent = self._request(verb, path, params, body)
        try:
            async with asyncio.timeout(patience), self.places:
                return await self._answer(sent)
        except (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise WireError(type(error).__name__) from error

    async def file(self, path: str, patience: float) -> tuple[int, bytes]:
        """Status and body of a long answer; `patience` is for each piece of it. Raises WireError.

        In a thread of its own: the exchange sends it by two kilobytes, each of which would wake the loop.
        """
        return await asyncio.to_thread(self._file, path, patience)

    def _file(self, path: str, patience: float) -> tuple[int, bytes]:
        link = (
            http.client.HTTPSConnection(self.host, self.port, timeout=patience, context=self.tls)
            if self.tls
            else http.client.HTTPConnection(self.host, self.port, timeout=patience)
        )
        try:
            link.request("GET", f"{self.path}/{path}", headers={"Authorization": self.proof})
            answer = link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise WireError(type(error).__name__) from error
        finally:
            link.close()

    def _request(self, verb: str, path: str, params: dict[str, str], body: Any) -> bytes:
        target = f"{self.path}/{path}" + (f"?{urlencode(params)}" if params else "")
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{verb} {target} HTTP/1.1\r\n{self.fixed}Content-Length: {len(content)}\r\n"
        if content:
            head += "Content-Type: application/json\r\n"
        return f"{head}\r\n".encode("latin-1") + content

    async def _answer(self, sent: bytes) -> tuple[int, bytes]:
        link = await self._link()
        try:
            try:
                found = await self._through(link, sent)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                # The exchange closed a connection that nobody used, at this very moment: it has read nothing.
                if not link.used or (isinstance(error, asyncio.IncompleteReadError) and error.partial):
                    raise
                link.writer.close()
                link = await self._open()
                found = await self._through(link, sent)
        except BaseException:
            link.writer.close()
            raise
        return found

    async def _through(self, link: _Link, sent: bytes) -> tuple[int, bytes]:
        link.writer.write(sent)
        head = (await link.reader.readuntil(b"\r\n\r\n")).lower()
        status, size = int(head.split(b" ", 2)[1]), _LENGTH.search(head)
        if _CHUNKED.search(head):
            raise ValueError("chunked")
        is_whole = size is not None or status == 204
        length = int(size[1]) if size else 0
        content = await (link.reader.readexactly(length) if is_whole else link.reader.read())
        if is_whole and not _CLOSES.search(head):
            link.used = time.monotonic()
            self.idle.append(link)
        else:
            link.writer.close()
        return status, content

    async def _link(self) -> _Link:
        """The one used last, so that those that are not needed grow old."""
        while self.idle:
            link = self.idle.pop()
            if time.monotonic() - link.used < _IDLE_FOR and not link.reader.at_eof():
                return link
            link.writer.close()
        return await self._open()

    async def _open(self) -> _Link:
        return _Link(*await asyncio.open_connection(self.host, self.port, ssl=self.tls, limit=_LONGEST_HEAD))

    async def close(self) -> None:
        while self.idle:
            self.idle.pop().writer.close()
