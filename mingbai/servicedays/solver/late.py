"""The planner, its libraries loaded where it runs: pages ask for plans in processes that stay small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mingbai.servicedays.solver.instance import Instance, Need

if TYPE_CHECKING:
    from mingbai.servicedays.solver.objective import Plan
    from mingbai.servicedays.solver.planner import Outcome
    from mingbai.servicedays.solver.replan import Replanned


def make_plan(instance: Instance, seconds: float, tell: Callable[[Outcome], None]) -> Outcome:
    """See `planner.make_plan`."""
    from mingbai.servicedays.solver import planner

    return planner.make_plan(instance, seconds, tell)


def mended(
    instance: Instance, published: Plan, urgent: dict[tuple[int, str], Need], seconds: float
) -> Replanned:
    """See `replan.replan`; `urgent` are the needs that came after the publication."""
    from mingbai.servicedays.solver.replan import Changes, replan

    return replan(instance, published, Changes(needs=urgent), seconds)
