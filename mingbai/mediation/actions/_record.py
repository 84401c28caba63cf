"""What the actions of mediation share: the matter held, the stage checked, the ends that all ends have."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked
from mingbai.cases.actions.handover import disengage
from mingbai.cases.actions.stages import enter_stage
from mingbai.cases.enums import State
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.refused import Refused
from mingbai.mediation.actions._passes import tell_parties
from mingbai.mediation.enums import AgreementState, MediatorState, SessionState
from mingbai.mediation.line import KIND
from mingbai.mediation.models import Agreement, Mediation, Mediator, Party, Sitting
from mingbai.mediation.queries import mediators_of, parties_of
from mingbai.mediation.rules.parties import Standing, lacking
from mingbai.mediation.rules.stages import next_stage
from mingbai.visits.actions.bookings import cancel_booking
from mingbai.visits.enums import VisitState

__all__ = ["enter"]


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()


def held(case: Case) -> Case:
    """The matter as it is now, held until the transaction ends. Raises Refused "no_mediation", "merged"."""
    case = locked(case)
    if case.kind != KIND or not case.stage:
        raise Refused(_("这件不是人民调解。"), code="no_mediation")
    if case.state == State.MERGED:
        raise Refused(_("这件已经并到别的办件里，请到那一件里办。"), code="merged")
    return case


def row_of(case: Case) -> Mediation:
    """Its row; one that was opened before the line had rows gets it now."""
    row = Mediation.objects.get_or_create(case=case)[0]
    row.case = case
    return row


def lead(case: Case, verb: str, entry: str, by: Actor, at: datetime, **more: Any) -> Case:
    """Along the table by `verb`, entered as `med.<entry>`; what follows is the trunk's.

    What one party does on line is told to the others by the house, not in that party's name.
    """
    stage, voice = next_stage(case.stage, verb), SYSTEM if by.kind == "resident" else None
    led = enter_stage(case=case, by=by, stage=stage, verb=f"med.{entry}", voice=voice, at=at, **more)
    if more.get("tells"):
        tell_parties(case, by, at, f"med.{entry}")
    return led


def party_in(case: Case, pk: int | None) -> Party:
    """One of its parties, held. Raises Refused "unknown_party"."""
    found = Party.objects.select_for_update(of=("self",)).filter(pk=pk or 0, case=case, left_at=None).first()
    if found is None:
        raise Refused(_("这件里没有这位当事人，请重新选择。"), code="unknown_party", field="party")
    found.case = case
    return found


def ended(case: Case, outcome: str, at: datetime) -> Mediation:
    """How it came out; meetings that were still agreed on are off, and their rooms free."""
    row = row_of(case)
    row.outcome, row.ended_at = outcome, at
    row.save()
    for sitting in Sitting.objects.filter(case=case, state=SessionState.PLANNED).select_related("visit"):
        sitting.case = case
        call_off(sitting, SYSTEM_REASON, at)
    return row


SYSTEM_REASON = "调解已结束"


def call_off(sitting: Sitting, reason: str, at: datetime, by: Actor | None = None) -> None:
    """The meeting does not take place; what was booked for it is free for others."""
    sitting.state, sitting.done_at = SessionState.CANCELLED, at
    sitting.save()
    if sitting.visit is not None and sitting.visit.state == VisitState.BOOKED:
        cancel_booking(by=by or SYSTEM, visit=sitting.visit, reason=reason, at=at)


def dismiss(case: Case, by: Actor, at: datetime, why: str) -> None:
    """All mediators have done their part and do not see the matter any more."""
    for one in mediators_of(case):
        stop(one, MediatorState.ENDED, by, at, why)


def stop(one: Mediator, state: MediatorState, by: Actor, at: datetime, why: str) -> None:
    one.state, one.ended_at = state, at
    one.end_why = why
    one.save()
    disengage(case=one.case, by=by, worker=one.worker, result=str(state.label), at=at)


def refuse_ended(case: Case) -> None:
    """Raises Refused "wrong_stage" once it is over: what is written about the beginning stands.

    The state alone says so: an outcome stays of the time before a reopening.
    """
    if case.state not in _LIVE:
        raise Refused(_("这件调解已经结束，不能再改。"), code="wrong_stage")


_LIVE = frozenset({State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.WAITING})


def agreement_in(case: Case, state: str, missing: str) -> Agreement:
    """The agreement in that state, held. Raises Refused "no_agreement"."""
    found = Agreement.objects.select_for_update(of=("self",)).filter(case=case, state=state).first()
    if found is None:
        raise Refused(missing, code="no_agreement")
    found.case = case
    return found


def today(at: datetime) -> date:
    return timezone.localdate(at)


def void_draft(case: Case, at: datetime, why: str) -> None:
    """What waited for signatures is void; nobody deletes it."""
    draft = Agreement.objects.filter(case=case, state=AgreementState.DRAFT).first()
    if draft is not None:
        draft.case = case
        draft.state, draft.void_why = AgreementState.VOID, why
        draft.save()


def refuse_unready(case: Case) -> None:
    """Nobody is mediated who has not agreed, nor by nobody. Raises Refused "not_ready" with all gaps."""
    gaps = lacking(_standing(case), has_lead=any(one.is_lead for one in mediators_of(case)))
    if gaps:
        raise Refused(_("还不能调解：") + "".join(gaps), code="not_ready")


def _standing(case: Case) -> list[Standing]:
    return [Standing(party.name, party.side, party.consent) for party in parties_of(case)]
