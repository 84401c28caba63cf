"""Slots: by table, and the same as a slow reference that walks minute by minute on 500 random rule sets."""

import time as clock
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.workdays import Day, Workdays
from mingbai.people import actions as people
from mingbai.places import actions as places
from mingbai.visits.actions import openings
from mingbai.visits.models import Opening
from mingbai.visits.queries.slots import book, next_free, openings_of
from mingbai.visits.rules.slots import Gap, Rule, days_of, slots, times_of
from tests.cases.factories import CITY, NORTH, TOWN, City
from tests.visits.factories import EVERY_DAY, ahead, make_booking, make_opening, moment_at, on_working_days

ZONE = ZoneInfo("Asia/Shanghai")
PLAIN = Workdays({})
# 2026: 1 October to 7 October off; Saturday 10 October is worked.
GOLDEN = Workdays(
    {date(2026, 10, n): Day(False, "国庆节") for n in range(1, 8)}
    | {date(2026, 10, 10): Day(True, "国庆节调休")}
)


def rule(**values) -> Rule:
    return Rule(
        **{
            "opening": 1,
            "station": "S",
            "first_on": date(2026, 1, 1),
            "last_on": None,
            "starts": time(9),
            "ends": time(11),
            "minutes": 30,
            **values,
        }
    )


def counted(rules, first, last, calendar=PLAIN, taken=None, shut=frozenset(), away=frozenset()):
    return slots(
        rules,
        first,
        last,
        calendar=calendar,
        zone=ZONE,
        taken=taken or {},
        is_shut=lambda station, day: (station, day) in shut,
        is_away=lambda worker, day: (worker, day) in away,
    )


