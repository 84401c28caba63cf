"""The clocks of one matter as pages show them: on time, soon or late, and why they end when they do."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from mingbai.cases.enums import ClockEnd
from mingbai.cases.models import Case, Clock
from mingbai.cases.queries.books import Books, books
from mingbai.cases.rules.clocks import Deadline, pauses_of, run, urgency
from mingbai.core.steps import Step


@dataclass(frozen=True)
class ClockView:
    """`state`: on_time, soon, late, paused, met, missed or cancelled. `steps` explain the due date."""

    clock: Clock
    rule: Deadline
    state: str
    steps: tuple[Step, ...]

    @property
    def due_at(self) -> datetime:
        return self.clock.due_at

    @property
    def is_running(self) -> bool:
        return self.clock.done_at is None


_ENDS = {ClockEnd.MET: "met", ClockEnd.LATE: "missed", ClockEnd.CANCELLED: "cancelled"}


def clock_views(case: Case, now: datetime | None = None) -> list[ClockView]:
    """Every clock of the matter, running ones first and by due time."""
    now = now or timezone.now()
    book = books()
    clocks = sorted(case.clocks.all(), key=lambda c: (c.done_at is not None, c.due_at, c.pk))
    return [_view(clock, book, now) for clock in clocks]


def _view(clock: Clock, book: Books, now: datetime) -> ClockView:
    rule = book.rules.by_id[clock.rule_id]
    ends, _soon = run(
        rule,
        clock.started_at,
        book.places.workdays,
        extra=clock.extra,
        pauses=pauses_of(clock.pauses, clock.done_at or now),
        until=clock.until,
    )
    return ClockView(clock, rule, _state(clock, now), ends.steps)


def _state(clock: Clock, now: datetime) -> str:
    if clock.done_at is not None:
        return _ENDS[ClockEnd(clock.end)]
    return "paused" if clock.is_paused else urgency(now, clock.soon_at, clock.due_at)
