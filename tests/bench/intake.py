"""Complete intake through HTTP against raw inserts of the same rows, on one database in one run."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.bench import load, rows
from tests.bench.world import Server, World

CONNECTIONS = 32
SECONDS_OF_RAW = 6.0
CASES = 4_000
WARM_UP = 200
TEXT = (
    "老板拖欠了三个月的工资，一直说下个月发，现在电话也不接了。我们一共六个人，都没有签合同，想知道该怎么办。"
)


def body(number: int) -> bytes:
    """One matter, each with its own number and person."""
    matter = {
        "kind": "consultation",
        "region": "210402000000",
        "text": f"{TEXT}（{number}）",
        "name": "王小明",
        "phone": f"138{number:08d}",
        "partner_number": f"B{number:08d}",
    }
    return json.dumps(matter, ensure_ascii=False).encode()


def measure(world: World, database: rows.Database, key: str, connections: int) -> dict[str, Any]:
    """The rate through HTTP at 32 client connections, the raw rate at the server's own connections."""
    headers = {"Authorization": f"Bearer {key}"}
    with world.server() as server:
        load.run(server.port, lambda: _requests(0, WARM_UP, headers), 8)
        sample = rows.written_by(database, lambda: one(server, headers))
        result = load.run(server.port, lambda: _requests(10_000, CASES, headers), CONNECTIONS)
    bad = {status: count for status, count in result.statuses.items() if status != 201}
    if bad:
        raise SystemExit(f"intake answered {bad}")
    raw = rows.rate(database, sample, connections, SECONDS_OF_RAW)
    return {
        "ratio": round(result.rate / raw, 3),
        "intake_per_s": round(result.rate),
        "raw_per_s": round(raw),
        "rows_per_case": len(sample),
        "connections": connections,
        "p50_ms": round(result.percentile(0.5), 1),
        "p95_ms": round(result.percentile(0.95), 1),
        "cases": CASES,
    }


def _requests(first: int, count: int, headers: dict[str, str]) -> Iterator[bytes]:
    for number in range(first, first + count):
        yield load.post("/api/v1/cases", body(number), {**headers, "Idempotency-Key": f"k{number}"})


def one(server: Server, headers: dict[str, str]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/v1/cases",
        data=body(9_999),
        headers={**headers, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        if answer.status != 201:
            raise SystemExit(f"intake answered {answer.status}")
