"""The order of calling and the time of waiting: by table and by properties."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.places.enums import Line
from mingbai.visits.rules.queue import LETTERS, Waiting, estimate, in_order

NOW = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
HEAD = timedelta(minutes=20)


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def booked(pk: int, start: int, came: int) -> Waiting:
    """`start` minutes from now, came so many minutes ago."""
    starts = NOW + timedelta(minutes=start)
    return Waiting(pk, ago(came), "", starts, starts + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([Waiting(1, ago(5)), Waiting(2, ago(9))], [2, 1]),
        ([Waiting(1, ago(15)), Waiting(2, ago(5), "elder")], [2, 1]),
        ([Waiting(1, ago(30)), Waiting(2, ago(5), "elder")], [1, 2]),  # waited longer than the head start
        ([Waiting(1, ago(30)), booked(2, 0, 10)], [2, 1]),  # at their time
        ([Waiting(1, ago(30)), booked(2, 10, 20)], [1, 2]),  # not yet
        ([Waiting(1, ago(30)), booked(2, -40, 5)], [1, 2]),  # came after their time: waits like others
        ([Waiting(1, ago(5), "soldier"), Waiting(2, ago(6), "disabled")], [2, 1]),
        ([Waiting(2, ago(5)), Waiting(1, ago(5))], [1, 2]),
        ([], []),
    ],
)
def test_who_is_called_first(rows, order):
    assert in_order(rows, NOW, HEAD) == order


@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(["", "elder", "disabled"])), max_size=30))
def test_nobody_who_waited_longer_than_the_head_start_is_overtaken(rows):
    people = [Waiting(pk, ago(minutes), priority) for pk, (minutes, priority) in enumerate(rows)]
    order = in_order(people, NOW, HEAD)
    assert sorted(order) == list(range(len(people)))
    place = {pk: n for n, pk in enumerate(order)}
    for one in people:
        for other in people:
            if one.since < other.since - HEAD:
                assert place[one.pk] < place[other.pk]
            if one.since < other.since and bool(one.priority) >= bool(other.priority):
                assert place[one.pk] < place[other.pk]


@pytest.mark.parametrize(
    ("ahead", "minutes", "windows", "said"),
    [
        (4, [10.0] * 5, 2, (20, 25, False)),
        (0, [10.0] * 5, 1, (0, 10, False)),
        (4, [], 1, (25, 100, True)),
        (4, [5.0, 300.0, 9_000.0], 1, (25, 100, True)),  # forgotten ones are left out
        (4, [5.0, 6.0, 20.0, 30.0], 1, (20, 115, False)),
    ],
)
def test_how_long_it_may_take(ahead, minutes, windows, said):
    found = estimate(ahead, minutes, windows)
    assert found and (found.low, found.high, found.is_guess) == said


def test_where_no_window_is_at_work_nothing_is_promised():
    assert estimate(3, [10.0] * 5, 0) is None


@given(st.integers(0, 50), st.lists(st.floats(0.1, 120), min_size=3, max_size=40), st.integers(1, 9))
def test_more_people_wait_longer_and_more_windows_shorten_it(ahead, minutes, windows):
    found = estimate(ahead, minutes, windows)
    more, quicker = estimate(ahead + 1, minutes, windows), estimate(ahead, minutes, windows + 1)
    assert found and more and quicker and 0 <= found.low <= found.high
    assert found.low <= more.low and found.high <= more.high and quicker.high <= found.high


def test_every_line_has_a_letter_of_its_own():
    assert set(LETTERS) == set(Line.values) and len(set(LETTERS.values())) == len(LETTERS)
