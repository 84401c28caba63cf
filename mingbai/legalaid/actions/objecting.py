"""Objections to a refusal or a termination: by the applicant, judged by the bureau (法律援助法 Art. 49)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.actions._record import held, lead, now_or
from mingbai.legalaid.enums import FOUR_EYES, DecisionState, Judgement
from mingbai.legalaid.models import Decision, Objection
from mingbai.legalaid.rules.letters import ordered_text, upheld_text
from mingbai.legalaid.rules.stages import next_stage


@transaction.atomic
def object_to(*, case: Case, by: Actor, text: str, at: datetime | None = None) -> Objection:
    """异议: five days for the bureau. Raises Refused "objected_already", "wrong_stage", "empty_text"."""
    at, case = now_or(at), held(case)
    text = clean_text(text, most=5000)
    next_stage(case.stage, "object")
    decision = _last(case)
    if decision.objections.exists():
        raise Refused(_("对这个决定已经提出过异议。"), code="objected_already")
    objection = Objection(case=case, decision=decision, filed_by=by.name, filed_at=at)
    objection.text = text
    objection.save(force_insert=True)
    lead(case, "object", "objected", by, at, decision=decision.pk)
    return objection


def _last(case: Case) -> Decision:
    """The decision that stands and takes something away."""
    found = case.aid_decisions.filter(kind__in=FOUR_EYES, state=DecisionState.MADE).last()
    if found is None:
        raise Refused(_("没有可以提异议的决定。"), code="no_decision")
    return found


@transaction.atomic
def judge(*, case: Case, by: Actor, outcome: str, answer: str, at: datetime | None = None) -> Case:
    """维持, or 责令改正: the decision is overturned and aid given. Who decided it does not judge it.

    Raises Refused "own_decision", "bad_choice", "no_objection", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    if outcome not in (Judgement.UPHELD, Judgement.ORDERED):
        raise Refused(_("请选维持还是责令改正。"), code="bad_choice", field="outcome")
    answer = clean_text(answer, most=2000, field="answer")
    objection = case.aid_objections.select_related("decision").filter(outcome=Judgement.OPEN).last()
    if objection is None:
        raise Refused(_("没有等待审查的异议。"), code="no_objection")
    decision = objection.decision
    if by.code in (decision.made_by, decision.proposed_by):
        raise Refused(_("作出决定的人不能审查对它的异议。"), code="own_decision")
    objection.outcome, objection.judged_by, objection.judged_at = outcome, by.name, at
    objection.answer = answer
    objection.save()
    if outcome == Judgement.UPHELD:
        return lead(case, "uphold", "objection_upheld", by, at, text=upheld_text(answer), tells=True)
    decision.state = DecisionState.OVERTURNED
    decision.save(update_fields=["state"])
    return lead(case, "order", "objection_ordered", by, at, text=ordered_text(answer), tells=True)
