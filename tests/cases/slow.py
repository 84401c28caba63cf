"""When a period ends, worked out slowly and apart from the house: day by day, from the rows as written.

Of the house nothing is used: days off are asked of the notices themselves (chinese_calendar), rules are read
from their files or rows as plain words.
"""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

CHINA = ZoneInfo("Asia/Shanghai")
Pause = tuple[datetime, datetime]


def is_worked(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def slow_end(
    start: datetime,
    amount: int,
    unit: str,
    *,
    first_day_counts: bool = False,
    end_moves: bool = True,
    pauses: Iterable[Pause] = (),
) -> datetime:
    """The last second of the period, in China's time.

    民法典 Art. 201: the first day is not counted; Art. 202: a month ends on the same day; Art. 203: an end on
    a day off moves on. Days on which the matter stood still do not count, nor may the period end on one.
    """
    start = start.astimezone(CHINA)
    if unit == "hour":
        return _hours(start, amount, end_moves, pauses)
    still = {day for pause in pauses for day in _days_of(pause)}
    day = start.date()
    if unit == "month":
        day = _months(day, amount, still, first_day_counts)
    else:
        counted = 0
        if first_day_counts:
            day -= timedelta(days=1)
        while counted < amount:
            day += timedelta(days=1)
            if day not in still and (unit == "calendar_day" or is_worked(day)):
                counted += 1
    while end_moves and (day in still or not is_worked(day)):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=CHINA)


def _days_of(pause: Pause) -> Iterable[date]:
    """The day a pause begins still counts, the day it ends does not."""
    day, last = (moment.astimezone(CHINA).date() for moment in pause)
    while day < last:
        day += timedelta(days=1)
        yield day


def _months(day: date, amount: int, still: set[date], first_day_counts: bool) -> date:
    month = day.month - 1 + amount
    year, month = day.year + month // 12, month % 12 + 1
    end = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    if first_day_counts:
        end -= timedelta(days=1)
    # Every day that stood still is given back at the end, and those among the days given back too.
    walked = day
    while walked < end:
        walked += timedelta(days=1)
        if walked in still:
            end += timedelta(days=1)
    return end


def _hours(start: datetime, amount: int, end_moves: bool, pauses: Iterable[Pause]) -> datetime:
    end = start + timedelta(hours=amount)
    for begin, until in sorted(pauses):
        begin = max(begin.astimezone(CHINA), start)
        if begin < end and begin < until:
            end += until - begin
    while end_moves and not is_worked(end.date()):
        end += timedelta(days=1)
    return end
