"""Ten thousand exchanges with a simulated partner, a fifth of all calls failing: both agree at the end.

`measure(world)` runs the command `partner_sim` on the world's database.
"""

import json
import time
from typing import Any

from tests.bench.world import World

EXCHANGES, FAULTS = 10_000, 0.2


def measure(world: World, exchanges: int = EXCHANGES) -> dict[str, Any]:
    """Needs a founded world. `reached`: no order is told otherwise on the other side, and nothing waits."""
    begun = time.perf_counter()
    words = ("--exchanges", str(exchanges), "--faults", str(FAULTS), "--seed", "7", "--keep")
    told = dict(json.loads(world.manage("partner_sim", *words).splitlines()[-1]))
    seconds = time.perf_counter() - begun
    told |= {"seconds": round(seconds), "per_second": round(told["exchanges"] / seconds)}
    told["reached"] = not told["disagree"] and not told["waiting"]
    return told
