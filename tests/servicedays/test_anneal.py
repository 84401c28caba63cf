"""Annealing: the running cost is the objective's, everything can be taken back, and no step breaks a rule."""

import os
import subprocess
import sys
from time import monotonic

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.servicedays.solver import planner, steps
from mingbai.servicedays.solver.anneal import ALONE, WINNERS, _winners, anneal
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import faults, score
from mingbai.servicedays.solver.roster import LOG, LOGGED, UNIT, cost, plan_in, roster_of, skills_of, undo
from tests.servicedays.months import instance


def walked(seed: int, turns: int, shares: tuple[float, ...] = steps.SHARES) -> tuple[Instance, np.ndarray]:
    """A roster after so many steps at a heat at which nearly everything is kept."""
    month = instance(seed)
    roster = roster_of(month, greedy(month))
    steps.sow(seed)
    steps.walk(roster, turns, 1e6, np.array(shares))
    return month, roster


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_the_cost_that_is_kept_is_the_objective_and_no_step_breaks_a_rule(seed: int):
    month, roster = walked(seed, 300)
    plan = plan_in(roster, skills_of(month))
    assert cost(roster) == pytest.approx(score(month, plan).objective, abs=0.01)
    assert faults(month, plan) == []


@pytest.mark.parametrize("kind", range(len(steps.KINDS)), ids=lambda kind: steps.KINDS[kind].__name__)
def test_every_kind_of_step_happens_and_can_be_taken_back(kind: int):
    happened = 0
    for seed in range(12):
        month, roster = walked(seed, 40)
        for _turn in range(60):
            plan, price = plan_in(roster, skills_of(month)), cost(roster)
            happened += bool(steps.step(roster, kind, 50.0 * UNIT))
            undo(roster)
            assert plan_in(roster, skills_of(month)) == plan and cost(roster) == price
    assert happened > 10


def test_the_shares_of_the_kinds_add_up():
    assert sum(steps.SHARES) == pytest.approx(1) and len(steps.SHARES) == len(steps.KINDS)


def test_the_log_holds_the_longest_step():
    """One place after another torn down and built up again, many days and people: none writes too far."""
    month = instance(3, places=4, people=30, days=12, max_days_per_place=12, min_gap_days=1)
    roster = roster_of(month, greedy(month))
    size = (len(roster) - int(roster[LOG])) // 5
    longest = 0
    for _turn in range(2000):
        steps.step(roster, 4, 200.0 * UNIT)
        longest = max(longest, int(roster[LOGGED]))
        roster[LOGGED] = 0
    assert 0 < longest < size / 2


@pytest.mark.parametrize("stretches", [ALONE, WINNERS])
@pytest.mark.parametrize("seed", range(4))
def test_annealing_is_never_worse_than_where_it_began_and_tells_what_it_returns(seed: int, stretches):
    month = instance(seed, places=12, people=14, days=10)
    first, told = greedy(month), []
    best = anneal(month, first, seed, 0.4, told.append, stretches)
    assert faults(month, best) == []
    assert score(month, best).objective <= score(month, first).objective
    assert not told or told[-1] == best


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_best_go_on_each_as_a_plan_of_its_own(count: int):
    month = instance(3, places=8, people=10, days=8)
    good, bad = roster_of(month, greedy(month)), roster_of(month, {})
    chosen = _winners([bad, good], count)
    assert [cost(roster) for roster in chosen[:2]] == [cost(good), cost(bad)][:count]
    assert len(chosen) == count and len({id(roster) for roster in chosen}) == count


def test_the_stretches_take_the_whole_time_and_cool_without_a_leap():
    for stretches in (ALONE, WINNERS):
        assert sum(one.share for one in stretches) == pytest.approx(1)
        assert [one.cold for one in stretches[:-1]] == [one.hot for one in stretches[1:]]


def test_a_month_without_people_or_needs_stays_as_it_is():
    for month in (instance(people=0), instance(needs=[]), instance(places=0, needs=[])):
        assert anneal(month, {}, 1, 0.05, lambda plan: None) == {}


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


def test_what_annealing_runs_is_compiled_ahead():
    """In a process of its own: here another test may have compiled it."""
    code = """
from mingbai.servicedays.solver.compiled import compile_all
from mingbai.servicedays.solver.steps import walk
compile_all()
ahead = list(walk.signatures)
from mingbai.servicedays.solver.anneal import anneal
from tests.servicedays.months import instance
anneal(instance(3), {}, 1, 0.2, lambda plan: None)
print(len(ahead), list(walk.signatures) == ahead)
"""
    # It needs settings for its texts, and no database.
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True"]
