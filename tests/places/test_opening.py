"""Opening hours: ordinary days, holidays, worked weekends, closures, across the New Year of 2027."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.statutory import seed_calendar
from mingbai.core.workdays import Day, Workdays
from mingbai.places.rules import ClosureRow, HoursRow
from mingbai.places.rules.opening import DEFAULT_HOURS, Opening, overlapping

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Workdays({d: day for d, day, _source in seed_calendar(2026, 2027)})
OFFICE = Opening(DEFAULT_HOURS, ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24 08:29", False),
        ("2026-11-24 08:30", True),
        ("2026-11-24 11:30", False),
        ("2026-11-24 16:59", True),
        ("2026-11-28 10:00", False),  # Saturday
        ("2026-10-01 10:00", False),  # National Day
        ("2026-10-10 10:00", True),  # a Saturday that is worked has the hours of a weekday
        ("2026-12-31 16:59", True),
        ("2027-01-01 10:00", False),  # estimated: the notice of 2027 has not come
        ("2027-01-04 08:30", True),
    ],
)
def test_office_hours_keep_the_calendar(moment, is_open):
    assert OFFICE.is_open(at(moment), CALENDAR) is is_open


def test_another_time_zone_names_the_same_moment():
    utc = at("2026-11-24 08:30").astimezone(ZoneInfo("UTC"))
    assert OFFICE.is_open(utc, CALENDAR)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-11-24 08:00", "2026-11-24 08:30"),
        ("2026-11-24 08:30", "2026-11-24 13:00"),
        ("2026-11-27 17:00", "2026-11-30 08:30"),
        ("2026-12-31 17:00", "2027-01-04 08:30"),  # Friday is New Year's Day, then the weekend
        ("2027-02-04 17:00", "2027-02-11 08:30"),  # the spring festival of 2027 as computed from the law
    ],
)
def test_the_next_opening_is_found_across_days_off(after, opens):
    assert OFFICE.next_opening(at(after), CALENDAR) == at(opens)


def test_a_notice_that_moves_new_year_moves_the_opening():
    days = {
        date(2027, 1, 1): Day(False, "元旦"),
        date(2027, 1, 2): Day(False, "元旦"),
        date(2027, 1, 3): Day(True, "元旦调休上班"),
    }
    assert OFFICE.next_opening(at("2026-12-31 17:00"), Workdays(days)) == at("2027-01-03 08:30")


def test_a_weekend_row_opens_on_weekends_but_not_on_holidays():
    every_day = tuple(HoursRow(n, time(9), time(16)) for n in range(7))
    opening = Opening(every_day, ())
    assert opening.is_open(at("2026-11-28 10:00"), CALENDAR)
    assert not opening.is_open(at("2026-10-03 10:00"), CALENDAR)
    assert opening.hours_on(date(2026, 10, 10), CALENDAR) == [HoursRow(5, time(9), time(16))]


def test_a_hotline_is_open_on_holidays_and_at_midnight():
    seats = tuple(HoursRow(n, time(0), time(23, 59), on_days_off=True) for n in range(7))
    opening = Opening(seats, ())
    for moment in ("2027-01-01 00:00", "2027-01-01 23:59:59", "2026-11-24 12:00"):
        assert opening.is_open(at(moment), CALENDAR)


def test_closures_and_closing_shut_the_doors():
    closed_days = ClosureRow(date(2026, 11, 24), date(2026, 11, 25), "停电")
    shut = Opening(DEFAULT_HOURS, (closed_days,))
    assert not shut.is_open(at("2026-11-25 10:00"), CALENDAR)
    assert shut.next_opening(at("2026-11-24 08:00"), CALENDAR) == at("2026-11-26 08:30")
    ended = Opening(DEFAULT_HOURS, (), closed_on=date(2026, 11, 25))
    assert ended.is_open(at("2026-11-24 10:00"), CALENDAR)
    assert not ended.is_open(at("2026-11-25 10:00"), CALENDAR)
    assert ended.next_opening(at("2026-11-24 17:00"), CALENDAR) is None
    unbuilt = Opening(DEFAULT_HOURS, (), is_built=False)
    assert not unbuilt.is_open(at("2026-11-24 10:00"), CALENDAR)
    assert unbuilt.next_opening(at("2026-11-24 10:00"), CALENDAR) is None


def test_no_hours_at_all_never_open():
    nothing = Opening((), ())
    assert nothing.hours_on(date(2026, 10, 10), CALENDAR) == []
    assert nothing.next_opening(at("2026-11-24 08:00"), CALENDAR) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30), timezones=st.just(SHANGHAI)))
def test_the_next_opening_is_later_and_open_and_nothing_opens_before_it(moment):
    opens = OFFICE.next_opening(moment, CALENDAR)
    assert opens is not None and opens > moment
    assert OFFICE.is_open(opens, CALENDAR)
    if not OFFICE.is_open(moment, CALENDAR):
        assert not OFFICE.is_open(moment + (opens - moment) / 2, CALENDAR)


@pytest.mark.parametrize(
    ("rows", "is_found"),
    [
        ([HoursRow(0, time(8), time(12)), HoursRow(0, time(12), time(17))], False),
        ([HoursRow(0, time(8), time(12)), HoursRow(1, time(9), time(10))], False),
        ([HoursRow(0, time(11), time(17)), HoursRow(0, time(8), time(12))], True),
        ([], False),
    ],
)
def test_overlapping_hours_are_found(rows, is_found):
    assert (overlapping(rows) is not None) is is_found
