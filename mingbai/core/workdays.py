"""Working days and due dates: pure arithmetic on a calendar of exceptions, explained step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from mingbai.core.steps import Step, StepKind, Unit, joined

__all__ = ["Day", "Due", "Pauses", "Span", "Step", "Unit", "Workdays", "due", "soon_at"]

Pause = tuple[datetime, datetime]
Pauses = Sequence[Pause]

ONE_DAY = timedelta(days=1)
END_OF_DAY = time(23, 59, 59)
_MOST_AMOUNT = 3660
_MOST_REMEMBERED = 1024
_MOST_DAYS = 30_000  # a calendar without working days must not make us walk for ever


@dataclass(frozen=True, slots=True)
class Day:
    """A day that the calendar names: a holiday, or a weekend day that is worked."""

    workday: bool
    name: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its length, whether the first day counts, whether an end on a day off moves.

    民法典 Art. 201: the day it starts is not counted. Art. 203: an end on a day off moves to the next
    working day. Both are part of the rule, since some rules say otherwise.
    """

    amount: int
    unit: Unit
    first_day_counts: bool = False
    end_moves: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= _MOST_AMOUNT:
            raise ValueError(f"a period of {self.amount} is not possible")


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends, why, and whether a day without a published notice was needed to say so."""

    at: datetime
    steps: tuple[Step, ...]
    estimated: bool


class Workdays:
    """A calendar: named days over the plain week of Monday to Friday.

    A year is known when it has named days and none of them is estimated; in any other year every day,
    also an ordinary Wednesday, is an estimate, since the notice may swap it.
    """

    def __init__(self, days: Mapping[date, Day]) -> None:
        self.days = days
        estimated_years = {d.year for d, entry in days.items() if entry.estimated}
        self.known_years = frozenset({d.year for d in days} - estimated_years)
        # A due date is the same for every case of a day and rule; it goes when the calendar is reloaded.
        self.remembered: dict[tuple[date, Span, frozenset[date]], Due] = {}

    def is_workday(self, d: date) -> bool:
        entry = self.days.get(d)
        return entry.workday if entry else d.weekday() < 5

    def is_estimated(self, d: date) -> bool:
        return d.year not in self.known_years

    def name_of(self, d: date) -> str:
        """Return the name of a holiday or swapped day, or "" for plain days."""
        entry = self.days.get(d)
        return entry.name if entry else ""

    def next_workday(self, d: date) -> date:
        """Return the first working day after `d`."""
        return self.add_workdays(d, 1)

    def add_workdays(self, start: date, n: int) -> date:
        """Return the n-th working day after `start`, which itself is not counted; n < 0 goes back."""
        step, left, d = (ONE_DAY if n > 0 else -ONE_DAY), abs(n), start
        for _tries in range(_MOST_DAYS):
            if not left:
                return d
            d += step
            left -= self.is_workday(d)
        raise ValueError("the calendar has too few working days")

    def count_workdays(self, after: date, until: date) -> int:
        """Return how many working days lie after `after`, up to and with `until`."""
        return sum(self.is_workday(after + ONE_DAY * n) for n in range(1, (until - after).days + 1))


def due(start: datetime, span: Span, calendar: Workdays, *, paused: Pauses = ()) -> Due:
    """Return when a period that starts at `start` (aware) ends, with its explanation.

    Days and months end at 24:00 of their last day, given as 23:59:59 local time; hours count from the
    moment, and where their end moves it keeps its time of day. A pause takes whole days out of a period of
    days: by the rule of Art. 201 the day it begins is not part of it, the day it ends is. It takes its exact
    duration out of a period of hours. An open pause is passed with `now` as its end.
    """
    start = timezone.localtime(start)
    if span.unit == "hour":
        return _due_by_hours(start, span, calendar, _merged(paused))
    asked = (start.date(), span, _paused_days(paused))
    if asked not in calendar.remembered:
        if len(calendar.remembered) >= _MOST_REMEMBERED:
            calendar.remembered.clear()
        calendar.remembered[asked] = _due_by_days(*asked, calendar)
    return calendar.remembered[asked]


def due_on(day: date) -> Due:
    """The end of a day that somebody has set, instead of a period."""
    at = timezone.make_aware(datetime.combine(day, END_OF_DAY))
    return Due(at, (Step(day, "set", day),), estimated=False)


def soon_at(due: Due, span: Span, calendar: Workdays) -> datetime:
    """Return when the warning starts: with the working day before, or the last fifth of a period of hours.

    A period of one day warns from the beginning of its last day.
    """
    if span.unit == "hour":
        return due.at - timedelta(hours=span.amount) / 5
    last = timezone.localtime(due.at).date()
    if span.amount > 1 or span.unit == "month":
        last = calendar.add_workdays(last, -1)
    return timezone.make_aware(datetime.combine(last, time()))


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way through the days of one period, one step a day."""

    span: Span
    calendar: Workdays
    paused: frozenset[date]
    from_year: int

    def step(self, d: date, kind: StepKind, ordinal: int = 0) -> Step:
        by_calendar = kind in ("off", "moved") or (kind == "counted" and self.span.unit == "working_day")
        return Step(
            date=d,
            kind=kind,
            until=d,
            first=ordinal,
            last=ordinal,
            name=self.calendar.name_of(d) if kind in ("off", "moved") else "",
            unit=self.span.unit,
            estimated=by_calendar and self.calendar.is_estimated(d),
            from_year=self.from_year,
        )

    def steps(self, start: date) -> Iterator[Step]:
        """Yield the days from the start to the last one."""
        last = start
        if not self.span.first_day_counts:
            yield self.step(start, "start")
            start += ONE_DAY
        for step in self._counted(start, _days_to_count(last, self.span)):
            last = step.date
            yield step
        if self.span.end_moves and self.span.unit != "working_day":
            yield from self.moved(last)

    def _counted(self, d: date, goal: int) -> Iterator[Step]:
        counted, by_workdays = 0, self.span.unit == "working_day"
        for _tries in range(_MOST_DAYS):
            if d in self.paused:
                yield self.step(d, "paused")
            elif by_workdays and not self.calendar.is_workday(d):
                yield self.step(d, "off")
            else:
                counted += 1
                yield self.step(d, "counted", counted)
            if counted == goal:
                return
            d += ONE_DAY
        raise ValueError("the calendar has too few working days")

    def moved(self, last: date) -> Iterator[Step]:
        """Yield the days off (Art. 203) on which the period would end, then the day on which it does."""
        if self.calendar.is_workday(last):
            if self.calendar.is_estimated(last):
                yield replace(self.step(last, "end"), estimated=True)
            return
        end = self.calendar.next_workday(last)
        while end in self.paused:
            end = self.calendar.next_workday(end)
        for n in range((end - last).days):
            d = last + ONE_DAY * n
            yield self.step(d, "paused" if d in self.paused else "moved")
        yield replace(self.step(end, "end"), estimated=self.calendar.is_estimated(end))


