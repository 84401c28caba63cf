"""One month planned within a limit: one process makes plans, one proves the bound, this one keeps all.

One anneals and then polishes; the other proves and, when that gains no more, anneals in its own way and
polishes too. They are processes of their own so that the limit holds whatever a model does, and an
interruption at any moment finds the best plan so far in this one.
"""

import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from multiprocessing.connection import Connection, wait
from random import Random
from time import monotonic
from typing import Any

from mingbai.servicedays.solver.bound import prove
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.improve import Search
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan, faults, score, to_the_cent

LAST_WORDS = 0.25
"""Seconds kept back at the end: to stop the others, to write and to say the result."""
CLOSE = 1e-4
"""A gap below which there is nothing left to look for."""
LEAST_PROOF, FEW, LEAST_PROOF_OF_FEW = 4.0, 20, 8.0
"""Seconds that proving has in any case, where there are so many: the model with a calendar is past its root
by then. A month of few people is worth more: its exact model may be proven to the end."""
ANNEAL_SHARE, ANNEAL_SHARE_OF_FEW = 0.88, 0.4
"""Of the time, what annealing takes before its plan is polished. In a month of few people exact parts find
the best at once, where annealing may stay beside it."""
SHORT_ANNEAL_SHARE = 0.97
"""The same where less than WORTH_COOLING_SLOWLY is left: a second is too little to polish many people's
month, and the one that proved polishes beside it whichever plan is better."""
PROVE_SHARE = 0.35
"""Of the time, what proving may take: later it gains a thousandth."""
WORTH_ANNEALING = 3.0
"""Seconds that must be left for the one that proved to anneal, too; else it polishes what the other has."""
WORTH_COOLING_SLOWLY = 15.0
"""Seconds that must be left for the first one to anneal one plan slowly. With less, several cool side by
side: a bad start is not mended any more."""

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


@dataclass(frozen=True)
class _Task:
    """What the processes are told once they are awake; `until` by the machine's clock."""

    instance: Instance
    plan: Plan
    until: float
    seed: int


def make_plan(
    instance: Instance, seconds: float, tell: Tell = lambda outcome: None, seed: int = 1
) -> Outcome:
    """Plan one month: the greedy plan at once, a better one as long as the time lasts.

    `tell` hears of every better plan and bound; what it raises (an interruption) ends the search, and the
    outcome it was told last stands. Never worse than the greedy plan; empty where nobody can go.
    """
    began = monotonic()
    hands = [_Hand(_anneal), _Hand(_prove)]  # they take a second to wake: the greedy plan is made meanwhile
    try:
        outcome = _first(instance, began)
        tell(outcome)
        _search(instance, outcome, hands, began, began + seconds - LAST_WORDS, tell, seed)
    finally:
        for hand in hands:
            hand.stop()
    return outcome


def _first(instance: Instance, began: float) -> Outcome:
    plan = greedy(instance)
    value, after = score(instance, plan).objective, monotonic() - began
    return Outcome(plan, value, value, first_after=after, best_after=after)


def _search(
    instance: Instance,
    outcome: Outcome,
    hands: "list[_Hand]",
    began: float,
    until: float,
    tell: Tell,
    seed: int,
) -> None:
    # Without what was looked up: little enough for a pipe, so that nobody waits. And the clock is the
    # machine's: they are told when to end, not how long to work.
    task = _Task(replace(instance), outcome.plan, until, seed)
    for hand in hands:
        hand.send(task)
    while (left := until - monotonic()) > 0 and outcome.gap > CLOSE:
        talking = [hand.line for hand in hands if hand.is_open]
        if not talking:
            break
        for line in wait(talking, left):
            _hear(instance, outcome, hands, line, monotonic() - began, tell)


