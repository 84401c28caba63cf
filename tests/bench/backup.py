"""A backup while matters come in: how long it takes, how much intake is slowed, what comes back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from ops.dev import postgres
from tests.bench import intake, load, many
from tests.bench.rows import Database
from tests.bench.world import ROOT, Server, World, sqlite_world

CASES, LARGE = 20_000, 1_000_000
GOALS = {"backup_s": 60, "slower": 0.30, "restore_s": 120}
"""At a million matters on a quiet machine of two cores."""
CONNECTIONS, SECONDS = 8, 15
FILE_BYTES, CASES_A_FILE = 20_000, 100


def sqlite(cases: int) -> dict[str, Any]:
    with sqlite_world() as world:
        database = Database(file=world.folder / "mingbai.sqlite3")
        again = World(world.folder / "again")
        return measure(world, database, again, Database(file=again.folder / "mingbai.sqlite3"), cases)


def postgresql(cases: int) -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=True) as url, sqlite_world() as place:
        with psycopg.connect(url, autocommit=True) as link:
            link.execute("CREATE DATABASE again")
        other = urlunsplit(urlsplit(url)._replace(path="/again"))
        again = World(place.folder / "again", other)
        return measure(World(place.folder, url), Database(url=url), again, Database(url=other), cases)


def measure(world: World, database: Database, again: World, restored: Database, cases: int) -> dict[str, Any]:
    """The ratio: the share of intake lost while the backup runs, against the mean before and after."""
    key = world.found()
    fill(world, database, cases)
    file = world.folder / "of.backup"
    numbers = iter(range(10**8))
    # Without the worker: to seal a journal of millions that was filled in a minute is no city's day.
    with world.server("pages") as server:
        before = rate(server, key, numbers, for_seconds(SECONDS))
        counted = count(database)
        with running(world, "backup", str(file)) as process:
            begun = time.perf_counter()
            during = rate(server, key, numbers, lambda: process.poll() is None)
            took = time.perf_counter() - begun
        after = rate(server, key, numbers, for_seconds(SECONDS))
    if process.returncode:
        raise SystemExit(f"backup ended with {process.returncode}")
    size = file.stat().st_size
    restore_s = restore(world, again, file)
    kept = count(restored)
    if not counted <= kept <= count(database):
        raise SystemExit(f"{counted} matters stood when the backup began, {kept} were restored")
    return {
        "ratio": round(1 - during / ((before + after) / 2), 3),
        "backup_s": round(took, 1),
        "restore_s": round(restore_s, 1),
        "intake_per_s": {"before": round(before), "during": round(during), "after": round(after)},
        "matters": {"when_it_began": counted, "restored": kept},
        "megabytes": round(size / 1e6),
        "goals": GOALS,
    }


def fill(world: World, database: Database, cases: int) -> None:
    """Matters with their entries and heads of chains, and for every hundredth a file."""
    many.fill(database, cases, cases * many.ENTRIES // many.CASES)
    link = database.connect()
    link.execute(
        "INSERT INTO journal_chain (name, seq, hash, unsealed)"
        " SELECT 'case:' || number, 2, number, false FROM cases_case"
    )
    link.close()
    for n in range(cases // CASES_A_FILE):
        path = world.folder / "files" / f"{n % 256:02x}" / f"{n}.sealed"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(n.to_bytes(4, "big") * (FILE_BYTES // 4))


def for_seconds(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


def rate(server: Server, key: str, numbers: Iterator[int], goes_on: Callable[[], bool]) -> float:
    """Matters a second, by so many callers at once, until told to stop."""
    headers = {"Authorization": f"Bearer {key}"}

    def requests() -> Iterator[bytes]:
        while goes_on():
            n = next(numbers)
            yield load.post("/api/v1/cases", intake.body(n), {**headers, "Idempotency-Key": f"b{n}"})

    result = load.run(server.port, requests, CONNECTIONS)
    if set(result.statuses) != {201}:
        raise SystemExit(f"intake answered {dict(result.statuses)}")
    return result.rate


@contextmanager
def running(world: World, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", *words]
    with subprocess.Popen(command, cwd=ROOT, env=world.env, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def restore(world: World, again: World, file: Path) -> float:
    again.folder.mkdir()
    shutil.copy(world.folder / "key", again.folder / "key")
    begun = time.perf_counter()
    again.manage("restore", str(file))
    return time.perf_counter() - begun


def count(database: Database) -> int:
    link = database.connect()
    found = int(link.execute("SELECT count(*) FROM cases_case").fetchone()[0])
    link.close()
    return found
