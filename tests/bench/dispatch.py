"""Plans of service days on the six instances: how far above the proven bound after 10 and 60 seconds.

A table on standard error as it goes. `cpu_s` says what the processes got of the machine: with two cores of
its own a run of 60 s gets near 120, and gaps of a run that got much less are no gaps of the planner.
"""

import json
import os
import resource
import sys
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import Any

from django.conf import settings

from mingbai.servicedays.solver.instance import Instance, read_instance
from mingbai.servicedays.solver.planner import Outcome, make_plan
from mingbai.servicedays.solver.replan import Changes, replan

INSTANCES = Path(settings.BASE_DIR).parent / "shared" / "dispatch" / "instances"
SECONDS = (10.0, 60.0)


def measure() -> dict[str, Any]:
    """Gaps by instance and limit, their means, and what the loss of one person touches of the last plan."""
    if not INSTANCES.is_dir():
        return {"skipped": "../shared/dispatch/instances is not at hand"}
    rows: dict[str, Any] = {}
    _print("instance", "limit", "greedy", "plan", "bound", "gap", "first", "cpu", "load")
    for path in sorted(INSTANCES.glob("*.json")):
        month = read_instance(path.read_text())
        made = {f"{seconds:.0f} s": _made(path.stem, month, seconds) for seconds in SECONDS}
        rows[path.stem] = {name: told for name, (_outcome, told) in made.items()}
        rows[path.stem]["replan"] = _replanned(month, made["60 s"][0])
    means = {f"{s:.0f} s": round(mean(row[f"{s:.0f} s"]["gap"] for row in rows.values()), 4) for s in SECONDS}
    _print("mean", "", "", "", "", *(f"{limit}: {100 * gap:.2f} %" for limit, gap in means.items()))
    return {"ratio": 1 + means["60 s"], "mean_gap": means, **rows}


def _print(*cells: Any) -> None:
    print("  ".join(f"{cell!s:>10}" for cell in cells), file=sys.stderr, flush=True)


def _made(name: str, month: Instance, seconds: float) -> tuple[Outcome, dict[str, Any]]:
    before = _cpu()
    made = make_plan(month, seconds)
    told = {
        "gap": round(made.gap, 4),
        "objective": made.objective,
        "bound": round(made.bound, 2),
        "greedy": made.greedy,
        "first_plan_s": round(made.first_after, 2),
        "cpu_s": round(_cpu() - before, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    gap = f"{100 * made.gap:.2f} %"
    limit, first = f"{seconds:.0f} s", f"{made.first_after:.2f} s"
    _print(name, limit, made.greedy, made.objective, told["bound"], gap, first, told["cpu_s"], told["load"])
    return made, told


def _cpu() -> float:
    """Seconds of processor that this process and those it has waited for have had."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _replanned(month: Instance, made: Outcome) -> dict[str, Any]:
    """The busiest person is lost."""
    i = max(range(len(month.people)), key=lambda one: sum(one in team for team in made.plan.values()))
    began = monotonic()
    result = replan(month, made.plan, Changes(absent=frozenset({(i, None)})))
    touched = [one for one in result.touched if one.what != "added"]
    told = {"days": len(made.plan), "touched": len(touched), "lost": json.dumps(month.people[i].id)}
    told["seconds"] = round(monotonic() - began, 1)
    _print("", "replan", f"{told['touched']} of {told['days']}", f"{told['seconds']} s")
    return told
