"""What no plan can beat: an integer model that forgets only that nobody is at two places on one day.

A model that forgets the days wholly gives a first bound in seconds. The one with a calendar knows who goes
how often where, on which days a place is served, and that its people are free then. Both leave rules out, so
what they prove holds for every plan; and solutions of the second are drawings that a plan can be made of. For
small months the exact model follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from mingbai.servicedays.solver import highs
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Slot
from mingbai.servicedays.solver.slots import NO_DAY, Model, Pair, build, spread

SMALL = 60_000
"""Columns up to which the exact model is worth trying."""
GAP = 1e-4
FIRST_GAP = 1e-3
WITHOUT_DAYS_SHARE, WITHOUT_DAYS_PATIENCE = 0.3, 0.25
"""What the model without days takes at most of the time, and the seconds it may gain nothing: a good bound
at once, in case the better one does not get past its root."""


@dataclass(frozen=True)
class Drawing:
    """A solution of the relaxation: its service days, who goes where, and what it would cost."""

    calendar: tuple[Slot, ...]
    pairs: frozenset[Pair]
    value: float


Say = Callable[[float], None]
Draw = Callable[[Drawing], None]


def without_days(instance: Instance) -> Model:
    """Who goes how often where, on no day in particular."""
    return build(instance, [(t, NO_DAY) for t in range(len(instance.places))])


def with_calendar(instance: Instance) -> Model:
    """The same, and on which days each place is served."""
    model = without_days(instance)
    spread(model, instance)
    return model


def prove(instance: Instance, until: float, say: Say, draw: Draw) -> None:
    """Say ever better bounds and draw until the time is up or nothing is left to prove."""
    first = without_days(instance)
    soon = monotonic() + WITHOUT_DAYS_SHARE * (until - monotonic())
    limits = highs.Limits(soon - monotonic(), FIRST_GAP, patience=WITHOUT_DAYS_PATIENCE)
    say(_solved(first, limits, say, lambda values: None).bound)
    model = with_calendar(instance)
    limits = highs.Limits(until - monotonic(), GAP)
    say(_solved(model, limits, say, lambda values: draw(drawing(model, values))).bound)
    every = [(t, day) for t in range(len(instance.places)) for day in range(len(instance.days))]
    if len(every) * max(1, len(instance.people)) <= SMALL and until - monotonic() > 0.2:
        exact = build(instance, every)
        limits = highs.Limits(until - monotonic(), GAP)
        say(_solved(exact, limits, say, lambda values: draw(drawing(exact, values))).bound)


def _solved(
    model: Model, limits: highs.Limits, say: Say, better: Callable[[np.ndarray], None]
) -> highs.Found:
    if not model.cost:
        return highs.Found(None, model.offset, model.offset)
    return highs.solve(model, limits, report=say, better=better)


def drawing(model: Model, values: np.ndarray) -> Drawing:
    days = model.on or {slot: column for slot, column in model.held.items() if slot[1] != NO_DAY}
    return Drawing(
        tuple(slot for slot, column in days.items() if values[column] > 0.5),
        frozenset((i, slot[0], skill) for (i, slot, skill), x in model.visits.items() if values[x] > 0.5),
        float(values @ np.array(model.cost)) + model.offset,
    )
