"""Whose turn it is: pure, with an independent count over a thousand assignments."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.legalaid.enums import Bar
from mingbai.legalaid.rules.rotation import Candidate, Job, first, rank

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)
JOB = Job("work", "210402000000", TODAY)


def one(code: str, **values) -> Candidate:
    defaults = {"since": date(2010, 1, 1), "county": "210402000000", "most": 2000}
    return Candidate(int(code), code, f"律师{code}", **{**defaults, **values})


@pytest.mark.parametrize(
    ("change", "job", "bars"),
    [
        ({}, {}, ()),
        ({"since": date(2024, 11, 30)}, {}, ()),
        ({"since": date(2023, 12, 1)}, {"is_grave": True}, (Bar.TOO_NEW,)),
        ({"since": date(2023, 11, 30)}, {"is_grave": True}, ()),
        ({"since": None}, {"is_grave": True}, (Bar.TOO_NEW,)),
        ({"firm": 7}, {"other_firms": frozenset({7})}, (Bar.CONFLICT,)),
        ({"firm": 7}, {"other_firms": frozenset({7}), "may_share": True}, ()),
        ({"firm": 7}, {"other_firms": frozenset({7}), "group": "crime"}, ()),
        ({"firm": 8}, {"other_firms": frozenset({7})}, ()),
        ({"firm": 0}, {"other_firms": frozenset({7})}, ()),
        ({}, {"dropped": frozenset({1})}, (Bar.DROPPED,)),
        ({"running": 3, "most": 3}, {}, (Bar.FULL,)),
        ({"is_away": True}, {}, (Bar.AWAY,)),
    ],
)
def test_who_may_not(change, job, bars):
    assert rank([one("1", **change)], replace(JOB, **job))[0].bars == bars


@pytest.mark.parametrize(
    ("first_one", "second"),
    [
        ({"groups": frozenset({"work"}), "taken": 9}, {"groups": frozenset({"crime"})}),
        ({"taken": 1, "running": 5}, {"taken": 2}),
        ({"running": 1}, {"running": 2}),
        ({}, {"county": "210404000000"}),
        ({"last_at": NOW - timedelta(days=9)}, {"last_at": NOW}),
        ({}, {"last_at": NOW}),
        ({"is_away": False, "taken": 99}, {"is_away": True}),
    ],
)
def test_who_comes_first(first_one, second):
    order = rank([one("1", **second), one("2", **first_one)], JOB)
    assert [place.candidate.code for place in order] == ["2", "1"]


def assigned(pool: list[Candidate], jobs: int, declines: random.Random | None = None) -> Counter[str]:
    """Give out one after the other, as the office does; a declined one counts for nobody."""
    people = {each.code: each for each in pool}
    counts: Counter[str] = Counter({code: 0 for code in people})
    for n in range(jobs):
        dropped: set[int] = set()
        while True:
            turn = first(rank(people.values(), replace(JOB, dropped=frozenset(dropped))))
            assert turn is not None
            if declines and len(dropped) < 3 and declines.random() < 0.2:
                dropped.add(turn.candidate.worker)
                continue
            break
        code = turn.candidate.code
        counts[code] += 1
        held = people[code]
        at = NOW + timedelta(hours=n)
        people[code] = replace(held, taken=held.taken + 1, running=held.running + 1, last_at=at)
    return counts


def test_a_thousand_assignments_among_equals_differ_by_one_at_most():
    counts = assigned([one(str(n)) for n in range(1, 38)], 1000)
    assert sum(counts.values()) == 1000
    assert max(counts.values()) - min(counts.values()) <= 1


def test_those_who_are_near_get_no_more_than_those_who_are_far():
    pool = [one(str(n), county="210404000000" if n % 2 else "210402000000") for n in range(1, 12)]
    counts = assigned(pool, 1000)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_declining_is_made_good():
    counts = assigned([one(str(n)) for n in range(1, 21)], 1000, random.Random(4))
    assert max(counts.values()) - min(counts.values()) <= 3


@given(
    st.lists(
        st.builds(
            dict,
            taken=st.integers(0, 5),
            running=st.integers(0, 5),
            county=st.sampled_from(["210402000000", "210404000000"]),
            is_away=st.booleans(),
            groups=st.sampled_from([frozenset(), frozenset({"work"}), frozenset({"crime"})]),
        ),
        max_size=8,
    )
)
def test_the_order_against_a_slow_reference(rows):
    """The reference takes the best one out again and again, by comparing pairs in words."""
    pool = [one(str(n), **values) for n, values in enumerate(rows, start=1)]
    left, expected = list(pool), []
    while left:
        best = left[0]
        for other in left[1:]:
            if _before(other, best):
                best = other
        left.remove(best)
        expected.append(best.code)
    assert [place.candidate.code for place in rank(pool, JOB)] == expected


def _before(a: Candidate, b: Candidate) -> bool:
    for better, worse in (
        (not a.is_away, not b.is_away),
        (not a.groups or "work" in a.groups, not b.groups or "work" in b.groups),
    ):
        if better != worse:
            return better
    if a.taken != b.taken:
        return a.taken < b.taken
    if a.running != b.running:
        return a.running < b.running
    if a.county != b.county:
        return a.county == JOB.county
    return a.code < b.code


def test_nobody_is_left():
    assert first(rank([one("1", is_away=True)], JOB)) is None
    assert rank([], JOB) == []


def test_the_list_is_kept_as_it_stood():
    place = rank([one("1", taken=2, running=1, is_away=True)], JOB)[0]
    assert place.row() == {
        "code": "1", "taken": 2, "open": 1, "far": False, "fits": True, "barred": ["away"],
    }  # fmt: skip
    assert any("今年已接 2 件" in reason for reason in place.reasons)
