"""The letter, the board and the recount at two million matters; what the figures' indexes cost the intake."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.dev import postgres
from tests.bench import load, many
from tests.bench.rows import Database
from tests.bench.world import World

YEAR, REQUESTS = 2025, 40
GOALS = {"letter_ms": 300, "page_p95_ms": 200, "page_queries": 12, "check_s": 30, "intake_cost": 0.05}
PAGES = {
    "today": "/board/",
    "figures": "/board/figures/?from=2025-01-01&to=2025-12-31",
    "figures_of_a_county": "/board/figures/?from=2025-01-01&to=2025-12-31&region=210402000000",
    "figures_of_odd_days": "/board/figures/?from=2025-03-05&to=2025-09-20",
    "matters": "/board/figures/matters/?from=2025-01-01&to=2025-12-31",
    "ended_in_time": "/board/figures/matters_in_time/?from=2025-01-01&to=2025-12-31",
    "calls": "/board/figures/calls_answered/?from=2025-01-01&to=2025-12-31",
    "matters_by_channel": "/board/figures/matters/by/channel/?from=2025-01-01&to=2025-12-31",
    "matters_by_topic": "/board/figures/matters/by/topic/?from=2025-01-01&to=2025-12-31",
    "matters_by_station": "/board/figures/matters/by/station/?from=2025-01-01&to=2025-12-31",
    "net": "/board/figures/?group=net&from=2025-01-01&to=2025-12-31",
    "coverage": "/board/figures/?group=coverage&from=2025-01-01&to=2025-12-31",
    "handling": "/board/figures/?group=matters&from=2025-01-01&to=2025-12-31",
    "map": "/board/map/?from=2025-01-01&to=2025-12-31",
    "week": "/board/weekly/?day=2025-06-10",
    "letter": "/board/letter/?from=2025-01-01&to=2025-12-31",
    "letter_of_a_county": "/board/letter/?from=2025-01-01&to=2025-12-31&region=210402000000",
}

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from mingbai.core.actor import SYSTEM
from mingbai.people.actions.grants import grant
from mingbai.people.actions.users import make_user
from mingbai.people.models import User
from mingbai.places.models import Region
user = User.objects.filter(username="bench_leader").first()
if user is None:
    user = make_user(by=SYSTEM, username="bench_leader", name="测量员", password=None)
    grant(by=SYSTEM, user=user, role="leader", region=Region.objects.get(code="210400000000"))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""
LETTER = """
import json, time
from datetime import date
from mingbai.figures.letter import figures_of
from mingbai.figures.recount import differences
from mingbai.figures.rules import Period
def timed(read, count):
    times = []
    for _each in range(count):
        began = time.perf_counter()
        read()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]
year = Period(date({year}, 1, 1), date({year}, 12, 31))
county = Period(date({year}, 1, 1), date({year}, 12, 31), "210402000000")
figures_of(year)
print(json.dumps({{
    "letter_ms": round(1000 * timed(lambda: figures_of(year), 7)),
    "letter_of_a_county_ms": round(1000 * timed(lambda: figures_of(county), 7)),
    "check_s": round(timed(lambda: differences(year), 1), 1),
    "differences": len(differences(year)),
}}))
"""
QUERIES = """
import json
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client, found = Client(), {{}}
client.cookies[settings.SESSION_COOKIE_NAME] = "{session}"
for name, path in json.loads('''{pages}''').items():
    client.get(path, HTTP_HOST="127.0.0.1")
    with CaptureQueriesContext(connection) as made:
        answer = client.get(path, HTTP_HOST="127.0.0.1")
    assert answer.status_code == 200, (path, answer.status_code)
    found[name] = len(made)
print(json.dumps(found))
"""
INTAKE = """
import json, time
from django.db import connection
from mingbai.cases.actions.intake import open_case
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import SYSTEM
indexes = [one for one in Case._meta.indexes if one.name.startswith("case_month_")]
intake = Intake(kind="consultation", channel="web", text="老板欠我三个月工资", region="210402001000")
def rate():
    began = time.perf_counter()
    for _each in range(150):
        open_case(by=SYSTEM, intake=intake)
    return 150 / (time.perf_counter() - began)
def settled():
    # What making or dropping an index has left in the log is not the next intakes' to write.
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if is_sqlite else "CHECKPOINT")
    rate()
within, without = [], []
for _round in range(3):
    settled()
    within += [rate(), rate()]
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Case, index)
    settled()
    without += [rate(), rate()]
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(Case, index)
print(json.dumps({"with": round(max(within), 1), "without": round(max(without), 1),
                  "cost": round(1 - max(within) / max(without), 3)}))
"""


def measure(world: World) -> dict[str, Any]:
    """All of it in a world that is filled already."""
    said = json.loads(_shell(world, LETTER.format(year=YEAR)))
    session = _shell(world, SIGN_IN)
    queries = json.loads(_shell(world, QUERIES.format(session=session, pages=json.dumps(PAGES))))
    with world.server() as server:
        server.calm()
        pages = {name: _p95(server.port, path, session) for name, path in PAGES.items()}
    return {
        "ratio": round(said["letter_ms"] / GOALS["letter_ms"], 2),
        **said,
        "page_p95_ms": pages,
        "page_queries": queries,
        "intake": json.loads(_shell(world, INTAKE)),
        "goals": GOALS,
    }


def _shell(world: World, code: str) -> str:
    return world.manage("shell", "-v", "0", "-c", code).splitlines()[-1]


def _p95(port: int, path: str, session: str) -> float:
    cookie = {"Cookie": f"sessionid={session}"}

    def requests(count: int) -> Iterator[bytes]:
        return (load.get(path, cookie) for _each in range(count))

    load.run(port, lambda: requests(4), 1)
    result = load.run(port, lambda: requests(REQUESTS), 1)
    if set(result.statuses) != {200}:
        raise SystemExit(f"{path} answered {dict(result.statuses)}")
    return round(result.percentile(0.95), 1)


@contextmanager
def filled(cases: int) -> Iterator[World]:
    """A city of so many matters on SQLite; kept under MINGBAI_BENCH where that names a folder."""
    kept = os.environ.get("MINGBAI_BENCH", "")
    folder = Path(kept) / f"figures-{cases}" if kept else Path(tempfile.mkdtemp(prefix="mingbai-bench-"))
    world, database = World(folder), Database(file=folder / "mingbai.sqlite3")
    try:
        if not (folder / "filled").exists():
            folder.mkdir(parents=True, exist_ok=True)
            world.found()
            many.fill(database, cases, cases * many.ENTRIES // many.CASES)
            (folder / "filled").touch()
        world.manage("migrate", "--verbosity", "0")  # a kept one may be older; and learns sizes
        yield world
    finally:
        if not kept:
            shutil.rmtree(folder)


@contextmanager
def filled_postgresql(cases: int) -> Iterator[World]:
    """The same on PostgreSQL: a new one, or the one kept at MINGBAI_BENCH_URL (its key in MINGBAI_BENCH)."""
    if kept := os.environ.get("MINGBAI_BENCH_URL", ""):
        world = World(Path(os.environ["MINGBAI_BENCH"]), kept)
        world.manage("migrate", "--verbosity", "0")
        yield world
        return
    with postgres.running(durable=False) as url, tempfile.TemporaryDirectory() as folder:
        world, database = World(Path(folder), url), Database(url=url)
        world.found()
        many.fill(database, cases, cases * many.ENTRIES // many.CASES)
        yield world
