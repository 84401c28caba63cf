"""A robot that keeps what was said in its group, takes so many a minute, and fails on demand."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mingbai.integrations.fakes import Asked, FakeServer
from mingbai.integrations.wecom.client import MOST_BYTES, OVER_RATE


@dataclass
class FakeRobot:
    per_minute: int = 20
    faults: list[int | bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return (200, fault) if isinstance(fault, bytes) else (fault, b"")
        if "key=good" not in asked.path:
            return 200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
        if len(self.said) >= self.per_minute:
            return 200, json.dumps({"errcode": OVER_RATE, "errmsg": "api freq out of limit"}).encode()
        content = json.loads(asked.body)["text"]["content"]
        if len(content.encode()) > MOST_BYTES:
            return 200, b'{"errcode": 40058, "errmsg": "content exceed max length"}'
        self.said.append(content)
        return 200, b'{"errcode": 0, "errmsg": "ok"}'

    @contextmanager
    def running(self, faults: Iterable[int | bytes] = ()) -> Iterator["FakeRobot"]:
        self.faults = list(faults)
        with FakeServer(self.answer) as server:
            self.url = f"{server.url}/cgi-bin/webhook/send?key=good"
            yield self
