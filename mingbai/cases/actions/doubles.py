"""Doubles: one matter that came twice is merged by a person, and un-merged when that was wrong."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import enter, locked, move, moved, now_or, saved
from mingbai.cases.enums import OPEN_STATES, ClockEnd, Event, HandoverState, State
from mingbai.cases.kinds import is_pending, stage_of
from mingbai.cases.models import Case, Clock, Handover
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused


@transaction.atomic
def merge_cases(*, case: Case, by: Actor, into: Case, reason: str, at: datetime | None = None) -> Case:
    """并单: `case` rests in `into`, which goes on; both histories say so, both numbers still answer.

    Raises Refused "same_case", "target_ended", "wrong_state".
    """
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    if case.pk == into.pk:
        raise Refused(_("不能并入自己。"), code="same_case", field="into")
    case, into = _both(case, into)
    if not into.is_open:
        raise Refused(_("要并入的办件已经办结，请先恢复办理。"), code="target_ended", field="into")
    before = move(case, "merge")
    case.merged_into, case.closed_at = into, at
    case.needs_designation = False
    Handover.objects.filter(case=case, state=HandoverState.OFFERED).update(
        state=HandoverState.TAKEN_BACK, answered_at=at, answered_by=by.name
    )
    _clockwork.cancel(case, at)
    saved(case, "merged", by, at, into=into.number, why=reason, **moved(case, before))
    enter(into, "absorbed", by, at, number=case.number, why=reason)
    return case


def _both(case: Case, other: Case) -> tuple[Case, Case]:
    """Both locked in the order of their keys, so that two mergers never wait for each other."""
    first, second = sorted((case, other), key=lambda one: one.pk)
    held = {one.pk: one for one in (locked(first), locked(second))}
    return held[case.pk], held[other.pk]


@transaction.atomic
def unmerge_case(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """They were two matters after all: it goes on with the clocks it had, as if they had never stopped."""
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    into = Case.objects.filter(merged=case.pk).first()
    if into is None:
        raise Refused(_("这件没有并单。"), code="not_merged")
    case, into = _both(case, into)
    merged_at, before = case.closed_at, move(case, "unmerge")
    case.merged_into = case.closed_at = None
    stage = stage_of(case.kind, case.stage)
    if stage is not None and stage.state in OPEN_STATES - {State.WAITING}:
        case.state = stage.state  # a line's matter comes back to the step where it was
    _revive(case, merged_at, at)
    if is_pending(case):
        # Asking had met the period of acceptance; what was owed is forgiven, so that period begins anew.
        _clockwork.start(case, Event.OPENED, at, unless_stops=_clockwork.ALL_BUT_ACCEPTING)
    saved(case, "unmerged", by, at, into=into.number, why=reason, **moved(case, before))
    enter(into, "released", by, at, number=case.number, why=reason)
    return case


def _revive(case: Case, merged_at: datetime | None, at: datetime) -> None:
    """The clocks that the merging stopped run on; what the resident owed is forgiven up to now."""
    for clock in Clock.objects.filter(case=case, done_at=merged_at, subject="").exclude(end=ClockEnd.MET):
        clock.done_at, clock.end = None, ""
        if clock.pauses and clock.pauses[-1][1] == (merged_at.isoformat() if merged_at else None):
            clock.pauses[-1][1], clock.is_paused = None, True
        clock.save(update_fields=["done_at", "end", "pauses", "is_paused"])
    case.running = None
    _clockwork.look_again(case)
    _clockwork.resume(case, at)
