"""The outbox against raw SQL that claims and marks the same rows: ten at a time, each marked when it left.

`measure(world)` runs this module in a process of its own with the world's database; there `inside()` works.
The transport does nothing, so what is measured is ours; the words are not made. Both sides commit as often.
"""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.world import ROOT, World

ROWS = 2000
LIMIT = 0.2


def measure(world: World) -> dict[str, Any]:
    """`ratio`: rows a second of the worker ÷ rows a second of raw SQL, the better of two rounds each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.outbox"],
        cwd=ROOT,
        env={**world.env, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def nothing(notice: Any) -> None:
    """A transport that delivers at once."""


def inside() -> dict[str, Any]:
    from django.conf import settings

    settings.NOTICE_TRANSPORTS = {"console": "tests.bench.outbox.nothing"}
    worker = raw = 0.0
    for _round in range(2):
        _fill()
        worker = max(worker, _worker())
        _fill()
        raw = max(raw, _raw())
    ratio = worker / raw
    return {
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "reached": ratio >= LIMIT,
        "worker_per_second": round(worker),
        "raw_per_second": round(raw),
    }


def _fill() -> None:
    from django.utils import timezone

    from mingbai.notices.models import Notice

    Notice.objects.all().delete()
    now = timezone.now()
    common = {"transport": "console", "template": "case_received", "made_at": now, "due_at": now, "key": b""}
    Notice.objects.bulk_create(
        [Notice(event=f"bench:{at}", to="resident:1", **common) for at in range(ROWS)], batch_size=200
    )


def _worker() -> float:
    from mingbai.notices.worker import Worker

    hand, begun = Worker(), time.perf_counter()
    while hand.send():
        pass
    return ROWS / (time.perf_counter() - begun)


CLAIM = """UPDATE notices_notice SET claimed_by = 'raw', claimed_until = {until}, tries = tries + 1
WHERE id IN (SELECT id FROM notices_notice WHERE state = 'queued' AND due_at <= {now}
AND claimed_until IS NULL ORDER BY due_at, id LIMIT 10 {lock}) RETURNING id"""
MARK = """UPDATE notices_notice SET state = 'sent', sent_at = {now}, claimed_by = '', claimed_until = NULL
WHERE id = {id} AND claimed_by = 'raw' AND state = 'queued'"""


def _raw() -> float:
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    own: Any = _sqlite() if is_sqlite else _postgresql()
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')" if is_sqlite else "now()"
    lock, mark = ("", "?") if is_sqlite else ("FOR UPDATE SKIP LOCKED", "%s")
    claim, sent = CLAIM.format(until=now, now=now, lock=lock), MARK.format(now=now, id=mark)
    begun, done = time.perf_counter(), 0
    while taken := own.execute(claim).fetchall():
        for (number,) in taken:
            done += own.execute(sent, [number]).rowcount
    if done != ROWS:
        raise RuntimeError(f"raw SQL marked {done} of {ROWS}")
    return ROWS / (time.perf_counter() - begun)


def _sqlite() -> sqlite3.Connection:
    from django.conf import settings

    own = sqlite3.connect(Path(settings.DATABASES["default"]["NAME"]), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"):
        own.execute(f"PRAGMA {pragma}")
    return own


def _postgresql() -> psycopg.Connection[Any]:
    import os

    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(inside()))
