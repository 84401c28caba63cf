"""A gateway that keeps what it would send: it honours the key, and fails on demand."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mingbai.integrations.fakes import Asked, FakeServer


@dataclass
class FakeGateway:
    """`faults` are answered first, one a request: an HTTP status, or the body of a 200."""

    key: str = "sms-key"
    faults: list[int | bytes] = field(default_factory=list)
    delivered: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By idempotency key: the phone and the words."""
    url: str = ""

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        if asked.headers.get("Authorization") != f"Bearer {self.key}":
            return 401, b'{"code": 7}'
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, bytes):
            return 200, fault
        message = json.loads(asked.body)
        if fault is None or fault >= 500 or fault == 0:  # a 500 may come after the message was taken
            self.delivered.setdefault(message["id"], (message["phone"], message["text"]))
        return (200, b'{"code": 0}') if fault is None else (fault, b"")

    @contextmanager
    def running(self, faults: Iterable[int | bytes] = ()) -> Iterator["FakeGateway"]:
        self.faults = list(faults)
        with FakeServer(self.answer) as server:
            self.url = server.url
            yield self
