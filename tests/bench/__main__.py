"""`python -m tests.bench`: prints one JSON object, ratios first."""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from ops.dev import postgres
from tests.bench import (
    backup,
    door,
    figures,
    intake,
    learned,
    line,
    many,
    memory,
    mixed,
    outbox,
    partners,
    pay,
    pop,
    reads,
    search,
    village,
    wechat,
)
from tests.bench.rows import Database
from tests.bench.world import World, sqlite_world

CONNECTIONS = {"sqlite": 12, "postgresql": 8}
"""The server's own: two web processes with the threads that `serve` gives each database."""


def intake_sqlite() -> dict[str, Any]:
    with sqlite_world() as world:
        key = world.found()
        database = Database(file=world.folder / "mingbai.sqlite3")
        return intake.measure(world, database, key, CONNECTIONS["sqlite"])


def intake_postgresql() -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=True) as url, sqlite_world() as place:
        world = World(place.folder, url)
        return intake.measure(world, Database(url=url), world.found(), CONNECTIONS["postgresql"])


def reads_sqlite() -> dict[str, Any]:
    with sqlite_world() as world:
        key = world.found()
        return reads.measure(world, Database(file=world.folder / "mingbai.sqlite3"), key)


def server_memory() -> dict[str, Any]:
    with sqlite_world() as world:
        return memory.measure(world, world.found())


def search_sqlite() -> dict[str, Any]:
    with sqlite_world() as world:
        world.found()
        return search.measure(world)


def search_postgresql() -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=False) as url, sqlite_world() as place:
        world = World(place.folder, url)
        world.found()
        return search.measure(world)


def outbox_sqlite() -> dict[str, Any]:
    with sqlite_world() as world:
        world.manage("migrate", "--verbosity", "0")
        return outbox.measure(world)


def outbox_postgresql() -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=True) as url, sqlite_world() as place:
        world = World(place.folder, url)
        world.manage("migrate", "--verbosity", "0")
        return outbox.measure(world)


def partner_exchange() -> dict[str, Any]:
    with sqlite_world() as world:
        world.found()
        return partners.measure(world)


def wechat_messages() -> dict[str, Any]:
    with sqlite_world() as world:
        return wechat.measure(world)


def offline_week() -> dict[str, Any]:
    with sqlite_world() as world:
        return village.measure(world)


def knowledge_learned() -> dict[str, Any]:
    with sqlite_world() as world:
        world.found()
        return learned.measure(world)


def papers_and_pay() -> dict[str, Any]:
    with sqlite_world() as world:
        return pay.measure(world)


def line_calls() -> dict[str, Any]:
    try:
        line.pbx.pbx_root()
    except line.pbx.NoPbx as why:
        return {"skipped": str(why)}
    with sqlite_world() as world:
        return line.measure(world)


def door_sqlite() -> dict[str, Any]:
    with sqlite_world() as world:
        world.found()
        return door.measure(world)


def door_postgresql() -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=True) as url, sqlite_world() as place:
        world = World(place.folder, url)
        world.found()
        return door.measure(world)


def service_days() -> dict[str, Any]:
    """In a process of its own: the planner starts others, which begin as the main module does."""
    command = [sys.executable, "-c", "import django; django.setup()\n" + _DISPATCH]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "MINGBAI_KEY": "00" * 32}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


_DISPATCH = """
import json
from tests.bench import dispatch
if __name__ == "__main__":
    print(json.dumps(dispatch.measure()))
"""


