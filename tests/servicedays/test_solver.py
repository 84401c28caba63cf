"""The planner: our count is the referee's, plans are valid, never worse than greedy, and the bound holds."""

import importlib.util
import itertools
import math
from math import inf
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mingbai.servicedays.solver import planner
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.instance import Instance, instance_of
from mingbai.servicedays.solver.missing import what_is_missing
from mingbai.servicedays.solver.objective import Plan, faults, plan_data, plan_of, score, to_the_cent
from mingbai.servicedays.solver.planner import make_plan
from tests.servicedays.months import instance, month

REFEREE = Path(settings.BASE_DIR).parent / "shared" / "dispatch" / "score.py"


@pytest.fixture(scope="module")
def referee() -> ModuleType:
    if not REFEREE.is_file():
        pytest.skip("../shared/dispatch/score.py is not at hand")
    spec = importlib.util.spec_from_file_location("referee", REFEREE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def slow_objective(data: dict[str, Any], plan: Plan, house: Instance) -> float:
    """The objective once more, from the words of the problem and nothing of ours but the distances."""
    shares, urgent, other = [], 0, 0
    for t, place in enumerate(data["places"]):
        wanted, unserved = 0, 0
        for need in (one for one in data["needs"] if one["place"] == place["code"]):
            done = sum(
                data["people"][i]["capacity"]
                for (at, _day), team in plan.items() if at == t
                for i, skill in team.items() if skill == need["skill"]
            )  # fmt: skip
            left, pressing = max(0, need["count"] - done), max(0, need["urgent"] - done)
            urgent, other = urgent + pressing, other + left - pressing
            wanted, unserved = wanted + need["count"], unserved + left
        shares += [unserved / wanted] if wanted else []
    km = sum(2 * house.km[i][t] for (t, _day), team in plan.items() for i in team)
    uneven = sum(share - 0.5 for share in shares if share > 0.5)
    return (
        1000 * urgent + 100 * other + 2000 * max(shares, default=0) + 400 * uneven + 0.1 * km + 5 * len(plan)
    )


@given(st.integers(0, 10_000))
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_greedy_plan_is_valid_and_counted_right(seed: int):
    data = month(seed)
    house = instance_of(data)
    plan = greedy(house)
    assert faults(house, plan) == []
    assert score(house, plan).objective == pytest.approx(slow_objective(data, plan, house), abs=0.006)
    assert plan_of(house, plan_data(house, plan)) == plan


@pytest.mark.parametrize("seed", range(12))
def test_the_referee_counts_the_same(referee: ModuleType, seed: int):
    data = month(seed, places=12, people=14)
    house = instance_of(data)
    plan = greedy(house)
    told = referee.score(data, plan_data(house, plan))
    ours = score(house, plan)
    assert (told["objective"], told["km"], told["service_days"]) == (ours.objective, ours.km, len(plan))


def every_fault(house: Instance) -> list[tuple[Plan, str]]:
    """A good plan spoilt in each way."""
    plan = greedy(house)
    (slot, team), (t, day) = next(iter(plan.items())), next(iter(plan))
    i = next(iter(team))
    other = next(place for place in range(len(house.places)) if place != t)
    near = next(d for d in range(len(house.days)) if d != day and abs(d - day) < house.min_gap_days)
    return [
        ({slot: {i: team[i]}} if len(team) > 1 else {slot: {}}, "缺"),
        ({**plan, (other, day): team}, "一天两处"),
        ({**plan, (t, near): dict(team)}, "靠得太近"),
        ({slot: {**team, i: "nothing"}}, "没有 nothing 这项技能"),
    ]


def test_what_breaks_a_rule_is_named():
    for plan, said in every_fault(instance(5, people=14)):
        assert any(said in one for one in faults(instance(5, people=14), plan)), said


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_a_plan_is_never_worse_than_greedy_and_never_below_its_bound(seed: int):
    house = instance(seed, places=10, people=12, days=10)
    told: list[float] = []
    made = make_plan(house, 4, lambda outcome: told.append(outcome.objective))
    assert faults(house, made.plan) == []
    assert made.objective == score(house, made.plan).objective <= made.greedy
    assert made.bound <= made.objective + 0.01
    assert made.first_after < 1 and told == sorted(told, reverse=True)


@pytest.mark.parametrize("seed", [3, 4])
def test_a_small_month_is_planned_to_the_proven_best(seed: int):
    """The optimum by trying everything: two places, two days, three people."""
    house = instance(seed, places=2, people=3, days=2, min_team={"lawyer": 1}, max_km_one_way=400)
    made = make_plan(house, 8)
    assert made.objective == pytest.approx(best_by_trying(house), abs=0.01)
    assert made.gap < 0.001


def best_by_trying(house: Instance) -> float:
    choices = [
        [
            None,
            *((t, skill) for t in range(len(house.places)) for skill in person.skills if house.may_go(i, t)),
        ]
        for i, person in enumerate(house.people)
        for _day in house.days
    ]
    best = math.inf
    for chosen in itertools.product(*choices):
        plan: Plan = {}
        for at, what in enumerate(chosen):
            if what is not None:
                i, day = divmod(at, len(house.days))
                plan.setdefault((what[0], day), {})[i] = what[1]
        value = score(house, plan).objective
        if value < best and not faults(house, plan):
            best = value
    return best


@pytest.mark.parametrize("seed", [11, 12])
def test_more_people_never_make_it_worse(seed: int):
    data = month(seed, places=6, people=10, days=6)
    fewer = instance_of(data | {"people": data["people"][:7]})
    more, less = make_plan(instance_of(data), 45), make_plan(fewer, 45)
    # Both are proven, long before the limit on any machine: the comparison is of optima.
    assert more.gap < 0.001 and less.gap < 0.001
    assert more.objective <= less.objective + 0.01


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"people": []}, "没有会“lawyer”的人"),
        ({"needs": []}, "没有登记需求"),
        ({"max_km_one_way": 0}, "凑不齐最少的队伍"),
        ({"min_team": {"lawyer": 99}}, "凑不齐最少的队伍"),
    ],
)
def test_where_nobody_can_go_the_plan_is_empty_and_says_what_is_missing(changes: dict[str, Any], said: str):
    house = instance_of(month(1) | changes)
    made = make_plan(house, 2)
    assert made.plan == {} and made.objective == made.greedy
    assert said in "".join(what_is_missing(house))


