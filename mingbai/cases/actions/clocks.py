"""No silent deadline: warn, raise to the supervisor, extend once, and correct after a calendar change."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import enter, locked, move, now_or
from mingbai.cases.actions._tell import notify_late
from mingbai.cases.enums import Event, ExtensionState, Unit
from mingbai.cases.models import Case, Clock, Extension
from mingbai.cases.queries import Books, books, rulebook
from mingbai.cases.rules.clocks import Deadline
from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused

_BATCH = 500


def tick(*, by: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Warn of clocks that run out soon, raise those that have: each once, in the matter's history.

    A matter that nobody took up, or an offer that nobody answered, goes to the supervisor. Returns how many
    were entered. A machine's clock that jumped only makes the entry come earlier or later, never twice.
    """
    now = now_or(now)
    soon = Clock.objects.soon(now).filter(warned_at=None).order_by("soon_at", "id")
    late = Clock.objects.late(now).filter(raised_at=None).order_by("due_at", "id")
    return _each(soon, "warned_at", "clock_soon", by, now) + _each(late, "raised_at", "clock_late", by, now)


def _each(clocks: QuerySet[Clock], field: str, verb: str, by: Actor, now: datetime) -> int:
    """In batches, so that a morning after a long stop is worked through as well."""
    done = 0
    while pks := list(clocks.values_list("pk", flat=True)[:_BATCH]):
        marked = sum(_mark(pk, field, verb, by, now) for pk in pks)
        done += marked
        if not marked:  # another worker has them
            break
    return done


@transaction.atomic
def _mark(pk: int, field: str, verb: str, by: Actor, now: datetime) -> int:
    """One short transaction a clock: a writer never waits for the whole round."""
    case = locked(Case(pk=Clock.objects.values_list("case_id", flat=True).get(pk=pk)))
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=pk)
    if clock.done_at or clock.is_paused or getattr(clock, field):
        return 0
    setattr(clock, field, now)
    clock.save(update_fields=[field])
    rule = rulebook().by_id[clock.rule_id]
    if field == "raised_at" and rule.stops_on in _TO_THE_SUPERVISOR and not case.needs_designation:
        case.needs_designation = True
        case.save(update_fields=["needs_designation"])
    enter(case, verb, by, now, rule=rule.code, due=clock.due_at.isoformat())
    if field == "raised_at":
        _clockwork.run_out(case)
        notify_late(case=case, clock=clock, rule=rule.name, by=by)
    return 1


_TO_THE_SUPERVISOR = (Event.TAKEN_UP, Event.HANDOVER_ANSWERED)


@transaction.atomic
def ask_extension(
    *, clock: Clock, by: Actor, amount: int, reason: str, at: datetime | None = None
) -> Extension:
    """Ask for more time, before the due time, up to the rule's cap (in the rule's unit)."""
    at, case = now_or(at), locked(clock.case)
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    reason = clean_text(reason, most=500, field="reason")
    move(case, "extend")
    rule = rulebook().by_id[clock.rule_id]
    _check_extension(clock, rule, amount, at)
    extension = Extension.objects.create(
        clock=clock, amount=amount, reason=reason, asked_by=by.name, asked_at=at
    )
    enter(case, "extension_asked", by, at, rule=rule.code, amount=amount, extension=extension.pk)
    return extension


def _check_extension(clock: Clock, rule: Deadline, amount: int, at: datetime) -> None:
    most = rule.extension_most
    if not most:
        raise Refused(_("这项时限不能延期。"), code="no_extension")
    if not 1 <= amount <= most:
        text = _("最多延期 %(most)d %(unit)s。") % {"most": most, "unit": Unit(rule.unit).label}
        raise Refused(text, code="extension_too_long", field="amount")
    if clock.done_at or at >= clock.due_at:
        raise Refused(_("延期须在到期之前申请。"), code="extension_too_late")
    if clock.extensions.exclude(state=ExtensionState.REFUSED).exists():
        raise Refused(_("每个时限只能延期一次。"), code="extended_already")


@transaction.atomic
def decide_extension(
    *, extension: Extension, by: Actor, granted: bool, answer: str = "", at: datetime | None = None
) -> Case:
    at = now_or(at)
    case = locked(extension.clock.case)
    extension = Extension.objects.select_for_update(of=("self",)).select_related("clock").get(pk=extension.pk)
    if extension.state != ExtensionState.ASKED:
        raise Refused(_("%(who)s已经审批过。") % {"who": extension.decided_by}, code="decided_already")
    if not granted:
        answer = clean_text(answer, most=500, field="answer")
    extension.state = ExtensionState.GRANTED if granted else ExtensionState.REFUSED
    extension.decided_by, extension.decided_at, extension.answer = by.name, at, answer
    extension.save()
    if granted:
        _lengthen(case, extension.clock, extension.amount, at)
        case.is_extended = True
    _clockwork.settle(case)
    case.save()
    verb = "extended" if granted else "extension_refused"
    enter(case, verb, by, at, amount=extension.amount, extension=extension.pk, due=_iso(case.due_at))
    return case


