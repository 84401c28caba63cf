"""How a piece is reckoned; gaps and overlaps of a table against a slow day-by-day reference."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.subsidies.rules import Span, Terms, Work, gaps, overlaps, reckoned, split, total

RATE = Terms(
    fee=D("1500"), direct=D("200"), per_extra=D("200"), most_extra=3, excellent=120, good=110, failed=50
)


@pytest.mark.parametrize(
    ("work", "amounts"),
    [
        (Work(), ["1500.00", "200.00"]),
        (Work(grade="excellent"), ["1800.00", "200.00"]),
        (Work(grade="passed"), ["1500.00", "200.00"]),
        (Work(grade="failed"), ["750.00", "200.00"]),
        (Work(extra=2), ["1500.00", "400.00", "200.00"]),
        (Work(extra=9), ["1500.00", "600.00", "200.00"]),
        (Work(share=33), ["495.00", "200.00"]),
        (Work(share=10, extra=2), ["150.00", "40.00", "200.00"]),
        (Work(share=34, splits=True), ["510.00", "68.00"]),
        (Work(share=33, splits=True), ["495.00", "66.00"]),
        (Work(splits=True), ["1500.00", "200.00"]),
        (Work(share=50, splits=True, is_public_post=True), ["0", "100.00"]),
        (Work(is_public_post=True, grade="excellent", extra=5), ["0", "200.00"]),
    ],
)
def test_line_by_line(work, amounts):
    lines = reckoned(RATE, work)
    assert [str(line.amount) for line in lines] == amounts
    assert total(lines) == sum(map(D, amounts))
    assert all(line.what for line in lines)


def test_half_a_cent_goes_up():
    assert total(reckoned(Terms(fee=D("0.05")), Work(share=50))) == D("0.03")
    assert total(reckoned(Terms(fee=D("33.33")), Work(share=50))) == D("16.67")


def test_without_direct_costs_there_is_no_line_for_them():
    assert len(reckoned(Terms(fee=D(385)), Work())) == 1


@given(
    st.decimals(0, 9_999_999, places=2),
    st.decimals(0, 9_999, places=2),
    st.sampled_from(["", "excellent", "good", "passed", "failed"]),
    st.integers(0, 100),
    st.integers(0, 20),
)
def test_the_same_in_whole_cents(fee, each, grade, share, extra):
    terms = Terms(fee=fee, per_extra=each, most_extra=10, excellent=120, good=105, failed=40)
    percent = {"excellent": 120, "good": 105, "failed": 40}.get(grade, 100)
    labour = (int(fee * 100) * percent * share + 5_000) // 10_000
    slow = labour + (int(each * 100) * min(extra, 10) * share + 50) // 100
    assert total(reckoned(terms, Work(extra, grade, share))) == D(slow) / 100


@given(st.decimals(0, 99_999, places=2), st.integers(1, 12))
def test_what_several_share_adds_up_to_the_whole(amount, parts):
    found = split(amount, parts)
    assert sum(found) == amount and len(found) == parts
    assert found == sorted(found, reverse=True) and found[0] - found[-1] <= D("0.01")


@given(st.decimals(0, 9_999, places=2), st.decimals(0, 999, places=2), st.integers(2, 7))
def test_all_parts_of_a_piece_are_the_piece(fee, direct, parts):
    terms = Terms(fee=fee, direct=direct)
    shared = [total(reckoned(terms, Work(parts=parts, part=n))) for n in range(parts)]
    assert sum(shared) == total(reckoned(terms, Work()))


days = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
spans = st.tuples(days, st.integers(0, 15)).map(lambda pair: Span(pair[0], pair[0] + timedelta(days=pair[1])))


@given(st.lists(spans, max_size=5))
def test_gaps_and_overlaps_as_counted_day_by_day(rows):
    held = [
        sum(one.first <= day <= one.last for one in rows)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(60))
    ]
    assert bool(overlaps(rows)) == any(n > 1 for n in held)
    if not overlaps(rows):
        told = {a + timedelta(days=n) for a, b in gaps(rows) for n in range((b - a).days + 1)}
        covered = [n for n, count in enumerate(held) if count]
        inside = range(covered[0], covered[-1]) if covered else range(0)
        assert told == {date(2026, 1, 1) + timedelta(days=n) for n in inside if not held[n]}


def test_an_open_rate_overlaps_what_comes_after():
    assert overlaps([Span(date(2026, 1, 1), None), Span(date(2026, 5, 1), None)])
    assert not gaps([Span(date(2026, 1, 1), None)])
