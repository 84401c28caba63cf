"""What the actions of legal aid share: the matter held, the stage checked, decisions written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import locked
from mingbai.cases.actions.handover import disengage
from mingbai.cases.actions.stages import enter_stage
from mingbai.cases.enums import State
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.actions import _pay as pay
from mingbai.legalaid.enums import AssignmentState, DecisionKind, DecisionState
from mingbai.legalaid.line import KIND
from mingbai.legalaid.models import Application, Decision
from mingbai.legalaid.rules.stages import next_stage


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()


def held(case: Case) -> Case:
    """The matter as it is now, held until the transaction ends. Raises Refused "no_application", "merged"."""
    case = locked(case)
    if case.kind != KIND or not case.stage:
        raise Refused(_("这件不是法律援助申请。"), code="no_application")
    if case.state == State.MERGED:
        raise Refused(_("这件已经并到别的办件里，请到那一件里办。"), code="merged")
    return case


def application_of(case: Case) -> Application:
    """Its application; one that was opened before the line had rows gets it now."""
    return Application.objects.get_or_create(case=case)[0]


def lead(case: Case, verb: str, entry: str, by: Actor, at: datetime, **more: Any) -> Case:
    """Along the table by `verb`, entered as `aid.<entry>`; what follows is the trunk's."""
    stage = next_stage(case.stage, verb)
    return enter_stage(case=case, by=by, stage=stage, verb=f"aid.{entry}", at=at, **more)


def decided(
    case: Case, kind: DecisionKind, by: Actor, at: datetime, *, reason: str = "", **more: Any
) -> Decision:
    """A decision that one person makes alone."""
    decision = Decision(
        case=case, kind=kind, state=DecisionState.MADE, made_by=by.code, made_name=by.name, made_at=at, **more
    )
    decision.reason = reason
    decision.save(force_insert=True)
    return decision


def proposal_of(case: Case) -> Decision:
    """The proposal that waits for another person. Raises Refused "no_proposal"."""
    found = case.aid_decisions.filter(state=DecisionState.PROPOSED).first()
    if found is None:
        raise Refused(_("没有等待复核的决定。"), code="no_proposal")
    return found


def propose(
    case: Case,
    kind: DecisionKind,
    by: Actor,
    at: datetime,
    reason: str,
    laws: Sequence[str] = (),
    ground: str = "",
) -> Decision:
    """A decision that waits for a second person. Raises Refused "proposed_already"."""
    decision = Decision(
        case=case,
        kind=kind,
        state=DecisionState.PROPOSED,
        ground=ground,
        laws=[law.strip()[:200] for law in laws if law.strip()],
        stage_before=case.stage,
        proposed_by=by.code,
        proposed_name=by.name,
        proposed_at=at,
    )
    decision.reason = clean_text(reason, most=2000, field="reason")
    if case.aid_decisions.filter(state=DecisionState.PROPOSED).exists():
        raise Refused(_("已有一项决定在等复核。"), code="proposed_already")
    decision.save(force_insert=True)
    return decision


def made(proposal: Decision, by: Actor, at: datetime) -> Decision:
    """The proposal becomes the decision. Raises Refused "four_eyes" for who proposed it."""
    if proposal.proposed_by == by.code:
        raise Refused(_("提出的人不能自己复核，请另一位负责人来定。"), code="four_eyes")
    proposal.state, proposal.made_by, proposal.made_name = DecisionState.MADE, by.code, by.name
    proposal.made_at = at
    proposal.save()
    return proposal


def back_to(case: Case, stage: str, by: Actor, at: datetime) -> Case:
    """A termination that was not agreed to: the work goes on where it stood."""
    return enter_stage(case=case, by=by, stage=stage, verb="aid.termination_sent_back", at=at)


def end_assignment(case: Case, state: AssignmentState, by: Actor, at: datetime, why: str = "") -> None:
    """Whoever works it does not any more; nobody is no mistake."""
    current = case.aid_assignments.select_related("worker").filter(state=AssignmentState.ACTIVE).first()
    if current is None:
        return
    current.case = case
    current.state, current.ended_at, current.end_why = state, at, why
    current.save()
    if state in (AssignmentState.DECLINED, AssignmentState.REPLACED):
        pay.given_up(current, by, at, why)
    disengage(case=case, by=by, worker=current.worker, result=str(state.label), at=at)
