"""Something happened after the plan was published: little changes, and each change says why."""

from typing import Any

import pytest

from mingbai.core.refused import Refused
from mingbai.servicedays.solver.greedy import greedy
from mingbai.servicedays.solver.objective import Plan, faults, score
from mingbai.servicedays.solver.replan import Changes, Need, changed, read_changes, replan
from tests.servicedays.months import instance

HOUSE = instance(21, places=14, people=18, days=12)
PUBLISHED: Plan = greedy(HOUSE)


def busiest() -> int:
    return max(range(len(HOUSE.people)), key=lambda i: sum(i in team for team in PUBLISHED.values()))


def test_without_a_change_nothing_changes():
    result = replan(HOUSE, PUBLISHED, Changes())
    assert result.plan == PUBLISHED and result.touched == ()


def test_a_lost_person_touches_only_the_places_they_served():
    i = busiest()
    result = replan(HOUSE, PUBLISHED, Changes(absent=frozenset({(i, None)})))
    assert faults(result.instance, result.plan) == []
    assert not any(i in team for team in result.plan.values())
    theirs = {HOUSE.places[t].code for (t, _day), team in PUBLISHED.items() if i in team}
    assert {one.place for one in result.touched} <= theirs
    assert any(HOUSE.people[i].id in one.why for one in result.touched)
    # What stands of the old plan is the least; filling the gap must not be worse.
    stripped = {slot: {j: s for j, s in team.items() if j != i} for slot, team in PUBLISHED.items()}
    standing = {slot: team for slot, team in stripped.items() if not faults(result.instance, {slot: team})}
    assert score(result.instance, result.plan).objective <= score(result.instance, standing).objective


def test_at_a_price_that_nothing_is_worth_only_hurt_days_and_places_that_lost_one_are_touched(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("mingbai.servicedays.solver.replan.KEEP_DAY", 1e5)
    monkeypatch.setattr("mingbai.servicedays.solver.replan.KEEP_PERSON", 1e5)
    i = busiest()
    result = replan(HOUSE, PUBLISHED, Changes(absent=frozenset({(i, None)})))
    hurt = {(HOUSE.places[t].code, day) for (t, day), team in PUBLISHED.items() if i in team}
    owed = {place for place, day in hurt if (HOUSE.place_index[place], day) not in result.plan}
    assert all((one.place, one.day) in hurt or one.place in owed for one in result.touched)


def test_a_closed_day_is_moved_or_given_up_and_says_so():
    t, day = next(iter(PUBLISHED))
    result = replan(HOUSE, PUBLISHED, Changes(closed=frozenset({(t, day)})))
    assert faults(result.instance, result.plan) == [] and (t, day) not in result.plan
    told = next(one for one in result.touched if (one.place, one.day) == (HOUSE.places[t].code, day))
    assert told.what == "cancelled" and "不能办" in told.why


def test_an_urgent_need_is_served_where_that_can_be():
    t = next(t for t in range(len(HOUSE.places)) if HOUSE.near[t] and not any(s[0] == t for s in PUBLISHED))
    change = Changes(needs={(t, "lawyer"): Need(4, 4)})
    result = replan(HOUSE, PUBLISHED, change)
    assert faults(result.instance, result.plan) == []
    before = score(changed(HOUSE, change), PUBLISHED).objective
    assert score(result.instance, result.plan).objective <= before


def test_days_that_are_past_stay_as_they_were():
    i, first = busiest(), 6
    result = replan(HOUSE, PUBLISHED, Changes(absent=frozenset({(i, None)}), first_day=first))
    for slot, team in PUBLISHED.items():
        if slot[1] < first:
            assert result.plan[slot] == team
    assert all(one.day >= first for one in result.touched)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "应是一个对象"),
        ({"absent": [{"person": "nobody"}]}, "没有 nobody"),
        ({"absent": [{"person": "P00", "day": 99}]}, "没有第 99 天"),
        ({"closed": [{"place": "X"}]}, "没有 X"),
        ({"needs": [{"place": "T00", "skill": "wizard", "count": 1, "urgent": 0}]}, "不认识的技能"),
        ({"needs": [{"place": "T00", "skill": "lawyer", "count": 1, "urgent": 2}]}, "多于总数"),
        ({"first_day": -1}, "不能是负数"),
    ],
)
def test_a_change_that_makes_no_sense_is_named(data: Any, said: str):
    with pytest.raises(Refused, match=said):
        read_changes(HOUSE, data)


def test_changes_are_read_as_they_stand():
    read = read_changes(
        HOUSE,
        {"absent": [{"person": "P01"}, {"person": "P02", "day": 3}], "closed": [{"place": "T01", "day": 2}],
         "barred": [{"person": "P03", "place": "T02"}], "first_day": 1},
    )  # fmt: skip
    assert read.absent == {(1, None), (2, 3)} and read.closed == {(1, 2)}
    assert read.barred == {(3, 2)} and read.first_day == 1
