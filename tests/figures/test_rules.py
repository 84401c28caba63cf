"""Periods, rates, growth and ranks."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.figures.rules import Peer, Period, growth, period, rank_of, share

PEERS = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 5000)).map(lambda pair: (max(pair), min(pair))),
    max_size=16,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [
        (981, 1011, "97.0"),
        (940, 981, "95.8"),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (1, 2000, "0.1"),
        (0, 0, None),
        (3, 0, None),
    ],
)
def test_a_rate_has_one_decimal_and_none_without_a_whole(numerator: int, denominator: int, rate: str | None):
    assert share(numerator, denominator) == (Decimal(rate) if rate else None)


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_rates_are_rounded_half_up(numerator: int, denominator: int):
    exact = Fraction(100 * numerator, denominator)
    assert share(numerator, denominator) == Decimal(int(exact * 10 + Fraction(1, 2))) / 10


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(3288, 2416, "36.1"), (5, 10, "-50.0"), (5, 0, None), (None, 3, None), (0, 3, "-100.0"), (3, 3, "0.0")],
)
def test_growth(now: int | None, before: int, change: str | None):
    assert growth(now, before) == (Decimal(change) if change else None)


@given(PEERS)
def test_a_rank_is_how_many_are_better(rows: list[tuple[int, int]]):
    peers = [Peer(str(n), offered, answered) for n, (offered, answered) in enumerate(rows)]

    def key(peer: Peer) -> tuple[Fraction, int]:
        rate = Fraction(peer.answered, peer.offered) if peer.offered else Fraction(-1)
        return rate, peer.answered

    for peer in peers:
        better = sum(key(other) > key(peer) for other in peers)
        equal = sum(key(other) == key(peer) for other in peers)
        place = rank_of(peer.city, peers)
        assert place is not None and better < place <= better + equal
    assert rank_of("nowhere", peers) is None


def test_a_year_earlier_and_the_leap_day():
    assert Period(date(2024, 2, 29), date(2024, 3, 31)).year_before() == Period(
        date(2023, 2, 28), date(2023, 3, 31)
    )
    assert Period(date(2026, 1, 1), date(2026, 12, 31)).is_whole_months
    assert not Period(date(2026, 1, 1), date(2026, 12, 30)).is_whole_months
    assert Period(date(2026, 1, 15), date(2026, 2, 28)).months == (202601, 202602)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"year": 1800}, "bad_year"),
        ({"year": 2999}, "bad_year"),
        ({"year": 2026, "first": date(2026, 3, 1), "last": date(2026, 2, 1)}, "bad_period"),
    ],
)
def test_a_period_that_is_none(values: dict, code: str):
    with pytest.raises(Refused) as refused:
        period(**values, today=date(2026, 11, 30))
    assert refused.value.code == code


@given(first=st.dates(date(2023, 12, 1), date(2026, 2, 1)), length=st.integers(0, 800))
def test_the_pieces_of_a_period_are_its_days_once_and_the_months_in_it_are_whole(first: date, length: int):
    asked = Period(first, first + timedelta(days=length), "210400000000")
    pieces = asked.pieces()
    days = sorted(
        one.first + timedelta(days=n) for one in pieces for n in range((one.last - one.first).days + 1)
    )
    assert days == [first + timedelta(days=n) for n in range(length + 1)]
    assert all(one.region == asked.region for one in pieces) and len(pieces) <= 3
    whole = [one for one in asked.split() if one.is_whole_months]
    assert sum(len(one.each_month) for one in pieces if one.is_whole_months) == len(whole)
