"""A line leads its matter from stage to stage: state, clocks, telling and ending follow from its table."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import accepted, in_hand, locked, now_or, refuse_open_handover, saved, say
from mingbai.cases.actions._tell import notify_resident
from mingbai.cases.enums import ENDED_STATES, Event, HandoverState, MessageKind, State
from mingbai.cases.kinds import Stage, stage_of
from mingbai.cases.models import Case, Handover
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused


@transaction.atomic
def enter_stage(
    *,
    case: Case,
    by: Actor,
    stage: str,
    verb: str,
    text: str = "",
    news: str = "",
    laws: tuple[str, ...] = (),
    decides: bool = False,
    tells: bool = False,
    voice: Actor | None = None,
    at: datetime | None = None,
    **data: Any,
) -> Case:
    """Into another stage by the line's own verb (`aid.granted`), which the line has checked.

    `decides`: the application is answered, its clocks stop. `text` stands on the resident's page as the
    answer, `news` as progress, said by `voice` (else by `by`); `tells` sends word that something is new. A
    stage of the state "answered" starts the clock of telling, one of an ended state ends the matter. Raises
    Refused "handover_open" or "merged"; KeyError for a stage that the line does not have.
    """
    at, case = now_or(at), locked(case)
    if decides:
        refuse_open_handover(case)
    target, before, was = _target(case, stage), case.state, case.stage
    if before == State.WAITING and target.state != State.WAITING:
        _clockwork.resume(case, at)
    case.state = target.state
    in_hand(case)
    accepted(case, at)
    _said(case, voice or by, at, text, news, laws)
    if decides:
        _clockwork.stop(case, Event.ACCEPTED, Event.ANSWERED, at=at)
    _tell_or_end(case, before, by, at)
    _clockwork.change_stage(case, stage, at)
    if tells:
        notify_resident(case=case, event=f"{verb}:{at.timestamp():.0f}", template="case_progress", by=by)
    data |= {"from": before, "to": case.state, "stage": stage, "was": was}
    return saved(case, verb, by, at, **data)


def _target(case: Case, stage: str) -> Stage:
    target = stage_of(case.kind, stage)
    if target is None:
        raise KeyError(f"{case.kind}: no stage {stage!r}")
    if case.state == State.MERGED:
        raise Refused(_("这件已经并到别的办件里，请到那一件里办。"), code="merged")
    return target


def _said(case: Case, by: Actor, at: datetime, text: str, news: str, laws: tuple[str, ...]) -> None:
    if text:
        say(case, MessageKind.ANSWER, by, text, at, laws=list(laws))
    if news:
        say(case, MessageKind.PROGRESS, by, news, at)


def _tell_or_end(case: Case, before: str, by: Actor, at: datetime) -> None:
    if case.state in ENDED_STATES:
        case.closed_at = at
        Handover.objects.filter(case=case, state=HandoverState.OFFERED).update(
            state=HandoverState.TAKEN_BACK, answered_at=at, answered_by=by.name
        )
        _clockwork.cancel(case, at, unless_stops=(Event.CALLED_BACK,))
        return
    case.closed_at = None
    if case.state == State.ANSWERED:
        case.answered_at, case.told_at, case.told_how = at, None, ""
        _clockwork.start(case, Event.ANSWERED, at)
    elif before == State.ANSWERED:
        # It goes on: what was told before is no answer to what is decided next.
        _clockwork.stop(case, Event.TOLD, Event.CLOSED, at=at)
        case.told_at, case.told_how = None, ""


@transaction.atomic
def note_progress(
    *, case: Case, by: Actor, verb: str, at: datetime | None = None, public: str = "", **data: Any
) -> Case:
    """Something of the line's that leaves the stage as it is; `public` is what the resident reads of it."""
    at, case = now_or(at), locked(case)
    if public:
        say(case, MessageKind.PROGRESS, by, public, at)
        notify_resident(case=case, event=f"{verb}:{at.timestamp():.0f}", template="case_progress", by=by)
    return saved(case, verb, by, at, **data)


@transaction.atomic
def start_clock(*, case: Case, by: Actor, code: str, subject: str, at: datetime | None = None) -> Case:
    """Start the period of one rule beside the stages (its row has its own code as stage); once a subject."""
    at, case = now_or(at), locked(case)
    _clockwork.start_code(case, code, at, subject=subject)
    _clockwork.settle(case)
    case.save(update_fields=["due_at", "waiting_on"])
    return case


@transaction.atomic
def stop_clock(*, case: Case, by: Actor, subject: str, at: datetime | None = None) -> Case:
    """What was owed is done: the clock of that subject ends, met or late."""
    at, case = now_or(at), locked(case)
    _clockwork.stop_subject(case, subject, at)
    _clockwork.settle(case)
    case.save(update_fields=["due_at", "waiting_on"])
    return case


@transaction.atomic
def restart_clock(*, case: Case, by: Actor, code: str, at: datetime | None = None) -> Case:
    """What a stage owes again and again was done: its clock ends, met or late, and starts anew."""
    at, case = now_or(at), locked(case)
    _clockwork.restart_code(case, code, at)
    _clockwork.settle(case)
    case.save(update_fields=["due_at", "waiting_on"])
    return case