@pytest.mark.parametrize(
    ("values", "calendar", "first", "last", "days"),
    [
        ({"weekdays": {1, 3}}, PLAIN, (9, 1), (9, 10), [(9, 1), (9, 3), (9, 8), (9, 10)]),
        ({"weekdays": {1}, "every": 2, "first_on": date(2026, 9, 1)}, PLAIN, (9, 1), (9, 30), [
            (9, 1), (9, 15), (9, 29),
        ]),
        ({"weekdays": {3}}, GOLDEN, (9, 24), (10, 8), [(9, 24), (10, 8)]),
        ({"weekdays": {3}, "on_day_off": "keep"}, GOLDEN, (9, 30), (10, 8), [(10, 1), (10, 8)]),
        ({"weekdays": {3}, "on_day_off": "next"}, GOLDEN, (10, 1), (10, 8), [(10, 8)]),
        ({"weekdays": {5}}, PLAIN, (9, 1), (9, 12), [(9, 5), (9, 12)]),
        ({"repeat": "monthly", "month_days": {5, 20}, "on_day_off": "next"}, PLAIN, (9, 1), (9, 30), [
            (9, 7), (9, 21),
        ]),
        ({"repeat": "monthly", "month_days": {5, 20}, "on_day_off": "next"}, GOLDEN, (10, 1), (10, 31), [
            (10, 8), (10, 20),
        ]),
        ({"repeat": "monthly", "month_days": {5, 20}, "on_day_off": "skip"}, GOLDEN, (10, 1), (10, 31), [
            (10, 20),
        ]),
        ({"repeat": "monthly", "month_days": {10}}, GOLDEN, (10, 1), (10, 31), [(10, 10)]),
        ({"repeat": "monthly", "month_days": {31}}, PLAIN, (6, 1), (7, 31), [(6, 30), (7, 31)]),
        ({"weekdays": {0}, "last_on": date(2026, 9, 7)}, PLAIN, (9, 1), (9, 30), [(9, 7)]),
        # The last day it names is put off beyond its end, and is held all the same.
        ({"repeat": "monthly", "month_days": {20}, "on_day_off": "next", "last_on": date(2026, 9, 20)},
         PLAIN, (9, 1), (9, 30), [(9, 21)]),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(values, calendar, first, last, days):
    for name in ("weekdays", "month_days"):
        values[name] = frozenset(values.get(name, ()))
    found = days_of(rule(**values), date(2026, *first), date(2026, *last), calendar)
    assert found == [date(2026, *day) for day in days]


def test_where_clocks_are_changed_a_morning_stays_a_morning():
    """China has no summer time, but the zone is a setting: 29 March 2026 has 23 hours in Berlin."""
    all_days = rule(weekdays=frozenset(range(7)))
    found = slots(
        [all_days],
        date(2026, 3, 28),
        date(2026, 3, 29),
        calendar=PLAIN,
        zone=ZoneInfo("Europe/Berlin"),
        taken={},
        is_shut=lambda *_any: False,
        is_away=lambda *_any: False,
    )
    local = [f"{slot.starts_at:%d %H:%M}" for slot in found]
    assert local == [f"{day} {at}" for day in (28, 29) for at in ("09:00", "09:30", "10:00", "10:30")]
    first, second = found[0].starts_at.astimezone(UTC), found[4].starts_at.astimezone(UTC)
    assert second - first == timedelta(hours=23)


def test_a_rest_shorter_than_a_slot_is_none():
    assert times_of(rule(starts=time(9), ends=time(10, 10), minutes=30)) == [
        (time(9), time(9, 30)),
        (time(9, 30), time(10)),
    ]


def test_taken_seats_gaps_shut_stations_and_absent_people_are_left_out():
    monday, tuesday, wednesday = (date(2026, 9, n) for n in (7, 8, 9))
    one = rule(
        weekdays=frozenset(range(5)),
        capacity=2,
        worker=7,
        gaps=(Gap(tuesday, tuesday, time(9, 15), time(9, 45)),),
    )
    nine = datetime(2026, 9, 7, 9, tzinfo=ZONE)
    found = counted(
        [one], monday, wednesday, taken={(1, nine): 1}, shut={("S", wednesday)}, away={(8, monday)}
    )
    assert [(f"{slot.starts_at:%d %H:%M}", slot.free) for slot in found] == [
        ("07 09:00", 1), ("07 09:30", 2), ("07 10:00", 2), ("07 10:30", 2), ("08 10:00", 2), ("08 10:30", 2),
    ]  # fmt: skip
    assert counted([one], monday, monday, away={(7, monday)}) == []
    assert counted([one], monday, monday, taken={(1, nine): 5})[0].free == 0


# ── the slow reference: every day is asked of every day it may come from, every minute of every hour ──


def slow_named(one: Rule, day: date) -> bool:
    if day < one.first_on or (one.last_on and day > one.last_on):
        return False
    if one.repeat == "monthly":
        return any(min(wanted, monthrange(day.year, day.month)[1]) == day.day for wanted in one.month_days)
    if day.weekday() not in one.weekdays:
        return False
    walk, weeks = one.first_on, 0
    while walk < day:
        walk += timedelta(days=1)
        weeks += walk.weekday() == 0
    return weeks % one.every == 0


def slow_landing(one: Rule, day: date, calendar: Workdays) -> date | None:
    entry = calendar.days.get(day)
    off = entry is not None and not entry.workday
    if one.repeat == "monthly" and entry is None:
        off = day.weekday() >= 5
    if not off or one.on_day_off == "keep":
        return day
    if one.on_day_off == "skip":
        return None
    while True:
        day += timedelta(days=1)
        entry = calendar.days.get(day)
        if entry.workday if entry else day.weekday() < 5:
            return day


def slow(rules, first, last, calendar, taken):
    found = []
    day = first
    while day <= last:
        for one in rules:
            origins = [day - timedelta(days=n) for n in range(60)]
            if any(slow_named(one, o) and slow_landing(one, o, calendar) == day for o in origins):
                found += slow_day(one, day, taken)
        day += timedelta(days=1)
    return sorted(found)


def slow_day(one: Rule, day: date, taken):
    at = datetime.combine(day, one.starts, ZONE)
    end = datetime.combine(day, one.ends, ZONE)
    while at + timedelta(minutes=one.minutes) <= end:
        until = at + timedelta(minutes=one.minutes)
        minutes = [at + timedelta(minutes=n) for n in range(one.minutes)]
        if not any(hit(gap, minute) for gap in one.gaps for minute in minutes):
            yield at, one.opening, until, max(0, one.capacity - taken.get((one.opening, at), 0))
        at = until


def hit(gap: Gap, minute: datetime) -> bool:
    if not gap.first_on <= minute.date() <= gap.last_on:
        return False
    return gap.starts is None or gap.starts <= minute.time() < gap.ends


DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30))
CLOCK = st.builds(time, st.integers(7, 19), st.sampled_from([0, 10, 15, 30, 45]))


@st.composite
def gaps(draw):
    first = draw(DAYS)
    hours = draw(st.none() | st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] < pair[1]))
    last = first + timedelta(days=draw(st.integers(0, 5)))
    return Gap(first, last, *(hours or (None, None)))