def test_one_person_is_not_two_seats():
    """Lawyer and mediator in one person make no team of two."""
    both = month(1, places=1, people=1)
    both["people"][0] |= {"skills": ["lawyer", "mediator"], "available": [0, 1], "max_days": 2}
    house = instance_of(both | {"max_km_one_way": 500})
    assert make_plan(house, 1).plan == {}
    assert "凑不齐最少的队伍" in "".join(what_is_missing(house))


def test_the_same_seed_gives_the_same_greedy_plan():
    assert greedy(instance(9)) == greedy(instance(9))


def test_a_plan_that_a_helper_got_wrong_is_not_believed():
    """What comes from the improving process is checked by the rules before it is kept."""
    house = instance(2)
    outcome = planner.Outcome(greedy(house), 1e9, 1e9)

    class Line:
        def recv(self) -> tuple[str, Plan]:
            return "plan", {(0, 0): {0: "nothing"}}

    hand: Any = SimpleNamespace(line=Line())
    planner._hear(house, outcome, [hand], hand.line, 0.0, lambda _outcome: None)
    assert outcome.objective == 1e9


def test_a_bound_beside_objectives_to_the_cent_is_never_above_them():
    assert [to_the_cent(bound) for bound in (18.3246, 0.0, -inf)] == [18.32, 0.0, -inf]
    assert to_the_cent(inf) == inf
