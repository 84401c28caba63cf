"""Simulated annealing over plans, in compiled steps: many thousands a second, worse ones too while hot.

Where people are rarely free together no part of a plan can be solved well apart; it has to be moved as a
whole. After Kirkpatrick, Gelatt and Vecchi (1983): a step that costs `d` more is kept with probability
exp(-d / heat), and the heat falls geometrically. Where a month ends is decided by chance while it is hot, and
known before it is cold: several plans cool side by side, and only the best go on (Aldous and Vazirani 1994:
go with the winners).
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan
from mingbai.servicedays.solver.roster import cost, plan_in, roster_of, skills_of
from mingbai.servicedays.solver.steps import SHARES, sow, walk

TURNS = 2_000
"""Steps between two looks at the clock: some hundredths of a second."""
SAYS_EVERY = 0.5
"""Seconds between two plans that are told."""
LESS = 0.005
"""What a plan must cost less to be told."""


@dataclass(frozen=True)
class Stretch:
    """From one heat to another in a share of the time, so many plans side by side.

    Heats are in units of the objective: 60 is half an unserved need, 1 is ten kilometres.
    """

    hot: float
    cold: float
    plans: int
    share: float


Stretches = tuple[Stretch, ...]
ALONE: Stretches = (Stretch(60, 1, 1, 1.0),)
WINNERS: Stretches = (Stretch(60, 20, 6, 0.4), Stretch(20, 10, 3, 0.3), Stretch(10, 1, 1, 0.3))


def anneal(
    instance: Instance,
    plan: Plan,
    seed: int,
    seconds: float,
    tell: Callable[[Plan], None],
    stretches: Stretches = ALONE,
) -> Plan:
    """Return the best plan found; `tell` hears of better ones on the way."""
    if not (instance.people and instance.days and any(instance.wanted)):
        return plan
    sow(seed)
    shares, until = np.array(SHARES), monotonic()
    rosters = [roster_of(instance, plan)]
    best = _Best(plan, cost(rosters[0]), skills_of(instance), tell)
    for stretch in stretches:
        rosters = _winners(rosters, stretch.plans)
        began, until = until, until + seconds * stretch.share
        while (gone := (monotonic() - began) / (until - began)) < 1:
            for roster in rosters:
                walk(roster, TURNS, stretch.hot * (stretch.cold / stretch.hot) ** gone, shares)
            best.see(rosters)
    best.see(rosters, last=True)
    return best.plan


def _winners(rosters: list[np.ndarray], count: int) -> list[np.ndarray]:
    """So many: those that cost least, or each as often as it takes."""
    order = sorted(rosters, key=cost)[:count]
    return order + [order[n % len(order)].copy() for n in range(count - len(order))]


class _Best:
    """The best plan seen, told now and then."""

    def __init__(self, plan: Plan, value: float, skills: list[str], tell: Callable[[Plan], None]) -> None:
        self.plan, self.value, self.skills, self.tell = plan, value, skills, tell
        self.told_at = monotonic()

    def see(self, rosters: list[np.ndarray], *, last: bool = False) -> None:
        roster = min(rosters, key=cost)
        if cost(roster) < self.value - LESS and (last or monotonic() - self.told_at > SAYS_EVERY):
            self.plan, self.value, self.told_at = plan_in(roster, self.skills), cost(roster), monotonic()
            self.tell(self.plan)
