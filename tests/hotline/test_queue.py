"""Who is next: the longest waiting, the same agent, the own county; and what happens where nobody is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.hotline.rules.queue import Chair, Match, Policy, Waiting, in_order, matches, when_nobody

POLICY = Policy(county_first=10, longest=600)


def told(waiting: list[Waiting], chairs: list[Chair], now: float = 100) -> list[tuple[str, str, str]]:
    return [(one.key, one.seat, one.why) for one in matches(waiting, chairs, now, POLICY)]


@pytest.mark.parametrize(
    ("waiting", "chairs", "expected"),
    [
        pytest.param([], [Chair("a", 1)], [], id="nobody-waits"),
        pytest.param([Waiting("x", 1)], [], [], id="nobody-is-there"),
        pytest.param([Waiting("x", 1)], [Chair("a")], [], id="all-are-busy"),
        pytest.param([Waiting("y", 2), Waiting("x", 1)], [Chair("a", 1)],
                     [("x", "a", "")], id="first-in-first"),
        pytest.param([Waiting("x", 1), Waiting("y", 2)], [Chair("a", 9), Chair("b", 3)],
                     [("x", "b", ""), ("y", "a", "")], id="longest-idle"),
        pytest.param([Waiting("x", 1), Waiting("y", 9, is_first=True)], [Chair("a", 1)], [("y", "a", "")],
                     id="who-was-cut-off-goes-first"),
        pytest.param([Waiting("x", 1, spoke_with="7")], [Chair("a", 1), Chair("b", 5, worker="7")],
                     [("x", "b", "same")], id="the-same-agent"),
        pytest.param([Waiting("x", 1, spoke_with="7", tried=frozenset("b"))],
                     [Chair("a", 1), Chair("b", 5, worker="7")], [("x", "a", "")],
                     id="who-did-not-answer-is-not-asked-again"),
        pytest.param([Waiting("x", 95, "n")], [Chair("a", 1), Chair("b", 5, "n")], [("x", "b", "county")],
                     id="own-county-first"),
        pytest.param([Waiting("x", 95, "n"), Waiting("y", 96)],
                     [Chair("a", 1), Chair("b", None, "n", is_back_soon=True)], [("y", "a", "")],
                     id="kept-for-the-own-county-which-is-free-soon"),
        pytest.param([Waiting("x", 80, "n")], [Chair("a", 1), Chair("b", None, "n", is_back_soon=True)],
                     [("x", "a", "")], id="not-for-longer-than-that"),
        pytest.param([Waiting("x", 95, "n")], [Chair("a", 1), Chair("b", None, "n")], [("x", "a", "")],
                     id="nor-for-somebody-who-pauses"),
        pytest.param([Waiting("x", 1, tried=frozenset("a"))], [Chair("a", 1), Chair("b", 5)],
                     [("x", "b", "")], id="another-one-after-no-answer"),
    ],
)  # fmt: skip
def test_who_is_next(waiting: list[Waiting], chairs: list[Chair], expected: list[tuple[str, str, str]]):
    assert told(waiting, chairs) == expected


keys = st.sampled_from("abcdefgh")
waitings = st.lists(
    st.builds(
        Waiting,
        key=keys,
        since=st.integers(0, 99),
        county=st.sampled_from(["", "n", "s"]),
        spoke_with=st.sampled_from(["", "1", "2"]),
        is_first=st.booleans(),
    ),
    unique_by=lambda one: one.key,
)
chairs = st.lists(
    st.builds(
        Chair,
        name=st.sampled_from("123456"),
        idle_since=st.one_of(st.none(), st.integers(0, 99)),
        county=st.sampled_from(["", "n", "s"]),
        worker=st.sampled_from(["1", "2", "3"]),
        is_back_soon=st.booleans(),
    ),
    unique_by=lambda one: one.name,
)


@given(waitings, chairs)
def test_nobody_twice_nobody_idle_beside_a_caller_and_nobody_overtaken(waiting, seats):
    found = matches(waiting, seats, 100, POLICY)
    free = {one.name for one in seats if one.idle_since is not None}
    rung, served = [one.seat for one in found], [one.key for one in found]
    assert len(set(rung)) == len(rung) and len(set(served)) == len(served) and set(rung) <= free
    left = [one for one in in_order(waiting) if one.key not in served]
    kept = [one for one in left if one.county and 100 - one.since < POLICY.county_first]
    # A seat stays idle only while every caller left is kept for people of their own county.
    assert len(found) == len(free) or left == kept
    # Without counties and acquaintances it is a plain queue.
    if not any(one.county or one.spoke_with for one in waiting):
        assert served == [one.key for one in in_order(waiting)][: len(served)]


@given(waitings, chairs)
def test_the_order_of_the_lists_says_nothing(waiting, seats):
    def by_key(found: list[Match]) -> set[tuple[str, str]]:
        return {(one.key, one.seat) for one in found}

    turned = matches(waiting[::-1], seats[::-1], 100, POLICY)
    # Two of one worker cannot be: a person sits on one chair.
    if len({one.worker for one in seats}) == len(seats):
        assert by_key(turned) == by_key(matches(waiting, seats, 100, POLICY))


@pytest.mark.parametrize(
    ("chairs", "night", "waited", "was_forwarded", "expected"),
    [
        ([], "13900000000", 0, False, "forward"),
        ([], "13900000000", 0, True, "promise"),
        ([], "", 0, False, "promise"),
        ([Chair("a")], "13900000000", 0, False, "wait"),
        ([Chair("a")], "13900000000", 599, False, "wait"),
        ([Chair("a")], "13900000000", 600, False, "promise"),
        ([Chair("a", is_paused=True)], "13900000000", 0, False, "forward"),
        ([Chair("a", is_paused=True)], "13900000000", 0, True, "wait"),
        ([Chair("a", is_paused=True)], "", 0, False, "wait"),
        ([Chair("a", is_paused=True), Chair("b")], "13900000000", 0, False, "wait"),
    ],
)
def test_what_happens_where_nobody_answers(chairs, night, waited, was_forwarded, expected):
    caller = Waiting("x", 100 - waited)
    assert when_nobody(caller, chairs, night, 100, POLICY, was_forwarded=was_forwarded) == expected