def _hear(
    instance: Instance, outcome: Outcome, hands: "list[_Hand]", line: Any, seconds: float, tell: Tell
) -> None:
    """One word of one of them; what is no plan by our own rules is not believed."""
    speaker = next(hand for hand in hands if hand.line is line)
    try:
        what, said = line.recv()
    except (EOFError, OSError):
        speaker.is_open = False
        return
    if what == "listening":
        speaker.hears = True
        speaker.say(("plan", outcome.plan))
    elif what == "drawing":
        _tell_others(hands, speaker, what, said)
    elif what == "bound" and outcome.bound < (proven := to_the_cent(said)) < inf:
        outcome.bound = proven
        tell(outcome)
    elif what == "plan" and not faults(instance, said):
        value = score(instance, said).objective
        if value < outcome.objective:
            outcome.plan, outcome.objective, outcome.best_after = said, value, seconds
            _tell_others(hands, speaker, what, said)
            tell(outcome)


def _tell_others(hands: "list[_Hand]", speaker: "_Hand", what: str, said: Any) -> None:
    for hand in hands:
        if hand is not speaker:
            hand.say((what, said))


class _Hand:
    """A process and the line to it. Only who `hears` is told anything: a line that nobody reads fills, and
    would hold up whoever writes."""

    def __init__(self, work: Callable[..., None], *what: Any, hears: bool = False) -> None:
        self.line, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_bound_to_parent, args=(work, theirs, *what), daemon=True)
        self.process.start()
        theirs.close()
        self.is_open, self.hears = True, hears

    def say(self, word: Any) -> None:
        if self.is_open and self.hears:
            self.send(word)

    def send(self, word: Any) -> None:
        try:
            self.line.send(word)
        except OSError:
            self.is_open = False

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


def _bound_to_parent(work: Callable[..., None], *what: Any) -> None:
    """A planner killed outright must leave nobody computing; a solver looks at no line for a long while."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    work(*what)


_DIES_WITH_PARENT = 1
"""PR_SET_PDEATHSIG, prctl(2)."""


class _Inbox:
    """What came over the line: the newest drawing, the newest plan of somebody else."""

    def __init__(self, line: Connection) -> None:
        self.line = line
        self._held: dict[str, Any] = {}

    def newest(self, what: str) -> Any:
        """Once; None where none has come since."""
        while self.line.poll():
            kind, said = self.line.recv()
            self._held[kind] = said
        return self._held.pop(what, None)


def _anneal(line: Connection) -> None:
    # numba takes a while to load: not in every server
    from mingbai.servicedays.solver.anneal import ALONE, WINNERS, anneal

    task: _Task = line.recv()
    left, few = task.until - monotonic(), len(task.instance.people) <= FEW
    share, stretches = ANNEAL_SHARE_OF_FEW if few else ANNEAL_SHARE, ALONE
    if not few and left <= WORTH_COOLING_SLOWLY:
        share, stretches = SHORT_ANNEAL_SHARE, WINNERS
    best = anneal(task.instance, task.plan, task.seed, share * left, _telling(line), stretches)
    line.send(("listening", None))
    _search_of(line, task, best, task.seed + 1).run()


def _telling(line: Connection) -> Callable[[Plan], None]:
    return lambda better: line.send(("plan", better))


def _search_of(line: Connection, task: _Task, plan: Plan, seed: int) -> Search:
    inbox = _Inbox(line)
    return Search(
        task.instance,
        plan,
        Random(seed),
        task.until,
        _telling(line),
        lambda: inbox.newest("drawing"),
        lambda: inbox.newest("plan"),
    )


def _prove(line: Connection) -> None:
    task: _Task = line.recv()
    seconds = task.until - monotonic()
    least = LEAST_PROOF_OF_FEW if len(task.instance.people) <= FEW else LEAST_PROOF
    prove(
        task.instance,
        monotonic() + max(min(seconds, least), PROVE_SHARE * seconds),
        lambda bound: line.send(("bound", bound)),
        lambda drawing: line.send(("drawing", drawing)),
    )
    plan, tell = task.plan, _telling(line)
    if (left := task.until - monotonic()) > WORTH_ANNEALING:
        from mingbai.servicedays.solver.anneal import WINNERS, anneal

        plan = anneal(task.instance, plan, task.seed + 2, ANNEAL_SHARE * left, tell, WINNERS)
    line.send(("listening", None))
    _search_of(line, task, plan, task.seed + 2).run()
