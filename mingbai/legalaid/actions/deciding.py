"""What the aid office decides: given, given first, refused by two, transferred, deemed withdrawn."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import work
from mingbai.cases.actions._record import enter
from mingbai.cases.actions.stages import start_clock, stop_clock
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.actions._record import (
    application_of,
    back_to,
    decided,
    held,
    lead,
    made,
    now_or,
    proposal_of,
    propose,
)
from mingbai.legalaid.actions.papers import issue_paper
from mingbai.legalaid.enums import DecisionKind, DecisionState, Hurry
from mingbai.legalaid.models import Decision
from mingbai.legalaid.queries.approval import decides_alone
from mingbai.legalaid.rules.letters import granted_text, refused_text, transferred_text
from mingbai.legalaid.rules.stages import next_stage

DEBT, SUPPLEMENT = "aid_papers_debt", "aid_supplement"


@transaction.atomic
def ask_missing(
    *, case: Case, by: Actor, text: str, papers: Sequence[str], at: datetime | None = None
) -> Case:
    """One complete list (一次性告知): the clock of the decision stands still, that of the answer runs.

    Raises Refused "nothing_missing", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    if not [paper for paper in papers if paper.strip()]:
        raise Refused(_("请写明缺哪些材料，要一次说全。"), code="nothing_missing", field="papers")
    next_stage(case.stage, "ask")
    case = work.ask(case=case, by=by, text=text, papers=papers, at=at)
    issue_paper(case=case, by=by, kind="aid_supplement", at=at)
    return case


@transaction.atomic
def grant(*, case: Case, by: Actor, reason: str = "", at: datetime | None = None) -> Case:
    """给予法律援助; three days to assign.

    Raises Refused "no_matter" while nobody has said what it is, "needs_approval" by who works it, where the
    office approves in two steps.
    """
    at, case = now_or(at), held(case)
    _check_matter(case)
    _check_approval(case, by, at)
    reason = clean_text(reason, most=2000, field="reason") if reason.strip() else ""
    decided(case, DecisionKind.GRANT, by, at, reason=reason)
    case = lead(case, "grant", "granted", by, at, text=granted_text(reason), decides=True, tells=True)
    issue_paper(case=case, by=by, kind="aid_grant", at=at)
    return case


@transaction.atomic
def give_first(*, case: Case, by: Actor, hurry: str, reason: str, at: datetime | None = None) -> Case:
    """先行提供 (Art. 44): urgent aid before it is decided; the papers are owed, with a clock of their own."""
    at, case = now_or(at), held(case)
    if hurry not in set(Hurry.values) - {Hurry.NO}:
        raise Refused(_("请选是哪一种紧急情形。"), code="bad_choice", field="hurry")
    _check_matter(case)
    reason = clean_text(reason, most=2000, field="reason")
    decided(case, DecisionKind.FIRST, by, at, reason=reason, hurry=hurry)
    lead(
        case,
        "give_first",
        "given_first",
        by,
        at,
        text=granted_text(reason, first=True),
        decides=True,
        tells=True,
    )
    issue_paper(case=case, by=by, kind="aid_first", at=at)
    return start_clock(case=case, by=by, code=DEBT, subject=DEBT, at=at)


@transaction.atomic
def papers_complete(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """The papers that urgent aid left owing have come. Raises Refused "no_debt"."""
    at, case = now_or(at), held(case)
    if not case.clocks.filter(subject=DEBT, done_at=None).exists():
        raise Refused(_("这件没有要补办的手续。"), code="no_debt")
    case = stop_clock(case=case, by=by, subject=DEBT, at=at)
    enter(case, "aid.papers_complete", by, at)
    return case


def _check_approval(case: Case, by: Actor, at: datetime) -> None:
    """Urgent aid (Art. 44) does not wait for it; a refusal has its two persons everywhere."""
    if decides_alone(case, by.user, timezone.localdate(at)):
        raise Refused(
            _("这里的法律援助由负责人审批：承办人不能自己决定，请另一位有审批权限的人来定。"),
            code="needs_approval",
            kept=_("您填写的内容没有丢失。"),
        )


def _check_matter(case: Case) -> None:
    if not application_of(case).matter:
        raise Refused(
            _("还没有定是哪一个法律援助事项。"), code="no_matter", do=_("请先填“申请内容”。"), field="matter"
        )


# ── refusing: by two ──


@transaction.atomic
def propose_refusal(
    *, case: Case, by: Actor, reason: str, laws: Sequence[str] = (), at: datetime | None = None
) -> Decision:
    """拟不予: the reason that the applicant will read; another person looks at it. The clock runs on."""
    at, case = now_or(at), held(case)
    proposal = propose(case, DecisionKind.REFUSE, by, at, reason, laws)
    lead(case, "propose_refusal", "refusal_proposed", by, at)
    return proposal


@transaction.atomic
def confirm_refusal(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """不予法律援助: made by another person than proposed it, told with the way to object (Art. 49).

    Raises Refused "four_eyes", "no_proposal", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "confirm_refusal")
    decision = made(proposal_of(case), by, at)
    text = refused_text(decision.reason)
    laws = tuple(decision.laws)
    case = lead(case, "confirm_refusal", "refused", by, at, text=text, laws=laws, decides=True, tells=True)
    issue_paper(case=case, by=by, kind="aid_refusal", at=at)
    return case


@transaction.atomic
def send_back(*, case: Case, by: Actor, note: str, at: datetime | None = None) -> Case:
    """The second person does not agree: back to where it was, with the reason, among colleagues."""
    at, case = now_or(at), held(case)
    decision = proposal_of(case)
    note = clean_text(note, most=2000, field="note")
    made(decision, by, at)
    decision.state, decision.note = DecisionState.SENT_BACK, note
    decision.save()
    if decision.kind == DecisionKind.REFUSE:
        return lead(case, "send_back_refusal", "refusal_sent_back", by, at)
    return back_to(case, decision.stage_before, by, at)


# ── elsewhere, or not at all ──


@transaction.atomic
def transfer(
    *, case: Case, by: Actor, office: str, phone: str, reason: str, at: datetime | None = None
) -> Case:
    """A wrong place is never refused: sent on with its papers, and the applicant told to whom (Art. 38).

    For an office outside the city; to another county of the city a matter is offered by the trunk. Raises
    Refused "needs_approval" as `grant`.
    """
    at, case = now_or(at), held(case)
    _check_approval(case, by, at)
    office = clean_text(office, most=150, field="office")
    phone = clean_text(phone, most=40, field="phone")
    reason = clean_text(reason, most=2000, field="reason")
    decided(case, DecisionKind.TRANSFER, by, at, reason=reason, office=f"{office} {phone}")
    text = transferred_text(office, phone, reason)
    case = lead(case, "transfer", "transferred", by, at, text=text, decides=True, tells=True, office=office)
    issue_paper(case=case, by=by, kind="aid_transfer", at=at)
    return case


@transaction.atomic
def let_lapse(*, case: Case, by: Actor, reason: str = "", at: datetime | None = None) -> Case:
    """视为撤回 (Art. 43): a person confirms it, and only after the day that was named has passed.

    Raises Refused "not_due_yet", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "let_lapse")
    clock = case.clocks.filter(rule__code=SUPPLEMENT, done_at=None).first()
    if clock is not None and at <= clock.due_at:
        raise Refused(_("补充材料的期限还没有到，不能视为撤回。"), code="not_due_yet")
    decided(case, DecisionKind.LAPSE, by, at, reason=reason.strip()[:2000])
    return lead(case, "let_lapse", "lapsed", by, at, tells=True)
