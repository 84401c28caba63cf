"""A figure by its dimensions: the parts are the whole, and each opens as many rows as it counts."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.cases.models import Case
from mingbai.figures.cuts import NOWHERE, OTHERS, Cut, dimensions
from mingbai.figures.enums import Dimension
from mingbai.figures.queries import counted
from mingbai.figures.registry import INDICATORS, Indicator
from mingbai.figures.rules import Period, scaled
from mingbai.people.models import User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places.queries import one_moment
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_case, make_taken
from tests.figures.events import KINDS_OF, Events, at_of, undone
from tests.people.factories import make_user

pytestmark = pytest.mark.django_db
CUTS = [(one.code, by) for one in INDICATORS for by in one.cut]
MOMENTS = st.builds(at_of, st.dates(date(2024, 12, 28), date(2025, 3, 3)), st.integers(0, 23))
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS_OF), MOMENTS, st.integers(0, 59)), min_size=6, max_size=24)
SOME = st.lists(st.sampled_from(CUTS), min_size=10, max_size=10, unique=True)
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
SPANS = st.sampled_from((YEAR, (date(2024, 12, 30), date(2025, 2, 2))))


@pytest.fixture
def whole(city: City) -> User:
    return make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="whole")


def opened(indicator: Indicator, rows: Any) -> Any:
    """What the rows of a list come to, each counted on its own."""
    rows = rows.order_by()
    if not indicator.amount:
        return len(set(rows.values_list("pk", flat=True)))
    amount = F(indicator.amount) if isinstance(indicator.amount, str) else indicator.amount
    return scaled(int(rows.aggregate(all=Sum(amount))["all"] or 0), indicator.scale)


def wrong(period: Period, user: User, cuts: list[tuple[str, Dimension]]) -> list[str]:
    """Cuts whose parts are not the whole, or that open something else than they count."""
    found = []
    for code, by in cuts:
        indicator = INDICATORS.get(code)
        cut = Cut(indicator, by, period, user)
        parts = cut.parts()
        if sum(part.count for part in parts) != counted(indicator, period):
            found.append(f"{code} by {by}: not the whole")
        for part in parts:
            if opened(indicator, cut.rows(part.key)) != part.count or cut.name_of(part.key) is None:
                found.append(f"{code} by {by}: {part}")
    return found


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    told=EVENTS,
    region=st.sampled_from(("", CITY, NORTH, SOUTH)),
    cuts=SOME,
    span=SPANS,
)
def test_the_parts_are_the_whole_after_any_events(
    events: Events,
    whole: User,
    told: list[tuple[str, datetime, int]],
    region: str,
    cuts: list[tuple[str, Dimension]],
    span: tuple[date, date],
) -> None:
    with undone():
        for what, at, n in told:
            events.write(what, at, n)
        for user in (whole, events.city.supervisor):
            assert wrong(Period(*span, region), user, cuts) == []


@pytest.mark.long
def test_every_cut_takes_a_rich_year_apart(rich: Period, whole: User) -> None:
    with one_moment():
        assert wrong(rich, whole, CUTS) == []
        empty = {code for code, by in CUTS if not Cut(INDICATORS.get(code), by, rich, whole).parts()}
    assert empty <= {"own_premises", "windows", "hotline_seats", "kiosks", "stations_lacking"}


def test_every_indicator_can_be_taken_apart_by_place() -> None:
    assert [one.code for one in INDICATORS if Dimension.REGION not in one.cut] == []


def matters(city: City) -> list[Case]:
    return [make_taken(city), make_taken(city), make_case()]


def this_year(region: str = "") -> Period:
    today = timezone.localdate()
    return Period(date(today.year, 1, 1), date(today.year, 12, 31), region)


def test_of_persons_only_those_whom_this_user_sees_have_a_name(city: City, whole: User) -> None:
    matters(city)
    indicator, year = INDICATORS.get("matters"), this_year()
    own = Cut(indicator, Dimension.PERSON, year, whole)
    assert [(part.name, part.count) for part in own.parts()] == [(city.alice.worker.name, 2), ("没有登记", 1)]
    south = make_user(RoleCode.SUPERVISOR, region=city.regions[SOUTH], username="south")
    cut = Cut(indicator, Dimension.PERSON, year, south)
    assert [(part.key, part.count) for part in cut.parts()] == [(OTHERS, 2), (NOWHERE, 1)]
    assert cut.name_of(str(city.alice.worker.pk)) is None
    assert cut.rows(OTHERS).count() == 2


@pytest.mark.parametrize("role", [RoleCode.LEADER, RoleCode.FINANCE])
def test_who_keeps_nobody_sees_no_persons(city: City, role: RoleCode) -> None:
    indicator = INDICATORS.get("matters")
    assert Dimension.PERSON not in dimensions(indicator, city.users[role])
    assert dimensions(indicator, city.supervisor) == list(indicator.cut)


@pytest.mark.parametrize("key", ["", "x", "-1", "99999999999999999999", "٣", "1' OR 1=1", "\x00"])
@pytest.mark.parametrize("by", Dimension)
def test_an_unknown_part_has_no_name(city: City, whole: User, by: Dimension, key: str) -> None:
    assert Cut(INDICATORS.get("matters"), by, this_year(), whole).name_of(key) is None


def test_a_cut_costs_the_same_with_many_people(city: City, whole: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            Cut(INDICATORS.get("matters"), Dimension.PERSON, this_year(), whole).parts()
        return len(seen)

    matters(city), cost()
    few = cost()
    for n in range(8):
        worker = Worker.objects.create(code=f"w{n}", name=f"某{n}", post="lawyer", region_id=NORTH)
        Case.objects.filter(pk=make_taken(city).pk).update(owner=worker)
    assert cost() == few <= 5
