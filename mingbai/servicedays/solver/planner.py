"""One month planned within a limit: one process improves the plan, one proves the bound, this one keeps both.

The two are processes of their own so that the limit holds whatever a model does, and an interruption at any
moment finds the best plan so far in this one.
"""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from multiprocessing.connection import Connection, wait
from random import Random
from time import monotonic
from typing import Any

from mingbai.servicedays.solver.bound import Drawing, prove, reduced_costs
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.improve import Search
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan, faults, score

LAST_WORDS = 0.25
"""Seconds kept back at the end: to stop the two, to write and to say the result."""
CLOSE = 1e-4
"""A gap below which there is nothing left to look for."""
COSTS_SHARE = 0.1

_SPAWN = multiprocessing.get_context("spawn")  # a fork of a server's threads would be a gamble


@dataclass
class Outcome:
    """The best plan, what it costs, the proven lower bound, and how it came about (seconds)."""

    plan: Plan
    objective: float
    greedy: float
    bound: float = 0.0
    first_after: float = 0.0
    best_after: float = 0.0

    @property
    def gap(self) -> float:
        """How far above the bound, as a share of the bound; 0 for a plan that costs nothing."""
        if self.objective <= self.bound:
            return 0.0
        return (self.objective - self.bound) / self.bound if self.bound > 0 else inf


Tell = Callable[[Outcome], None]


def make_plan(
    instance: Instance, seconds: float, tell: Tell = lambda outcome: None, seed: int = 1
) -> Outcome:
    """Plan one month: the greedy plan at once, a better one as long as the time lasts.

    `tell` hears of every better plan and bound; what it raises (an interruption) ends the search, and the
    outcome it was told last stands. Never worse than the greedy plan; empty where nobody can go.
    """
    began = monotonic()
    first = greedy(instance)
    value = score(instance, first).objective
    outcome = Outcome(first, value, value, first_after=monotonic() - began)
    outcome.best_after = outcome.first_after
    tell(outcome)
    _search(instance, outcome, began, began + seconds - LAST_WORDS, tell, seed)
    return outcome


def _search(instance: Instance, outcome: Outcome, began: float, until: float, tell: Tell, seed: int) -> None:
    hands = [
        _Hand(_improve, instance, outcome.plan, until - monotonic(), seed),
        _Hand(_prove, instance, until - monotonic()),
    ]
    try:
        while (left := until - monotonic()) > 0 and outcome.gap > CLOSE:
            talking = [hand.line for hand in hands if hand.is_open]
            if not talking:
                break
            for line in wait(talking, left):
                _hear(instance, outcome, hands, line, monotonic() - began, tell)
    finally:
        for hand in hands:
            hand.stop()


def _hear(
    instance: Instance, outcome: Outcome, hands: "list[_Hand]", line: Any, seconds: float, tell: Tell
) -> None:
    """One word of one of the two; what is no plan by our own rules is not believed."""
    improver, prover = hands
    try:
        what, said = line.recv()
    except (EOFError, OSError):
        for hand in hands:
            hand.is_open = hand.is_open and hand.line is not line
        return
    if what == "drawing":
        improver.say(said)
    elif what == "bound" and outcome.bound < said < inf:
        outcome.bound = said
        tell(outcome)
    elif what == "plan" and not faults(instance, said):
        value = score(instance, said).objective
        if value < outcome.objective:
            outcome.plan, outcome.objective, outcome.best_after = said, value, seconds
            tell(outcome)


class _Hand:
    """A process and the line to it."""

    def __init__(self, work: Callable[..., None], *what: Any) -> None:
        self.line, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=work, args=(theirs, *what), daemon=True)
        self.process.start()
        theirs.close()
        self.is_open = True

    def say(self, word: Any) -> None:
        if self.is_open:
            try:
                self.line.send(word)
            except OSError:
                self.is_open = False

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


def _improve(line: Connection, instance: Instance, plan: Plan, seconds: float, seed: int) -> None:
    until = monotonic() + seconds

    def drawn() -> Drawing | None:
        """The newest drawing, if one has come."""
        newest: Drawing | None = None
        while line.poll():
            newest = line.recv()
        return newest

    search = Search(instance, plan, Random(seed), until, lambda better: line.send(("plan", better)), drawn)
    search.costs = reduced_costs(instance, COSTS_SHARE * seconds)
    search.run()


def _prove(line: Connection, instance: Instance, seconds: float) -> None:
    prove(
        instance,
        monotonic() + seconds,
        lambda bound: line.send(("bound", bound)),
        lambda drawing: line.send(("drawing", drawing)),
    )
