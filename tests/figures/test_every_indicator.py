"""Any sequence of events: then every indicator equals a slow count, and the recount finds nothing.

Whatever is left out of an indicator, the recount finds it.
"""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.figures.queries import Counter, by_month, counted
from mingbai.figures.recount import SOURCES, differences
from mingbai.figures.registry import INDICATORS, MEANS
from mingbai.figures.rules import Period
from tests.cases.factories import CITY, NORTH, SOUTH, VILLAGE
from tests.figures.events import KINDS_OF, Events, at_of, undone
from tests.figures.slow import Slow

pytestmark = pytest.mark.django_db
CODES = [*(one.code for one in INDICATORS), *(one.code for one in MEANS)]
RECOUNTED = [code for source in SOURCES for code in source.judges]
SPANS = [
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2024, 12, 30), date(2025, 2, 2)),
    (date(2025, 1, 31), date(2025, 1, 31)),
]
MOMENTS = st.builds(at_of, st.dates(date(2024, 12, 28), date(2025, 3, 3)), st.integers(0, 23))
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS_OF), MOMENTS, st.integers(0, 59)), min_size=6, max_size=24)


def wrong(first: date, last: date, region: str) -> dict[str, tuple[int, int]]:
    counter = Counter(Period(first, last, region)).prepare(CODES)
    slow = Slow(first, last, region).counts()
    assert set(slow) == set(CODES), "a new indicator needs its slow count in tests/figures/slow.py"
    return {code: (counter.count(code), slow[code]) for code in CODES if counter.count(code) != slow[code]}


def months_that_do_not_add_up(period: Period) -> list[str]:
    """The page of a figure shows the sum of its months as the figure."""
    with_time = [one for one in INDICATORS if one.time]
    return [
        one.code for one in with_time if sum(n for _m, n in by_month(one, period)) != counted(one, period)
    ]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=EVENTS, span=st.sampled_from(SPANS), region=st.sampled_from(("", CITY, NORTH, VILLAGE, SOUTH)))
def test_every_indicator_equals_a_slow_count_after_any_events(
    events: Events, told: list[tuple[str, datetime, int]], span: tuple[date, date], region: str
) -> None:
    with undone():
        for what, at, n in told:
            events.write(what, at, n)
        assert wrong(*span, region) == {}
        assert differences(Period(*span, region)) == []
        assert months_that_do_not_add_up(Period(*span, region)) == []


@pytest.mark.long
def test_what_is_left_out_of_an_indicator_is_found_by_the_recount(
    rich: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(rich).prepare(CODES)
    empty = {code for code in CODES if code in INDICATORS and not counter.count(code)}
    assert empty <= {"own_premises", "windows", "hotline_seats", "kiosks", "stations_lacking"}
    assert wrong(rich.first, rich.last, "") == {} and differences(rich) == []
    for code in RECOUNTED:
        indicator = INDICATORS.get(code)
        lost = indicator.rows(rich).order_by("pk").values_list("pk", flat=True)[0]
        faulty = replace(indicator, only=indicator.only & ~Q(pk=lost), is_alone=False, less=None)
        with monkeypatch.context() as patch:
            patch.setitem(INDICATORS._items, code, faulty)
            found = {one.code: one for one in differences(rich)}
        assert code in found, code
        assert (found[code].shown, len(found[code].examples)) == (found[code].counted - 1, 1), code
