"""Quotas, points and the ladder: by table, and against a slow count."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.oversight.enums import Measure, QuotaCode, Rung, VisitKind
from mingbai.oversight.rules.climbing import SEED as LADDER
from mingbai.oversight.rules.climbing import ClimbTerms, next_rung, rung_of
from mingbai.oversight.rules.quotas import SEED, QuotaTerms, Visited, amounts_for, owed, quarter_of
from mingbai.oversight.rules.scoring import Line, earned, holding, lacking, total
from mingbai.oversight.rules.standard import SEED as STANDARDS

DUE = datetime(2026, 11, 2, 9, tzinfo=UTC)
LINE = Line(points=Decimal(10), least=Decimal(60), full=Decimal(100))


@pytest.mark.parametrize(
    ("village_class", "visits", "savvy"), [("", 1, 3), ("near", 2, 3), ("urban", 1, 0), ("remote", 1, 3)]
)
def test_a_class_of_its_own_goes_before_all(village_class: str, visits: int, savvy: int) -> None:
    found = amounts_for(village_class, SEED)
    assert (found[QuotaCode.VISITS], found[QuotaCode.SAVVY]) == (visits, savvy)


def test_the_newer_of_two_rows_holds() -> None:
    old, new = (QuotaTerms("visits", n, "市里定的", valid_from=date(2020 + n, 1, 1)) for n in (1, 3))
    assert amounts_for("", [new, old]) == {"visits": 3}


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_quarters(day: date, first: date) -> None:
    assert quarter_of(day) == first


VISITS = st.lists(
    st.builds(
        Visited,
        on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        kind=st.sampled_from(VisitKind.values),
        hours=st.integers(1, 32).map(lambda n: Decimal(n) / 2),
    ),
    max_size=30,
)


@given(VISITS, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_what_a_village_got_is_a_slow_count(visits: list[Visited], day: date) -> None:
    got = {one.code: one.got for one in owed({"visits": 1, "hours": 8, "lectures": 1}, visits, day)}
    days, hours, lectures = set(), Decimal(0), 0
    for visit in visits:
        if visit.on > day or visit.on.year != day.year:
            continue
        if visit.on.month == day.month:
            days.add(visit.on.isoformat())
            hours += visit.hours
        if (visit.on.month + 2) // 3 == (day.month + 2) // 3 and visit.kind == "lecture":
            lectures += 1
    assert got == {"visits": len(days), "hours": hours, "lectures": lectures}


def test_what_nobody_asks_is_not_owed() -> None:
    assert owed({}, [Visited(date(2026, 1, 5), "duty", Decimal(4))], date(2026, 1, 31)) == []


@pytest.mark.parametrize(
    ("measured", "points"),
    [(None, None), ("0", "0"), ("60", "0"), ("60.1", "0.0"), ("80", "5"), ("97", "9.3"), ("120", "10")],
)
def test_points_lie_on_a_line(measured: str | None, points: str | None) -> None:
    value = None if measured is None else Decimal(measured)
    assert earned(LINE, value) == (None if points is None else Decimal(points))


@given(st.decimals(0, 1000, places=1), st.decimals(0, 1000, places=1))
def test_more_never_earns_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted([one, other])
    assert Decimal(0) <= (earned(LINE, low) or 0) <= (earned(LINE, high) or 0) <= LINE.points


@pytest.mark.parametrize(
    ("given_points", "held"),
    [((None, None, None, None), None), ((None, 3, 4, 5), 3), ((0, 3, 4, 5), 0), ((None, None, None, 5), 5)],
)
def test_the_last_who_judged_holds(given_points: tuple[int | None, ...], held: int | None) -> None:
    found = holding(*(None if one is None else Decimal(one) for one in given_points))
    assert found == held


def test_what_nobody_judged_counts_nothing() -> None:
    assert total([Decimal("1.5"), None, Decimal(2)]) == Decimal("3.5")


@pytest.mark.parametrize(
    ("measured", "points", "missing"),
    [("80", "5", "20"), (None, None, "100"), ("100", "10", "0"), ("80", "10", "0")],
)
def test_what_a_station_lacks(measured: str | None, points: str | None, missing: str) -> None:
    values = [None if one is None else Decimal(one) for one in (measured, points)]
    assert lacking(LINE, *values) == Decimal(missing)


@pytest.mark.parametrize("tier", sorted(STANDARDS))
def test_a_standard_adds_up_to_a_hundred(tier: str) -> None:
    assert sum(one.points for one in STANDARDS[tier]) == 100
    lines = [(Decimal(one.least), Decimal(one.full)) for one in STANDARDS[tier] if one.measure]
    assert all(least < full for least, full in lines)
    assert all(one.measure in Measure.values for one in STANDARDS[tier])


@pytest.mark.parametrize(
    ("over", "rung"),
    [
        (timedelta(hours=-1), ""),
        (timedelta(hours=23, minutes=59), ""),
        (timedelta(days=1), Rung.COUNTY),
        (timedelta(days=6, hours=23), Rung.COUNTY),
        (timedelta(days=7), Rung.CITY),
        (timedelta(days=400), Rung.CITY),
    ],
)
def test_the_ladder(over: timedelta, rung: str) -> None:
    assert rung_of(DUE, DUE + over, LADDER) == rung


def test_without_rules_nothing_climbs() -> None:
    assert rung_of(DUE, DUE + timedelta(days=90), []) == ""
    assert rung_of(DUE, DUE + timedelta(days=90), [ClimbTerms(Rung.COUNTY, 3, "x")]) == Rung.COUNTY


def test_the_highest_rung_stays() -> None:
    assert [next_rung(rung) for rung in (Rung.COUNTY, Rung.CITY)] == [Rung.CITY, Rung.CITY]