def _days_to_count(start: date, span: Span) -> int:
    """Return how many days to count; months end on the day of the same number, or on the month's last
    day where it has none (民法典 Art. 202)."""
    if span.unit != "month":
        return span.amount
    year, month = divmod(start.year * 12 + start.month - 1 + span.amount, 12)
    first_after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = date(year, month + 1, min(start.day, (first_after - ONE_DAY).day))
    return (last - start).days


def _due_by_days(start: date, span: Span, paused: frozenset[date], calendar: Workdays) -> Due:
    walk = _Walk(span, calendar, paused, start.year)
    steps = list(walk.steps(start))
    estimated = any(step.estimated for step in steps)
    last = steps[-1].date
    at = timezone.make_aware(datetime.combine(last, END_OF_DAY))
    if steps[-1].kind == "end":
        steps.pop()
    steps.append(replace(walk.step(last, "end"), estimated=estimated, at=at))
    return Due(at, joined(steps), estimated)


def _due_by_hours(start: datetime, span: Span, calendar: Workdays, paused: Sequence[Pause]) -> Due:
    walk = _Walk(span, calendar, frozenset(), start.year)
    steps, at = [replace(walk.step(start.date(), "start"), at=start)], start + timedelta(hours=span.amount)
    for begin, end in paused:
        since = max(timezone.localtime(begin), start)
        if since < at and since < end:
            at += end - since
            steps.append(replace(walk.step(since.date(), "paused"), until=timezone.localtime(end).date()))
    if span.end_moves:
        moved = list(walk.moved(at.date()))
        steps += [step for step in moved if step.kind == "moved"]
        at += (moved[-1].date - at.date()) if moved else timedelta()
    estimated = span.end_moves and calendar.is_estimated(at.date())
    steps.append(replace(walk.step(at.date(), "end"), estimated=estimated, at=at))
    return Due(at, joined(steps), estimated)


def _paused_days(paused: Pauses) -> frozenset[date]:
    """Return the days that pauses take out: after the day each begins, up to the day it ends."""
    days: set[date] = set()
    for begin, end in paused:
        d, last = timezone.localtime(begin).date(), timezone.localtime(end).date()
        days.update(d + ONE_DAY * n for n in range(1, (last - d).days + 1))
    return frozenset(days)


def _merged(paused: Pauses) -> list[Pause]:
    """Return the pauses in order, overlapping ones joined."""
    merged: list[Pause] = []
    for begin, end in sorted(paused):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
