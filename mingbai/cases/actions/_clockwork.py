"""Starting, stopping, pausing clocks, and keeping `due_at`: called by the actions, in their transaction."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import ENDED_STATES, ClockEnd, Event, State, WaitingOn
from mingbai.cases.kinds import line_work
from mingbai.cases.models import Case, Clock
from mingbai.cases.queries import Books, books
from mingbai.cases.rules.clocks import Deadline, Matter, pauses_of, rules_started, run
from mingbai.cases.rules.stages import stage_after
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_text

ALL_BUT_ACCEPTING = frozenset(Event.values) - {Event.ACCEPTED}
NEW_TIME_TO_TAKE_UP = frozenset(Event.values) - {Event.TAKEN_UP}
"""As `unless_stops`: only the clock of taking up starts anew; the promise to the resident runs on."""
_TIMES = ("pauses", "is_paused", "due_at", "soon_at", "is_estimated")
"""What a clock that stood still and was set anew has to write."""


def matter_of(case: Case) -> Matter:
    return Matter(case.kind, case.is_wage, case.is_urgent, case.stage)


def build(
    case: Case,
    event: str,
    at: datetime,
    book: Books,
    *,
    subject: str = "",
    unless_stops: Collection[str] = (),
) -> list[Clock]:
    """The unsaved clocks that an event starts, due times worked out."""
    rules = rules_started(book.rules.deadlines, event, matter_of(case), timezone.localdate(at))
    return [_clock(case, rule, at, subject, book) for rule in rules if rule.stops_on not in unless_stops]


def _clock(case: Case, rule: Deadline, at: datetime, subject: str, book: Books) -> Clock:
    ends, soon = run(rule, at, book.places.workdays)
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
    case: Case, event: str, at: datetime, *, subject: str = "", unless_stops: Collection[str] = ()
) -> None:
    """Start the clocks of an event, but none twice for one rule and subject."""
    book = books()
    codes = {rule.id: rule.code for rule in book.rules.deadlines}
    running = {(codes[clock.rule_id], clock.subject) for clock in running_of(case)}
    clocks = build(case, event, at, book, subject=subject, unless_stops=unless_stops)
    begin(case, [c for c in clocks if (codes[c.rule_id], subject) not in running])


def begin(case: Case, clocks: Iterable[Clock]) -> None:
    """Write these clocks; they run."""
    made = Clock.objects.bulk_create(clocks)
    if case.running is not None:
        case.running.extend(made)


def running_of(case: Case) -> list[Clock]:
    """Soonest first. Read once for a matter that an action holds: nobody else changes them meanwhile."""
    if case.running is None:
        case.running = list(case.clocks.filter(done_at=None))
    return sorted((c for c in case.running if c.done_at is None), key=lambda c: (c.due_at, c.pk))


def stop(case: Case, *events: str, at: datetime, subject: str = "") -> None:
    """End the running clocks that one of these events stops: met, or late."""
    rules = books().rules.by_id
    for clock in running_of(case):
        if clock.subject == subject and rules[clock.rule_id].stops_on in events:
            end(clock, at, ClockEnd.MET if clock.is_paused or at <= clock.due_at else ClockEnd.LATE)


def change_stage(case: Case, stage: str, at: datetime) -> None:
    """Into a stage: the clocks of the one before end, those of the new one start (rules on "stage")."""
    if stage == case.stage:
        return
    rules = books().rules.by_id
    for clock in running_of(case):
        rule = rules[clock.rule_id]
        if rule.stops_on == Event.STAGE and rule.stage not in ("", stage) and not clock.subject:
            end(clock, at, ClockEnd.MET if clock.is_paused or at <= clock.due_at else ClockEnd.LATE)
    case.stage = stage
    start(case, Event.STAGE, at)


def follow_stage(case: Case, at: datetime) -> None:
    """The stage that goes with the state to which a verb of the trunk has brought the matter."""
    if case.stage:
        change_stage(case, stage_after(line_work(case.kind).stages, case.stage, case.state), at)


def start_code(case: Case, code: str, at: datetime, *, subject: str) -> None:
    """Start the clock of one rule by its code, beside the stages: what a line owes in its own time."""
    book = books()
    matter = matter_of(case)
    known = [rule for rule in book.rules.deadlines if rule.code == code]
    for rule in rules_started(known, Event.STAGE, replace(matter, stage=code), timezone.localdate(at)):
        if not case.clocks.filter(done_at=None, rule__code=code, subject=subject).exists():
            begin(case, [_clock(case, rule, at, subject, book)])


def end_of(case: Case, code: str, at: datetime) -> datetime | None:
    """When the period of one rule that begins now would end; nothing is started."""
    book = books()
    known = [rule for rule in book.rules.deadlines if rule.code == code]
    asked = replace(matter_of(case), stage=code)
    rules = rules_started(known, Event.STAGE, asked, timezone.localdate(at))
    return next((_clock(case, rule, at, "", book).due_at for rule in rules), None)


def stop_subject(case: Case, subject: str, at: datetime) -> None:
    for clock in running_of(case):
        if clock.subject == subject:
            end(clock, at, ClockEnd.MET if clock.is_paused or at <= clock.due_at else ClockEnd.LATE)


def restart_code(case: Case, code: str, at: datetime) -> None:
    """End the running clock of a stage's rule and start the next: reports that are owed again and again."""
    rules = books().rules.by_id
    for clock in running_of(case):
        if rules[clock.rule_id].code == code and not clock.subject:
            end(clock, at, ClockEnd.MET if clock.is_paused or at <= clock.due_at else ClockEnd.LATE)
    start(case, Event.STAGE, at)


