"""Simulated annealing over plans, in compiled steps: many thousands a second, worse ones too while hot.

Where people are rarely free together no part of a plan can be solved well apart; it has to be moved as a
whole. After Kirkpatrick, Gelatt and Vecchi (1983): a step that costs `d` more is kept with probability
exp(-d / heat), and the heat falls geometrically.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan, score
from mingbai.servicedays.solver.roster import cost, plan_in, roster_of, skills_of
from mingbai.servicedays.solver.steps import SHARES, sow, walk

HOT, COLD = 60.0, 1.0
"""Heats at the start and the end, in units of the objective: half an unserved need; ten kilometres."""
TURNS = 2_000
"""Steps between two looks at the clock: some hundredths of a second."""
SAYS_EVERY = 0.5
"""Seconds between two plans that are told."""


@dataclass(frozen=True)
class Tries:
    """So many short annealings in a share of the time; the best goes on from a heat."""

    count: int
    share: float
    warm: float


TWO, THREE = Tries(2, 0.4, 20.0), Tries(3, 0.6, 20.0)
"""For ten seconds, for half a minute: fewer are too short each, or too few to choose from."""


def anneal(
    instance: Instance, plan: Plan, seed: int, seconds: float, tell: Callable[[Plan], None], hot: float = HOT
) -> Plan:
    """Return the best plan found; `tell` hears of better ones on the way."""
    if not (instance.people and instance.days and any(instance.wanted)):
        return plan
    skills, shares = skills_of(instance), np.array(SHARES)
    began = told_at = monotonic()
    roster = roster_of(instance, plan)
    best, kept = cost(roster), plan
    sow(seed)
    while (gone := (monotonic() - began) / seconds) < 1:
        walk(roster, TURNS, hot * (COLD / hot) ** gone, shares)
        if cost(roster) < best - 0.005 and monotonic() - told_at > SAYS_EVERY:
            best, kept, told_at = cost(roster), plan_in(roster, skills), monotonic()
            tell(kept)
    if cost(roster) < best - 0.005:
        kept = plan_in(roster, skills)
        tell(kept)
    return kept


def anneal_anew(
    instance: Instance, plan: Plan, seed: int, seconds: float, tell: Callable[[Plan], None], tries: Tries
) -> Plan:
    """Some short annealings, each from the same start, and the best of them warmed up again.

    Which basin a month ends in is decided while it is hot, and by chance: some small ones are a better lot
    than one long one where scarce people decide (and a worse one elsewhere: with time the planner runs both).
    """
    each = seconds * tries.share / tries.count
    found = [anneal(instance, plan, seed + n, each, tell) for n in range(tries.count)]
    best = min(found, key=lambda one: score(instance, one).objective)
    return anneal(instance, best, seed, seconds * (1 - tries.share), tell, tries.warm)
