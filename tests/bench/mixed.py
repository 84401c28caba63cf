"""Fifty people at pages and twenty clients of the API at once: no error, pages hardly slower, memory flat."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.bench import intake, load
from tests.bench.reads import SIGN_IN
from tests.bench.rows import Database
from tests.bench.rows import written_by as rows_of
from tests.bench.world import Server, World

SECONDS, LARGE_SECONDS = 40, 30 * 60
USERS, CLIENTS = 50, 20
USER_PAUSE, CLIENT_PAUSE = (3.0, 7.0), (0.7, 1.3)
"""Seconds between what one person opens, and what one client sends: of even chance in between."""
ALONE = 40
GOALS = {"slower": 3, "errors": 0, "memory_growth": 0.10}
_PUBLIC = ("/", "/stations/", "/find/?q=欠薪", "/privacy/", "/aid/")


@dataclass
class Told:
    """Seconds by page, answers that were no good, and what the processes held (KiB) once a round."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    sent: int = 0


Asked = tuple[str, bytes, set[int]]
"""A request: its name, its bytes, the statuses that are good."""


def measure(world: World, seconds: float) -> dict[str, Any]:
    key = world.found()
    said = json.loads(world.manage("shell", "-v", "0", "-c", SIGN_IN).splitlines()[-1])
    cookie, bearer = {"Cookie": f"sessionid={said['session']}"}, {"Authorization": f"Bearer {key}"}
    database = Database(file=world.folder / "mingbai.sqlite3")
    with world.server() as server:
        sample = rows_of(database, lambda: intake.one(server, bearer))
        number = dict(sample)["cases_case"]["number"]
        staff = ("/desk/", f"/desk/cases/{number}/", "/desk/search/?q=13800009999", "/desk/new/")
        pages = [(path, load.get(_ascii(path), cookie), {200}) for path in staff]
        pages += [(path, load.get(_ascii(path)), {200}) for path in _PUBLIC]
        alone = {name: _alone(server, request) for name, request, _good in pages}
        told = asyncio.run(_mixed(server, pages, bearer, number, seconds))
    slower = {name: _slower(told.seconds[name], alone[name]) for name in alone if name in told.seconds}
    every = [seconds for name in slower for seconds in told.seconds[name]]
    first, last = _ends(told.memory)
    return {
        # Of all that people opened, against the same pages opened one at a time.
        "ratio": _slower(every, [seconds for name in slower for seconds in alone[name]]),
        "p95_ms": _p95(every),
        "slower": slower,
        "alone_p95_ms": {name: _p95(seconds) for name, seconds in alone.items()},
        "errors": dict(told.errors),
        "requests": told.sent,
        "seconds": seconds,
        "memory_mb": {"first": round(first / 1024), "last": round(last / 1024)},
        "memory_growth": round(last / first - 1, 3),
        "goals": GOALS,
    }


def _ascii(path: str) -> str:
    return quote(path, safe="/?=&")


def _alone(server: Server, request: bytes) -> list[float]:
    load.run(server.port, lambda: iter([request] * 5), 1)
    return load.run(server.port, lambda: iter([request] * ALONE), 1).seconds


def _slower(under_load: list[float], alone: list[float]) -> float:
    return round(_p95(under_load) / _p95(alone), 2)


async def _mixed(
    server: Server,
    pages: list[tuple[str, bytes, set[int]]],
    bearer: dict[str, str],
    number: str,
    seconds: float,
) -> Told:
    told, until, luck = Told(), time.monotonic() + seconds, random.Random(1)
    numbers = itertools.count()

    def page() -> Asked:
        return luck.choice(pages)

    def call() -> Asked:
        if luck.random() < 0.5:
            return "api read", load.get(f"/api/v1/cases/{number}", bearer), {200}
        n = next(numbers)
        again = {**bearer, "Idempotency-Key": f"m{n}"}
        return "api create", load.post("/api/v1/cases", intake.body(n + 10**6), again), {201}

    async with asyncio.TaskGroup() as group:
        for _n in range(USERS):
            group.create_task(_one(server.port, page, USER_PAUSE, until, luck, told))
        for _n in range(CLIENTS):
            group.create_task(_one(server.port, call, CLIENT_PAUSE, until, luck, told))
        group.create_task(_weigh(server, until, told))
    return told


async def _one(
    port: int,
    ask: Callable[[], Asked],
    pause: tuple[float, float],
    until: float,
    luck: random.Random,
    told: Told,
) -> None:
    """One person or client with a connection of their own; a connection the server closed is opened again."""
    await asyncio.sleep(luck.uniform(0, pause[1]))
    link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while time.monotonic() < until:
        name, request, good = ask()
        begun = time.perf_counter()
        told.sent += 1
        try:
            reader, writer = link or await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            status, closes = await asyncio.wait_for(load.answer(reader), 30)
        except (OSError, EOFError, TimeoutError) as error:
            told.errors[f"{name}: {type(error).__name__}"] += 1
            link = None
            continue
        told.seconds.setdefault(name, []).append(time.perf_counter() - begun)
        if status not in good:
            told.errors[f"{name}: {status}"] += 1
        link = None if closes else (reader, writer)
        if closes:
            writer.close()
        await asyncio.sleep(luck.uniform(*pause))


async def _weigh(server: Server, until: float, told: Told) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(2)
        told.memory.append(sum(server.memory()))


def _p95(seconds: list[float]) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1)


def _ends(memory: list[int]) -> tuple[float, float]:
    """Means of the second tenth, when all is warm, and of the last."""
    tenth = max(1, len(memory) // 10)
    return sum(memory[tenth : 2 * tenth]) / tenth, sum(memory[-tenth:]) / tenth
