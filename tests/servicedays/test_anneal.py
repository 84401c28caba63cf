"""Annealing: the running cost is the objective's, everything can be taken back, and no step breaks a rule."""

from random import Random
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.servicedays.solver import planner
from mingbai.servicedays.solver.anneal import KINDS, anneal, step
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.objective import faults, score
from mingbai.servicedays.solver.roster import Roster
from tests.servicedays.months import instance


def walked(seed: int, steps: int) -> Roster:
    """A roster after so many steps, every one of them kept where it could be finished."""
    month, random = instance(seed), Random(seed)
    roster = Roster(month, greedy(month), random)
    for _turn in range(steps):
        roster.keep() if step(roster, random) else roster.undo()
    return roster


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_the_cost_that_is_kept_is_the_objective(seed: int):
    roster = walked(seed, 300)
    assert roster.cost == pytest.approx(score(roster.instance, roster.plan).objective, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_no_step_breaks_a_rule(seed: int):
    roster = walked(seed, 300)
    assert faults(roster.instance, roster.plan) == []


@pytest.mark.parametrize("kind", [kind for _share, kind in KINDS], ids=lambda kind: kind.__name__)
def test_every_kind_of_step_happens_and_can_be_taken_back(kind):
    happened = 0
    for seed in range(12):
        roster = walked(seed, 40)
        random = Random(seed)
        for _turn in range(60):
            plan, cost = roster.plan, roster.cost
            happened += kind(roster, random)
            roster.undo()
            assert roster.plan == plan and roster.cost == pytest.approx(cost, abs=1e-6)
    assert happened > 10


def test_the_shares_of_the_kinds_add_up():
    assert sum(share for share, _kind in KINDS) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_annealing_is_never_worse_than_where_it_began_and_tells_what_it_returns(seed: int):
    month = instance(seed, places=12, people=14, days=10)
    first, told = greedy(month), []
    best = anneal(month, first, Random(seed), 0.4, told.append)
    assert faults(month, best) == []
    assert score(month, best).objective <= score(month, first).objective
    assert not told or told[-1] == best


def test_a_month_without_people_or_needs_stays_as_it_is():
    for month in (instance(people=0), instance(needs=[]), instance(places=0, needs=[])):
        assert anneal(month, {}, Random(1), 0.05, lambda plan: None) == {}


def test_who_does_not_listen_is_not_written_to_and_holds_up_nobody():
    """A line that nobody reads takes some hundred kilobytes, then whoever writes waits."""
    hand = planner._Hand(_asleep)
    try:
        began = monotonic()
        for _word in range(200):
            hand.say(("plan", "x" * 10_000))
        assert monotonic() - began < 5
    finally:
        hand.stop()


def _asleep(line) -> None:
    from time import sleep

    sleep(60)