@transaction.atomic
def give_time(
    *, case: Case, by: Actor, code: str, amount: int, reason: str, at: datetime | None = None
) -> Case:
    """More time for the running clock of one rule, where a line's law leaves it to the parties: once, up to
    the rule's cap. Raises Refused "no_clock", "no_extension", "extension_too_long", "extension_too_late",
    "extended_already".
    """
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    found = case.clocks.select_for_update(of=("self",)).filter(rule__code=code, done_at=None).first()
    if found is None:
        raise Refused(_("这项时限没有在走。"), code="no_clock")
    _check_extension(found, rulebook().by_id[found.rule_id], amount, at)
    given = {"asked_by": by.name, "asked_at": at, "decided_by": by.name, "decided_at": at}
    Extension.objects.create(clock=found, amount=amount, reason=reason, state=ExtensionState.GRANTED, **given)
    _lengthen(case, found, amount, at)
    case.is_extended = True
    _clockwork.settle(case)
    case.save()
    return case


@transaction.atomic
def set_day(
    *,
    case: Case,
    by: Actor,
    code: str,
    since: date | None = None,
    until: date | None = None,
    is_bounded: bool = True,
    at: datetime | None = None,
) -> Case:
    """The running clock of one rule counts from an earlier day (`since`) and ends with a day that was set.

    `is_bounded`: the day lies within the rule's period and the time that it may be given beyond. The page of
    the matter, lists and warnings then know of one day only. Raises Refused "no_clock", "bad_day".
    """
    at, case = now_or(at), locked(case)
    found = next((c for c in _clockwork.running_of(case) if rulebook().by_id[c.rule_id].code == code), None)
    if found is None:
        raise Refused(_("这项时限没有在走。"), code="no_clock")
    _clockwork.set_day(found, at, since, until, is_bounded=is_bounded)
    _clockwork.settle(case)
    case.save(update_fields=["due_at", "waiting_on"])
    enter(case, "clock_set", by, at, rule=rulebook().by_id[found.rule_id].code, due=found.due_at.isoformat())
    return case


def _lengthen(case: Case, clock: Clock, amount: int, at: datetime) -> None:
    clock.extra += amount
    clock.warned_at = clock.raised_at = None
    _clockwork.recompute(clock, at, books())
    clock.save()
    _clockwork.look_again(case)


def recompute_open(*, by: Actor, now: datetime | None = None) -> int:
    """After a change of the calendar: correct every running due time that moves, with an entry each.

    Returns how many matters changed. Only clocks of days are read; each matter has its own transaction.
    """
    now, book = now_or(now), books()
    moved, after = 0, 0
    running = Clock.objects.filter(done_at=None).order_by("case_id")
    while pks := list(
        running.filter(case_id__gt=after).values_list("case_id", flat=True).distinct()[:_BATCH]
    ):
        clocks = _changed(list(running.filter(case_id__in=pks)), now, book)
        changed = sorted({clock.case_id for clock, _before in clocks})
        moved += sum(_recompute_case(pk, by, now, book) for pk in changed)
        after = pks[-1]
    return moved


def _changed(clocks: list[Clock], now: datetime, book: Books) -> list[tuple[Clock, datetime]]:
    """The clocks whose due time or certainty moves, set anew, with the due time before."""
    changed = []
    for clock in clocks:
        before, was_estimated = clock.due_at, clock.is_estimated
        _clockwork.recompute(clock, now, book)
        # A paused clock's end moves with every day; it is set when the resident has answered.
        if not clock.is_paused and (clock.due_at, clock.is_estimated) != (before, was_estimated):
            changed.append((clock, before))
    return changed


@transaction.atomic
def _recompute_case(pk: int, by: Actor, now: datetime, book: Books) -> int:
    case = locked(Case(pk=pk))
    changed = _changed(_clockwork.running_of(case), now, book)
    for clock, before in changed:
        if clock.due_at > now:
            clock.raised_at = None
        if clock.soon_at > now:
            clock.warned_at = None
        clock.save(update_fields=["due_at", "soon_at", "is_estimated", "raised_at", "warned_at"])
        if clock.due_at != before:
            rule = book.rules.by_id[clock.rule_id]
            due = {"from": _iso(before), "to": _iso(clock.due_at)}
            enter(case, "clock_corrected", by, now, rule=rule.code, **due)
    _clockwork.look_again(case)
    _clockwork.settle(case)
    case.save(update_fields=["due_at", "waiting_on", "ran_out"])
    return bool(changed)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
