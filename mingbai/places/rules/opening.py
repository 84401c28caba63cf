"""When a station is open: weekly hours, holidays and worked weekends of the calendar, closures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone

from mingbai.core.workdays import Workdays

ONE_DAY = timedelta(days=1)
MIDNIGHT_FROM = time(23, 59)
"""A day that closes at 23:59 or later closes at midnight: a time of day cannot say 24:00."""

_LOOK_AHEAD = 370


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Open on a weekday (0 is Monday) from `opens` until before `closes`, local time."""

    weekday: int
    opens: time
    closes: time
    on_days_off: bool = False

    def holds(self, at: time) -> bool:
        return self.opens <= at and (at < self.closes or self.closes >= MIDNIGHT_FROM)


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """Shut from the first to the last day, both included."""

    starts_on: date
    ends_on: date
    reason: str

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


DEFAULT_HOURS = tuple(
    HoursRow(weekday, opens, closes)
    for weekday in range(5)
    for opens, closes in ((time(8, 30), time(11, 30)), (time(13), time(17)))
)
"""A station that has registered no hours is taken to keep office hours."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What decides on one station's doors. An unbuilt or closed station never opens."""

    hours: Sequence[HoursRow]
    closures: Sequence[ClosureRow]
    is_built: bool = True
    closed_on: date | None = None

    def hours_on(self, day: date, calendar: Workdays) -> list[HoursRow]:
        """Return the hours of a day, earliest first; empty when shut.

        The calendar's named days off shut the station, except for rows that say otherwise; plain weekends
        are for the weekly hours themselves to say. A weekend day that is worked (调休上班) has the hours of
        the first weekday that has any, unless the weekend day has hours of its own.
        """
        if not self.is_built or (self.closed_on and self.closed_on <= day):
            return []
        if any(closure.covers(day) for closure in self.closures):
            return []
        rows = self._of_weekday(day.weekday())
        named = calendar.days.get(day)
        if named and not named.workday:
            rows = [row for row in rows if row.on_days_off]
        elif named and not rows and self.hours:
            rows = self._of_weekday(min(row.weekday for row in self.hours))
        return rows

    def _of_weekday(self, weekday: int) -> list[HoursRow]:
        return sorted((row for row in self.hours if row.weekday == weekday), key=lambda row: row.opens)

    def is_open(self, at: datetime, calendar: Workdays) -> bool:
        local = at.astimezone(get_current_timezone())
        return any(row.holds(local.time()) for row in self.hours_on(local.date(), calendar))

    def next_opening(self, at: datetime, calendar: Workdays) -> datetime | None:
        """Return when the doors next open after `at`; None when they do not within a year."""
        if not self.is_built:
            return None
        return next((start for start in self._starts(at, calendar) if start > at), None)

    def _starts(self, at: datetime, calendar: Workdays) -> Iterator[datetime]:
        zone = get_current_timezone()
        first = at.astimezone(zone).date()
        for n in range(_LOOK_AHEAD):
            day = first + ONE_DAY * n
            for row in self.hours_on(day, calendar):
                yield datetime.combine(day, row.opens, tzinfo=zone)


def overlapping(rows: Sequence[HoursRow]) -> HoursRow | None:
    """Return the first row that begins before the one before it on the same weekday has ended."""
    ordered = sorted(rows, key=lambda row: (row.weekday, row.opens))
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before.weekday == after.weekday and after.opens < before.closes:
            return after
    return None
