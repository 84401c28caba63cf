"""Slots: computed from the rules of openings, never stored. Pure; the same as by hand, only quick."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from mingbai.core.workdays import Workdays
from mingbai.visits.enums import OnDayOff, Repeat

ONE_DAY = timedelta(days=1)
FURTHEST = timedelta(days=60)
"""No holiday is so long that a day is put off by more."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Days (and hours of them, where given) without reception; both days included."""

    first_on: date
    last_on: date
    starts: time | None = None
    ends: time | None = None

    def covers(self, day: date, starts: time, ends: time) -> bool:
        """True when a slot of that day from `starts` to `ends` falls into it."""
        if not self.first_on <= day <= self.last_on:
            return False
        if self.starts is None or self.ends is None:
            return True
        return starts < self.ends and self.starts < ends


@dataclass(frozen=True)
class Rule:
    """One opening as the arithmetic needs it. `worker` may be None, `last_on` None: without end."""

    opening: int
    station: str
    first_on: date
    last_on: date | None
    starts: time
    ends: time
    minutes: int
    capacity: int = 1
    repeat: str = Repeat.WEEKLY
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    every: int = 1
    on_day_off: str = OnDayOff.SKIP
    worker: int | None = None
    gaps: Sequence[Gap] = ()

    def holds(self, day: date) -> bool:
        """True on a day that the rule names, before holidays are looked at."""
        if day < self.first_on or (self.last_on is not None and day > self.last_on):
            return False
        if self.repeat == Repeat.MONTHLY:
            return self._is_month_day(day)
        weeks = (_monday(day) - _monday(self.first_on)).days // 7
        return day.weekday() in self.weekdays and weeks % self.every == 0

    def _is_month_day(self, day: date) -> bool:
        if day.day in self.month_days:
            return True
        # A rule of the 31st means the last day of a shorter month.
        last = monthrange(day.year, day.month)[1]
        return day.day == last and any(wanted > last for wanted in self.month_days)

    def is_off(self, day: date, calendar: Workdays) -> bool:
        """A weekly rule that names a Saturday means it; a day of the month means a working day."""
        if self.repeat == Repeat.MONTHLY:
            return not calendar.is_workday(day)
        named = calendar.days.get(day)
        return named is not None and not named.workday


class Slot(NamedTuple):
    """One time at which somebody can come: `free` of `capacity` seats."""

    opening: int
    starts_at: datetime
    ends_at: datetime
    free: int
    capacity: int


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_of(rule: Rule, first: date, last: date, calendar: Workdays) -> list[date]:
    """The days of a period on which the opening receives, holidays dealt with; sorted, each once.

    The bounds of the rule are those of the days it names: the 20th put off to the 22nd is still held.
    """
    since = first - FURTHEST if rule.on_day_off == OnDayOff.NEXT else first
    found = {_landed(rule, day, calendar) for day in _named(rule, since, last)}
    return sorted(day for day in found if day is not None and first <= day <= last)


def _named(rule: Rule, first: date, last: date) -> Iterator[date]:
    day = max(first, rule.first_on)
    end = last if rule.last_on is None else min(last, rule.last_on)
    while day <= end:
        if rule.holds(day):
            yield day
        day += ONE_DAY


def _landed(rule: Rule, day: date, calendar: Workdays) -> date | None:
    """Where a named day comes to lie; None where nothing is held."""
    if not rule.is_off(day, calendar) or rule.on_day_off == OnDayOff.KEEP:
        return day
    if rule.on_day_off == OnDayOff.SKIP:
        return None
    return calendar.next_workday(day)


def times_of(rule: Rule) -> list[tuple[time, time]]:
    """The times of day of its slots, first to last; a rest shorter than a slot is none."""
    begin, end = _minutes(rule.starts), _minutes(rule.ends)
    starts = range(begin, end - rule.minutes + 1, rule.minutes)
    return [(_clock(start), _clock(start + rule.minutes)) for start in starts]


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def slots(
    rules: Iterable[Rule],
    first: date,
    last: date,
    *,
    calendar: Workdays,
    zone: tzinfo,
    taken: Mapping[tuple[int, datetime], int],
    is_shut: Callable[[str, date], bool],
    is_away: Callable[[int, date], bool],
) -> list[Slot]:
    """Every slot of the rules in a period, by time; `taken` counts held seats by (opening, aware start)."""
    found: list[Slot] = []
    for rule in rules:
        times, combine = times_of(rule), datetime.combine
        for day in days_of(rule, first, last, calendar):
            if is_shut(rule.station, day) or (rule.worker is not None and is_away(rule.worker, day)):
                continue
            gaps = [gap for gap in rule.gaps if gap.first_on <= day <= gap.last_on]
            for starts, ends in times:
                if gaps and any(gap.covers(day, starts, ends) for gap in gaps):
                    continue
                at = combine(day, starts, zone)
                free = rule.capacity - taken.get((rule.opening, at), 0)
                found.append(Slot(rule.opening, at, combine(day, ends, zone), max(0, free), rule.capacity))
    found.sort(key=lambda slot: (slot.starts_at, slot.opening))
    return found
