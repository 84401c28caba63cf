"""A backup while intake goes on, and the restore of it: seconds, and how much intake was slowed meanwhile."""

import json
import secrets
import subprocess
import sys
import time
from typing import Any

from tests.bench import intake, load, rows
from tests.bench.crowd import fill
from tests.bench.reads import SIGN_IN
from tests.bench.world import ROOT, World

CASES, MANY = 50_000, 1_000_000
CONNECTIONS = 8
_ROUND = 300


def measure(world: World, database: rows.Database, key: str, count: int = CASES) -> dict[str, Any]:
    """`ratio`: the rate of intake while a backup is made, by the rate without one."""
    stations = json.loads(world.manage("shell", "-v", "0", "-c", SIGN_IN).splitlines()[-1])["stations"]
    headers = {"Authorization": f"Bearer {key}"}
    file = world.folder.parent / f"{world.folder.name}.backup"
    with world.server() as server:
        sample = rows.written_by(database, lambda: intake.one(server, headers))
        fill(database, sample, count, stations)
        load.run(server.port, lambda: _matters(headers, 200), CONNECTIONS)
        alone = load.run(server.port, lambda: _matters(headers, 4 * _ROUND), CONNECTIONS).rate
        seconds, beside = _under_load(world, server.port, headers, str(file))
    try:
        begun = time.perf_counter()
        world.manage("restore", str(file))
        restored = time.perf_counter() - begun
        size = file.stat().st_size
    finally:
        file.unlink(missing_ok=True)
    return {
        "ratio": round(beside / alone, 3),
        "backup_s": round(seconds, 1),
        "restore_s": round(restored, 1),
        "cases": count,
        "megabytes": round(size / 1e6),
        "intake_per_s": {"alone": round(alone), "beside": round(beside)},
    }


def _under_load(world: World, port: int, headers: dict[str, str], file: str) -> tuple[float, float]:
    """Seconds of the backup, and the mean rate of the rounds of intake that ran within it."""
    command = [sys.executable, "manage.py", "backup", file]
    begun = time.perf_counter()
    making = subprocess.Popen(command, cwd=ROOT, env=world.env, stdout=subprocess.DEVNULL)
    done, spent = 0, 0.0
    while making.poll() is None:
        result = load.run(port, lambda: _matters(headers, _ROUND), CONNECTIONS)
        done, spent = done + len(result.seconds), spent + result.wall
        if set(result.statuses) != {201}:
            raise SystemExit(f"intake answered {result.statuses}")
    if making.returncode:
        raise SystemExit("the backup failed")
    return time.perf_counter() - begun, done / spent


def _matters(headers: dict[str, str], count: int) -> Any:
    for _ in range(count):
        number = secrets.randbelow(10**8)
        more = {**headers, "Idempotency-Key": secrets.token_hex(8)}
        body = json.loads(intake.body(number)) | {"partner_number": secrets.token_hex(8)}
        yield load.post("/api/v1/cases", json.dumps(body, ensure_ascii=False).encode(), more)
