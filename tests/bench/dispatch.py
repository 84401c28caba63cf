"""Plans of service days on the six instances: how far above the proven bound after 10 and 60 seconds."""

import json
from pathlib import Path
from statistics import mean
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
    for path in sorted(INSTANCES.glob("*.json")):
        month = read_instance(path.read_text())
        made = {f"{seconds:.0f} s": make_plan(month, seconds) for seconds in SECONDS}
        rows[path.stem] = {name: _told(one) for name, one in made.items()}
        rows[path.stem]["replan"] = _replanned(month, made["60 s"])
    means = {f"{s:.0f} s": round(mean(row[f"{s:.0f} s"]["gap"] for row in rows.values()), 4) for s in SECONDS}
    return {"ratio": 1 + means["60 s"], "mean_gap": means, **rows}


def _told(made: Outcome) -> dict[str, Any]:
    return {
        "gap": round(made.gap, 4),
        "objective": made.objective,
        "bound": round(made.bound, 2),
        "greedy": made.greedy,
        "first_plan_s": round(made.first_after, 2),
    }


def _replanned(month: Instance, made: Outcome) -> dict[str, Any]:
    """The busiest person is lost."""
    i = max(range(len(month.people)), key=lambda one: sum(one in team for team in made.plan.values()))
    result = replan(month, made.plan, Changes(absent=frozenset({(i, None)})))
    touched = [one for one in result.touched if one.what != "added"]
    return {"days": len(made.plan), "touched": len(touched), "lost": json.dumps(month.people[i].id)}