def cancel(case: Case, at: datetime, *, only_own: bool = False, unless_stops: Collection[str] = ()) -> None:
    """End what still runs when a matter ends otherwise; what had run out before stays late.

    `only_own` leaves the clocks of hand-overs, which run on by themselves.
    """
    rules = books().rules.by_id
    for clock in running_of(case):
        if (only_own and clock.subject) or rules[clock.rule_id].stops_on in unless_stops:
            continue
        is_late = at > clock.due_at and not clock.is_paused
        end(clock, at, ClockEnd.LATE if is_late else ClockEnd.CANCELLED)


def end(clock: Clock, at: datetime, how: str) -> None:
    clock.done_at, clock.end = at, how
    if clock.is_paused:
        # While it stood still its end moved on: who ends it then is not late.
        clock.pauses[-1][1], clock.is_paused = at.isoformat(), False
        recompute(clock, at, books())
    clock.save(update_fields=["done_at", "end", *_TIMES])
    if at > clock.due_at:
        run_out(clock.case)


def run_out(case: Case) -> None:
    """A clock of it ran out: said on the matter, so that figures need not ask its clocks."""
    if not case.ran_out:
        case.ran_out = True
        case.save(update_fields=["ran_out"])


def look_again(case: Case) -> None:
    """A clock that had run out has time again (field only; the caller saves): has another run out?"""
    case.ran_out = Clock.objects.over().filter(case=case).exists()


def pause(case: Case, at: datetime) -> None:
    """The resident owes something: clocks whose rule allows it stand still."""
    rules = books().rules.by_id
    for clock in running_of(case):
        if rules[clock.rule_id].pauses and not clock.is_paused:
            clock.pauses.append([at.isoformat(), None])
            clock.is_paused = True
            clock.save(update_fields=["pauses", "is_paused"])


def resume(case: Case, at: datetime) -> None:
    book = books()
    for clock in running_of(case):
        if clock.is_paused:
            clock.pauses[-1][1], clock.is_paused = at.isoformat(), False
            recompute(clock, at, book)
            clock.save(update_fields=_TIMES)


def recompute(clock: Clock, now: datetime, book: Books) -> None:
    """Set the due time anew from rule, start, pauses and extension (not saved)."""
    ends, soon = run(
        book.rules.by_id[clock.rule_id],
        clock.started_at,
        book.places.workdays,
        extra=clock.extra,
        pauses=pauses_of(clock.pauses, now),
        until=clock.until,
    )
    clock.due_at, clock.soon_at, clock.is_estimated = ends.at, soon, ends.estimated


def set_day(clock: Clock, now: datetime, since: date | None, until: date | None, *, is_bounded: bool) -> None:
    """From an earlier day on, to a day that was set: no earlier than that, nor later than the rule allows."""
    book = books()
    rule = book.rules.by_id[clock.rule_id]
    if since is not None and since < timezone.localdate(clock.started_at):
        clock.started_at = timezone.make_aware(datetime.combine(since, time()))
    if until is not None:
        _check_day(clock, rule, until, book, is_bounded)
    clock.until = until
    recompute(clock, now, book)
    clock.save(update_fields=["started_at", "until", "due_at", "soon_at", "is_estimated"])


def _check_day(clock: Clock, rule: Deadline, until: date, book: Books, is_bounded: bool) -> None:
    if until < timezone.localdate(clock.started_at):
        raise Refused(_("期限不能早于起算的那天。"), code="bad_day", field="due_on")
    last, _soon = run(rule, clock.started_at, book.places.workdays, extra=rule.extension_most)
    if is_bounded and until > timezone.localdate(last.at):
        told = {"rule": rule.name, "day": day_text(timezone.localdate(last.at))}
        raise Refused(_("“%(rule)s”最迟到%(day)s。") % told, code="bad_day", field="due_on")


def settle(case: Case) -> None:
    """Set who is waited for and the earliest running due time (fields only; the caller saves).

    An ended matter whose bad rating still waits for its return call waits on the station.
    """
    clocks = running_of(case)
    if case.state in ENDED_STATES:
        case.waiting_on = WaitingOn.STATION if clocks else WaitingOn.NOBODY
    else:
        case.waiting_on = WaitingOn.RESIDENT if case.state == State.WAITING else WaitingOn.STATION
    case.due_at = earliest(clocks)


def earliest(clocks: Iterable[Clock]) -> datetime | None:
    return min((clock.due_at for clock in clocks if not clock.is_paused), default=None)