def figures_sqlite() -> dict[str, Any]:
    """At a hundredth of the size that the goals are set for: that the round itself holds."""
    with figures.filled(many.CASES // 100) as world:
        return figures.measure(world)


def backup_sqlite() -> dict[str, Any]:
    return backup.sqlite(backup.CASES)


def backup_postgresql() -> dict[str, Any]:
    return backup.postgresql(backup.CASES)


def mixed_load() -> dict[str, Any]:
    with sqlite_world() as world:
        return mixed.measure(world, mixed.SECONDS)


ROUNDS = {
    "intake_sqlite": intake_sqlite,
    "intake_postgresql": intake_postgresql,
    "reads_sqlite": reads_sqlite,
    "search_sqlite": search_sqlite,
    "search_postgresql": search_postgresql,
    "outbox_sqlite": outbox_sqlite,
    "outbox_postgresql": outbox_postgresql,
    "partner_exchange": partner_exchange,
    "wechat_messages": wechat_messages,
    "offline_week": offline_week,
    "knowledge_learned": knowledge_learned,
    "line_calls": line_calls,
    "memory": server_memory,
    "door_sqlite": door_sqlite,
    "door_postgresql": door_postgresql,
    "service_days": service_days,
    "papers_and_pay": papers_and_pay,
    "figures": figures_sqlite,
    "backup_sqlite": backup_sqlite,
    "backup_postgresql": backup_postgresql,
    "mixed_load": mixed_load,
}


def reads_of_millions() -> dict[str, Any]:
    """The same pages at three million cases; on PostgreSQL, where a province runs."""
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with postgres.running(durable=False) as url, sqlite_world() as place:
        world = World(place.folder, url)
        return reads.measure(world, Database(url=url), world.found(), large=3_000_000)


def figures_of_millions() -> dict[str, Any]:
    with figures.filled(many.CASES) as world:
        return figures.measure(world)


def figures_of_millions_postgresql() -> dict[str, Any]:
    if postgres.bin_folder() is None:
        return {"skipped": "PostgreSQL's server programs are not installed"}
    with figures.filled_postgresql(many.CASES) as world:
        return figures.measure(world)


def backup_of_a_million() -> dict[str, Any]:
    return backup.sqlite(backup.LARGE)


def backup_of_a_million_postgresql() -> dict[str, Any]:
    return backup.postgresql(backup.LARGE)


def mixed_load_of_half_an_hour() -> dict[str, Any]:
    with sqlite_world() as world:
        return mixed.measure(world, mixed.LARGE_SECONDS)


def pop_of_a_million() -> dict[str, Any]:
    with figures.filled(pop.CASES) as world:
        pop.people(world, Database(file=world.folder / "mingbai.sqlite3"))
        return pop.measure(world)


LARGE_ROUNDS = {
    "screen_pop": pop_of_a_million,
    "reads_postgresql": reads_of_millions,
    "figures_sqlite": figures_of_millions,
    "figures_postgresql": figures_of_millions_postgresql,
    "backup_sqlite": backup_of_a_million,
    "backup_postgresql": backup_of_a_million_postgresql,
    "mixed_load": mixed_load_of_half_an_hour,
}


def main(words: list[str]) -> None:
    """Run the rounds named on the command line, or all; `--large` the rounds of millions."""
    results = {}
    wanted = [word for word in words if word != "--large"]
    for name, measure in (LARGE_ROUNDS if "--large" in words else ROUNDS).items():
        if not wanted or name in wanted:
            print(f"{name} …", file=sys.stderr)
            results[name] = measure()
    print(json.dumps({"ratios": _ratios(results), **results, "versions": _versions()}, indent=1))


def _ratios(results: dict[str, Any]) -> dict[str, float]:
    return {name: result["ratio"] for name, result in results.items() if "ratio" in result}


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in ("django", "django-ninja", "granian", "psycopg", "cryptography")}
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libpq": str(psycopg.pq.version()),
        "machine": platform.machine(),
        "commit": _commit(),
        **found,
    }


def _commit() -> str:
    head = Path(".git/HEAD")
    if not head.exists():
        return ""
    ref = head.read_text().strip().removeprefix("ref: ")
    file = Path(".git") / ref
    return file.read_text().strip()[:12] if file.exists() else ref[:12]


main(sys.argv[1:])