@st.composite
def rules(draw, number=1):
    starts, ends = sorted(draw(st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] != pair[1])))
    first = draw(DAYS)
    length = draw(st.none() | st.integers(0, 90))
    return Rule(
        opening=number,
        station="S",
        first_on=first,
        last_on=None if length is None else first + timedelta(days=length),
        starts=starts,
        ends=ends,
        minutes=draw(st.sampled_from([10, 15, 20, 30, 45, 60, 90])),
        capacity=draw(st.integers(1, 3)),
        repeat=draw(st.sampled_from(["weekly", "monthly"])),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        month_days=draw(st.frozensets(st.integers(1, 31), min_size=1, max_size=4)),
        every=draw(st.integers(1, 3)),
        on_day_off=draw(st.sampled_from(["skip", "next", "keep"])),
        gaps=tuple(draw(st.lists(gaps(), max_size=2))),
    )


@st.composite
def worlds(draw):
    found = [draw(rules(n)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    named = draw(st.dictionaries(DAYS, st.booleans(), max_size=25))
    first = draw(DAYS)
    calendar = Workdays({day: Day(worked, "x") for day, worked in named.items()})
    seats = draw(st.lists(st.tuples(st.sampled_from(found), DAYS, st.integers(0, 3)), max_size=5))
    taken = {(one.opening, datetime.combine(day, one.starts, ZONE)): count for one, day, count in seats}
    return found, first, first + timedelta(days=draw(st.integers(0, 9))), calendar, taken


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_same_as_by_hand_on_500_random_rule_sets(world):
    found, first, last, calendar, taken = world
    quick = counted(found, first, last, calendar, taken)
    assert [(s.starts_at, s.opening, s.ends_at, s.free) for s in quick] == slow(
        found, first, last, calendar, taken
    )


# ── from the tables ──

pytestmark = pytest.mark.django_db


def test_a_month_of_a_county_is_quick_and_takes_few_queries(city: City):
    """30 openings a day, the morning in slots of a quarter of an hour."""
    for n in range(30):
        make_opening(
            city, weekdays=EVERY_DAY, minutes=15, starts=time(8, 30), ends=time(11, 30), receives=f"律师{n}"
        )
    there, first = openings_of([NORTH]), ahead()
    make_booking(there[0], moment_at(first, 8, 30))
    book(there, first, first)  # the registers are in memory by then
    with CaptureQueriesContext(
        connection,
    ) as queries:
        took = []
        for _n in range(3):
            begun = clock.perf_counter()
            found = book(there, first, first + timedelta(days=30))
            took.append(clock.perf_counter() - begun)
    assert len(queries) <= 3 * 6
    assert len(found.slots) >= 20 * 30 * 12 and found.slots[0].free == 0
    print(f"{len(found.slots)} slots in {min(took) * 1000:.0f} ms, {len(queries) // 3} queries")


def test_absence_closure_and_the_end_of_an_opening_take_slots(city: City):
    worker = city.workers[NORTH]
    opening = on_working_days(city, worker=worker.pk)
    day = ahead(2)

    def free():
        return [slot for slot in book([opening], day, day).slots if slot.free]

    assert len(free()) == 4
    absence = people.add_absence(by=SYSTEM, worker=worker, starts_on=day, ends_on=day)
    assert free() == []
    people.cancel_absence(by=SYSTEM, absence=absence)
    closure = places.add_closure(
        by=SYSTEM, station=city.stations[NORTH], starts_on=day, ends_on=day, reason="停电"
    )
    assert free() == []
    places.remove_closure(by=SYSTEM, closure=closure)
    openings.break_off(
        by=SYSTEM, opening=opening, first_on=day, last_on=day, starts=time(9), ends=time(10), reason="开会"
    )
    assert [f"{timezone.localtime(slot.starts_at):%H:%M}" for slot in free()] == ["10:00", "10:30"]
    ended = openings.end_opening(by=SYSTEM, opening=opening, last_on=timezone.localdate(), reason="调走")
    assert book([ended], day, day).slots == []


def test_the_next_times_serve_the_line_and_lie_within_the_days_ahead(city: City):
    make_opening(city, weekdays=EVERY_DAY, ahead_days=5)
    make_opening(city, station=TOWN, weekdays=EVERY_DAY, lines=("mediation",))
    assert len(next_free([NORTH], line="consultation", most=50)) <= 4 * 6
    assert next_free([NORTH], line="mediation") == []
    assert {slot.opening for slot in next_free([NORTH, TOWN], line="mediation")} == {
        Opening.objects.get(station_id=TOWN).pk
    }
    assert next_free([CITY]) == []


def test_too_long_a_period_is_refused(city: City):
    with pytest.raises(ValueError, match="too long"):
        book([make_opening(city)], ahead(), ahead() + timedelta(days=400))
