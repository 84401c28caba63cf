"""Resident memory of the server's processes after 1,000 and after 10,000 requests."""

from collections.abc import Iterator
from typing import Any

from tests.bench import intake, load
from tests.bench.world import World

EARLY, LATE = 1_000, 10_000
CONNECTIONS = 4


def measure(world: World, key: str) -> dict[str, Any]:
    """The growth of all processes together, and the largest single one in MB."""
    headers = {"Authorization": f"Bearer {key}"}
    with world.server() as server:
        load.run(server.port, lambda: _mixed(0, EARLY, headers), CONNECTIONS)
        early = server.memory()
        load.run(server.port, lambda: _mixed(EARLY, LATE, headers), CONNECTIONS)
        late = server.memory()
    return {
        "ratio": round(sum(late) / sum(early), 3),
        "largest_mb": round(max(late) / 1024),
        "processes_mb": [round(size / 1024) for size in late],
    }


def _mixed(first: int, last: int, headers: dict[str, str]) -> Iterator[bytes]:
    """Intake, the home page, the ask form and the regions in turn."""
    for number in range(first, last):
        match number % 4:
            case 0:
                yield load.post("/api/v1/cases", intake.body(50_000 + number), headers)
            case 1:
                yield load.get("/")
            case 2:
                yield load.get("/ask/")
            case _:
                yield load.get("/api/v1/regions?parent=210402000000")
