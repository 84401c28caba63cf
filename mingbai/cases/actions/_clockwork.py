"""Starting, stopping, pausing clocks, and keeping `due_at`: called by the actions, inside their transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from mingbai.cases.enums import ENDED_STATES, ClockEnd, State, WaitingOn
from mingbai.cases.models import Case, Clock
from mingbai.cases.queries import rulebook
from mingbai.cases.rules.clocks import Deadline, Matter, pauses_of, rules_started, run
from mingbai.places.queries import register


def matter_of(case: Case) -> Matter:
    return Matter(case.kind, case.is_wage, case.is_urgent, case.stage)


def build(
    case: Case, event: str, at: datetime, *, subject: str = "", unless_stops: Iterable[str] = ()
) -> list[Clock]:
    """The unsaved clocks that an event starts, due times worked out."""
    day = timezone.localdate(at)
    rules = rules_started(rulebook().deadlines, event, matter_of(case), day)
    return [_clock(case, rule, at, subject) for rule in rules if rule.stops_on not in set(unless_stops)]


def _clock(case: Case, rule: Deadline, at: datetime, subject: str) -> Clock:
    ends, soon = run(rule, at, register().workdays)
    return Clock(
        case=case,
        rule_id=rule.id,
        subject=subject,
        started_at=at,
        due_at=ends.at,
        soon_at=soon,
        is_estimated=ends.estimated,
    )


def start(
    case: Case, event: str, at: datetime, *, subject: str = "", unless_stops: Iterable[str] = ()
) -> None:
    """Start the clocks of an event, but none twice for one rule and subject."""
    book = rulebook()
    running = {
        (book.by_id[rule_id].code, kept)
        for rule_id, kept in case.clocks.filter(done_at=None).values_list("rule_id", "subject")
    }
    clocks = build(case, event, at, subject=subject, unless_stops=unless_stops)
    Clock.objects.bulk_create(c for c in clocks if (book.by_id[c.rule_id].code, subject) not in running)


def stop(case: Case, event: str, at: datetime, *, subject: str = "") -> None:
    """End the running clocks that this event stops: met, or late."""
    book = rulebook()
    for clock in case.clocks.filter(done_at=None, subject=subject):
        if book.by_id[clock.rule_id].stops_on == event:
            _end(clock, at, ClockEnd.MET if at <= clock.due_at else ClockEnd.LATE)


def cancel(case: Case, at: datetime) -> None:
    """End what still runs when a matter ends otherwise."""
    for clock in case.clocks.filter(done_at=None):
        _end(clock, at, ClockEnd.LATE if at > clock.due_at and not clock.is_paused else ClockEnd.CANCELLED)


def _end(clock: Clock, at: datetime, end: str) -> None:
    clock.done_at, clock.end = at, end
    clock.save(update_fields=["done_at", "end"])


def pause(case: Case, at: datetime) -> None:
    """The resident owes something: clocks whose rule allows it stand still."""
    book = rulebook()
    for clock in case.clocks.filter(done_at=None):
        if book.by_id[clock.rule_id].pauses and not clock.is_paused:
            clock.pauses.append([at.isoformat(), None])
            clock.save(update_fields=["pauses"])


def resume(case: Case, at: datetime) -> None:
    for clock in case.clocks.filter(done_at=None):
        if clock.is_paused:
            clock.pauses[-1][1] = at.isoformat()
            recompute(clock, at)
            clock.save(update_fields=["pauses", "due_at", "soon_at", "is_estimated"])


def recompute(clock: Clock, now: datetime) -> None:
    """Set the due time anew from rule, start, pauses and extension (not saved)."""
    ends, soon = run(
        rulebook().by_id[clock.rule_id],
        clock.started_at,
        register().workdays,
        extra=clock.extra,
        pauses=pauses_of(clock.pauses, now),
    )
    clock.due_at, clock.soon_at, clock.is_estimated = ends.at, soon, ends.estimated


def settle(case: Case) -> None:
    """Set who is waited for and the earliest running due time (fields only; the caller saves)."""
    if case.state in ENDED_STATES:
        case.waiting_on = WaitingOn.NOBODY
    else:
        case.waiting_on = WaitingOn.RESIDENT if case.state == State.WAITING else WaitingOn.STATION
    case.due_at = earliest(case.clocks.filter(done_at=None))


def earliest(clocks: Iterable[Clock]) -> datetime | None:
    return min((clock.due_at for clock in clocks if not clock.is_paused), default=None)
