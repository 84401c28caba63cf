"""Tours of home visits: never worse than by hand, promises before petrol, what is unknown stays."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.visits.actions import tours
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.tours import told, tour_of
from mingbai.visits.rules.tours import (
    Pace,
    Stop,
    moved,
    pace_on,
    paces_of,
    point_of,
    timetable,
    way,
    with_unplaced,
)  # fmt: skip
from mingbai.visits.rules.visits import Visitor
from mingbai.visits.solver.tour import LATE_COSTS, ordered
from tests.cases.factories import NORTH, City
from tests.visits.factories import ahead, make_booking, moment_at, on_working_days

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
PACE = Pace(date(2026, 1, 1), 1.3, 30)
CENTRE = (41.87, 123.95)


def stop(key: int, point: Any, since: int = 0, until: int = 480, stay: int = 20) -> Stop:
    """Minutes after nine."""
    hours = NINE + timedelta(minutes=since), NINE + timedelta(minutes=until)
    return Stop(key, *hours, timedelta(minutes=stay), point)


# ── how far, how long ──


def test_the_newest_row_that_has_begun_counts():
    rows = paces_of("2027-01-01 1.3 30; 2026-01-01 1.324 25")
    assert pace_on(date(2026, 6, 1), rows).kmh == 25 and pace_on(date(2027, 1, 1), rows).kmh == 30
    assert pace_on(date(2020, 1, 1), rows).kmh == 25


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01 0.5 30", "2026-01-01 1.3 0", "x 1.3 30"])
def test_a_pace_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  several kinds of nonsense
        paces_of(text)


def test_a_way_is_longer_than_the_line_and_never_takes_no_time():
    km, drive = way(CENTRE, (41.87, 124.07), PACE)
    assert 12 < km < 14 and timedelta(minutes=24) <= drive <= timedelta(minutes=28)
    assert way(CENTRE, CENTRE, PACE) == (0, timedelta(0))


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("41.87,123.95", CENTRE),
        (" 41.87 ， 123.95 ", CENTRE),
        ("123.95,41.87", None),
        ("41.87", None),
        ("41.87,123.95,1", None),
        ("nan,nan", None),
        ("永宁街", None),
        ("", None),
    ],
)
def test_where_a_home_is(text: str, point: Any):
    assert point_of(text) == point


# ── the order ──


def cost(order: list[Stop], start: Any, pace: Pace) -> float:
    """The slow count: seconds at the wheel and twenty times those too late."""
    seconds, now, here = 0.0, None, start
    for one in order:
        drive = way(here, one.point, pace)[1] if here else timedelta(0)
        arrives = one.since if now is None else max(one.since, now + drive)
        seconds += drive.total_seconds() + LATE_COSTS * max(0, (arrives - one.until).total_seconds())
        now, here = arrives + one.stay, one.point
    return seconds + (way(here, start, pace)[1].total_seconds() if start and here else 0)


_homes = st.lists(
    st.tuples(
        st.floats(41.80, 41.95).map(lambda one: round(one, 3)),
        st.floats(123.8, 124.1).map(lambda one: round(one, 3)),
        st.sampled_from([(0, 480), (0, 120), (60, 180), (180, 360), (240, 300)]),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(_homes, st.sampled_from([CENTRE, None]))
def test_as_good_as_the_best_of_all_orders(homes: Any, start: Any):
    stops = [stop(n, (lat, lon), *hours) for n, (lat, lon, hours) in enumerate(homes)]
    found = ordered(stops, start, PACE, seconds=0.05)
    assert sorted(found) == list(range(len(stops)))
    best = min(cost(list(order), start, PACE) for order in permutations(stops))
    assert cost([stops[key] for key in found], start, PACE) <= best


def test_a_promise_is_kept_before_a_short_way():
    near, far = stop(1, (41.88, 123.95), 200, 260), stop(2, (41.95, 123.95), 0, 30)
    assert ordered([near, far], CENTRE, PACE) == [2, 1]


def test_the_timetable_waits_for_the_promise_and_says_what_is_late_or_unknown():
    rows = timetable(
        [stop(1, CENTRE, stay=60), stop(2, None, 30, 480), stop(3, (41.95, 123.95), 0, 10)], CENTRE, PACE
    )
    assert [one.key for one in rows] == [1, 2, 3] and rows[0].arrives == NINE and rows[0].km == 0
    assert rows[1].km is None and rows[1].drive is None and rows[1].arrives == NINE + timedelta(hours=1)
    assert rows[2].is_late and not rows[0].is_late and rows[2].km is not None, "from the last known place"


def test_homes_without_a_place_stay_in_the_order_they_were_entered():
    stops = {n: stop(n, None if n in (1, 3) else CENTRE, since=60 * n) for n in range(1, 6)}
    assert with_unplaced([2, 4, 5], stops) == [1, 2, 3, 4, 5]
    assert with_unplaced([], {n: stop(n, None) for n in (7, 8)}) == [7, 8]


@pytest.mark.parametrize(("to", "order"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (99, [1, 2, 3]), (-1, [3, 1, 2])])
def test_one_is_moved_by_hand(to: int, order: list[int]):
    assert moved([1, 2, 3], 3, to) == order


# ── rows ──

FAR, MIDDLE, CLOSE = "41.95,123.95", "41.91,123.95", "41.88,123.95"


@pytest.fixture
def opening(city: City) -> Opening:
    """An afternoon in which six homes are visited, whenever it fits."""
    NORTH_AT = {"latitude": CENTRE[0], "longitude": CENTRE[1]}  # noqa: N806
    type(city.stations[NORTH]).objects.filter(pk=NORTH).update(**NORTH_AT)
    return on_working_days(city, kind="home", minutes=120, capacity=6, lines=("notary",), receives="张公证员")


def home(opening: Opening, spot: str, name: str = "赵") -> Visit:
    visitor = Visitor(name=name, phone="", place="永宁街 6 号")
    visit = make_booking(opening, moment_at(ahead(), 9), line="notary", visitor=visitor, by_staff=True)
    return tours.place_home(by=SYSTEM, visit=visit, spot=spot)


@pytest.mark.django_db
def test_a_tour_is_ordered_told_and_moved(opening: Opening):
    far, close, middle = home(opening, FAR), home(opening, CLOSE), home(opening, MIDDLE)
    order = [visit.pk for visit in tours.order_tour(by=SYSTEM, opening=opening, on=ahead())]
    assert order in ([close.pk, middle.pk, far.pk], [far.pk, middle.pk, close.pk])
    tour = told(list(tour_of(opening, ahead()).select_related("station", "opening")), ahead())
    assert tour.is_ordered and tour.unplaced == 0 and 8 < tour.km < 20
    assert not any(one.is_late for one in tour.reached.values())
    tours.move_stop(by=SYSTEM, visit=middle, to=1)
    assert list(tour_of(opening, ahead()))[0] == middle
    assert set(Entry.objects.filter(chain=opening.chain).values_list("verb", flat=True)) >= {
        "opening.ordered", "opening.moved_in_tour",
    }  # fmt: skip


@pytest.mark.django_db
def test_what_has_no_place_and_who_is_new_are_kept_and_what_is_over_stays_before(opening: Opening):
    known, unknown = home(opening, FAR), home(opening, "")
    Visit.objects.filter(pk=known.pk).update(
        state="served", outcome="accepted", ended_at=moment_at(ahead(), 9)
    )
    assert tours.order_tour(by=SYSTEM, opening=opening, on=ahead()) == [known, unknown]
    late = home(opening, CLOSE)
    assert list(tour_of(opening, ahead())) == [known, unknown, late] and late.tour_seq is None
    tours.move_stop(by=SYSTEM, visit=late, to=2)
    assert list(tour_of(opening, ahead())) == [known, late, unknown]


@pytest.mark.django_db
def test_without_any_place_the_entered_order_stands(city: City, opening: Opening):
    type(city.stations[NORTH]).objects.filter(pk=NORTH).update(latitude=None, longitude=None)
    rows = [home(opening, "") for _n in range(3)]
    assert tours.order_tour(by=SYSTEM, opening=opening, on=ahead()) == rows
    tour = told(list(tour_of(opening, ahead()).select_related("station", "opening")), ahead())
    assert tour.unplaced == 3 and tour.start is None and tour.km == 0


@pytest.mark.django_db
def test_what_is_no_tour_is_refused(city: City, opening: Opening):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    refused = {
        "no_tour": lambda: tours.order_tour(by=SYSTEM, opening=opening, on=ahead(3)),
        "not_home": lambda: tours.move_stop(by=SYSTEM, visit=visit, to=1),
        "bad_spot": lambda: home(opening, "123.95,41.87"),
    }
    for code, act in refused.items():
        with pytest.raises(Refused) as told_:
            act()
        assert told_.value.code == code
    with pytest.raises(Refused) as told_:
        tours.place_home(by=SYSTEM, visit=visit, spot=CLOSE)
    assert told_.value.code == "not_home"
