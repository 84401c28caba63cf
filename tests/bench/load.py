"""A small HTTP client for load: raw sockets, so that it takes as little of the two cores as can be."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Result:
    """Latencies in seconds, statuses, and the wall time of the whole round."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wall: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def post(path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    return _request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    return _request("GET", path, b"", headers or {})


def _request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, requests: Callable[[], Iterator[bytes]], connections: int) -> Result:
    """Send every request of the iterator over so many kept-alive connections."""
    return asyncio.run(_run(port, requests(), connections))


async def _run(port: int, requests: Iterator[bytes], connections: int) -> Result:
    result = Result()
    started = time.perf_counter()
    await asyncio.gather(*(_connection(port, requests, result) for _ in range(connections)))
    result.wall = time.perf_counter() - started
    return result


async def _connection(port: int, requests: Iterator[bytes], result: Result) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        begun = time.perf_counter()
        writer.write(request)
        status, closes = await answer(reader)
        result.seconds.append(time.perf_counter() - begun)
        result.statuses[status] += 1
        if closes:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the server closes the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length:")[1].split("\r\n")[0]) if "content-length:" in head else 0
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1]), "connection: close" in head
