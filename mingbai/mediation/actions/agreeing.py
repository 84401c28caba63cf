"""The agreement: oral and registered, or written, signed, sealed and then in effect; never changed after."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.stages import start_clock, stop_clock
from mingbai.cases.models import Case
from mingbai.cases.queries import books
from mingbai.cases.rules.clocks import run
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.actions._pay import earned
from mingbai.mediation.actions._record import (
    agreement_in,
    ended,
    enter,
    held,
    lead,
    now_or,
    refuse_unready,
    row_of,
    today,
    void_draft,
)
from mingbai.mediation.enums import (
    ON_PAPER,
    AgreementState,
    Confirmation,
    Form,
    Mark,
    Outcome,
    Role,
    TermState,
    Unfit,
)
from mingbai.mediation.models import Agreement, Signature, Term
from mingbai.mediation.queries import mediators_of, parties_of
from mingbai.mediation.queries.agreements import digest_of, still_unsigned
from mingbai.mediation.rules.agreement import (
    MOST_AMOUNT,
    AgreementTerms,
    TermTerms,
    check_mark,
)
from mingbai.mediation.rules.letters import agreed_text, drafted_text
from mingbai.mediation.rules.stages import next_stage

CONFIRM, VISIT, TERM = "med_confirm", "med_visit", "med_term"
_NO_DRAFT = "没有等签字的协议。"
MOST_TERMS = 40


@transaction.atomic
def agree_orally(*, case: Case, by: Actor, terms: AgreementTerms, at: datetime | None = None) -> Case:
    """An oral agreement, registered (Arts. 28, 30): in effect from the agreeing. Raises "wrong_stage" …"""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "agree")
    refuse_unready(case)
    if terms.form != Form.ORAL:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="form")
    agreement = _write(case, terms, by, at)
    _take_effect(agreement, by, at)
    text = agreed_text(oral=True, confirm_by=agreement.confirm_by)
    return _in_effect(agreement, "agree", "agreed_orally", text, by, at)


@transaction.atomic
def draft(*, case: Case, by: Actor, terms: AgreementTerms, at: datetime | None = None) -> Agreement:
    """The words for the signatures. What Art. 29 names and is missing is a warning of `rules.agreement`.

    Raises Refused "wrong_stage", "bad_choice", "bad_amount", "bad_time", "unknown_party", "empty_text",
    and "at_court" while a court looks at an earlier one.
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "draft")
    refuse_unready(case)
    if terms.form != Form.WRITTEN:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="form")
    agreement = _write(case, terms, by, at)
    lead(case, "draft", "drafted", by, at, news=drafted_text(), tells=True, version=agreement.version)
    return agreement


@transaction.atomic
def redraft(*, case: Case, by: Actor, terms: AgreementTerms, at: datetime | None = None) -> Agreement:
    """Other words, as long as nobody has signed. Raises Refused "signed_already", "effective_already"."""
    at, case = now_or(at), held(case)
    if Agreement.objects.filter(case=case, state=AgreementState.EFFECTIVE).exists() and not _has_draft(case):
        raise Refused(
            _("协议已经生效，不能再改。"),
            code="effective_already",
            do=_("各方都想变更的，恢复办理后另签一份新的。"),
        )
    agreement = agreement_in(case, AgreementState.DRAFT, _(_NO_DRAFT))
    if agreement.signatures.exists():
        raise _signed_already()
    clean = _checked(terms, case, at)
    _fill(agreement, clean)
    agreement.save()
    agreement.terms.all().delete()
    _keep_terms(agreement, clean)
    enter(case, "med.redrafted", by, at, version=agreement.version)
    return agreement


def _has_draft(case: Case) -> bool:
    return Agreement.objects.filter(case=case, state=AgreementState.DRAFT).exists()


def _signed_already() -> Refused:
    return Refused(
        _("已经有人签字，协议不能再改。"),
        code="signed_already",
        kept=_("您填写的内容没有丢失。"),
        do=_("要改，先点“协议没有签成”，重新写一份请各方再签。"),
    )


def _write(case: Case, terms: AgreementTerms, by: Actor, at: datetime) -> Agreement:
    _refuse_at_court(case)
    clean = _checked(terms, case, at)
    agreement = Agreement(
        case=case,
        version=case.agreements.count() + 1,
        form=clean.form,
        drafted_by=by.name,
        drafted_at=at,
    )
    _fill(agreement, clean)
    agreement.save(force_insert=True)
    _keep_terms(agreement, clean)
    return agreement


def _refuse_at_court(case: Case) -> None:
    """What the court looks at is not replaced under its eyes: its ruling could not be entered any more."""
    held_by_court = case.agreements.filter(state=AgreementState.EFFECTIVE, confirmation=Confirmation.FILED)
    if held_by_court.exists():
        raise Refused(
            _("前一份协议已交法院确认，法院还没有裁定。"),
            code="at_court",
            kept=_("您填写的内容没有丢失。"),
            do=_("先登记法院的裁定，再写新的协议。"),
        )


def _fill(agreement: Agreement, clean: AgreementTerms) -> None:
    agreement.on_paper = clean.form == Form.WRITTEN and row_of(agreement.case).dispute in ON_PAPER
    agreement.facts, agreement.duty, agreement.content = clean.facts, clean.duty, clean.content
    agreement.amount, agreement.unfit = clean.amount, list(clean.unfit)


def _keep_terms(agreement: Agreement, clean: AgreementTerms) -> None:
    for each in clean.terms:
        term = Term(agreement=agreement, who_id=each.who, due_on=each.due_on)
        term.text = each.text
        term.save(force_insert=True)


def _checked(terms: AgreementTerms, case: Case, at: datetime) -> AgreementTerms:
    if terms.form not in Form.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="form")
    if set(terms.unfit) - set(Unfit.values):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="unfit")
    if terms.amount is not None and not (terms.amount.is_finite() and 0 <= terms.amount <= MOST_AMOUNT):
        raise Refused(_("金额请填 0 以上的数字，最多两位小数。"), code="bad_amount", field="amount")
    if len(terms.terms) > MOST_TERMS:
        raise Refused(_("约定太多，请合起来写。"), code="too_many", field="terms")
    known = {party.pk for party in parties_of(case)}
    return AgreementTerms(
        form=terms.form,
        content=clean_text(terms.content, most=10_000, field="content"),
        facts=_optional(terms.facts, "facts"),
        duty=_optional(terms.duty, "duty"),
        terms=tuple(_term(term, known, at) for term in terms.terms),
        amount=terms.amount,
        unfit=tuple(sorted(set(terms.unfit))),
    )


def _optional(text: str, name: str) -> str:
    return clean_text(text, most=10_000, field=name) if text.strip() else ""


def _term(term: TermTerms, known: set[int], at: datetime) -> TermTerms:
    if term.who is not None and term.who not in known:
        raise Refused(_("这件里没有这位当事人，请重新选择。"), code="unknown_party", field="terms")
    if term.due_on is not None and not 0 <= (term.due_on - today(at)).days <= 365 * 30:
        raise Refused(_("履行的日期不能在过去，也不能太远，请核对。"), code="bad_time", field="terms")
    return TermTerms(clean_text(term.text, most=1000, field="terms"), term.who, term.due_on)


@transaction.atomic
def reconsider(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """Somebody does not sign after all, or the words must change: the draft is void, the talk goes on."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "reconsider")
    reason = clean_text(reason, most=1000, field="reason")
    void_draft(case, at, reason)
    return lead(case, "reconsider", "reconsidered", by, at, tells=True)


# ── signing ──


@transaction.atomic
def sign(
    *,
    case: Case,
    by: Actor,
    mark: str,
    party: int | None = None,
    mediator: int | None = None,
    at: datetime | None = None,
) -> Agreement:
    """A party (or a mediator, by the primary key of their person) signs; with the seal it takes effect.

    Raises Refused "paper_only" for family matters, "changed_after_signature", "signed_twice",
    "unknown_party", "not_mediating", "no_agreement", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "take_effect")
    agreement = agreement_in(case, AgreementState.DRAFT, _(_NO_DRAFT))
    check_mark(mark, on_paper=agreement.on_paper)
    if party is not None:
        _known(party, {one.pk for one in parties_of(case)}, "unknown_party", "party")
        signature = Signature(role=Role.PARTY, party_id=party)
    else:
        _known(mediator, {one.worker_id for one in mediators_of(case)}, "not_mediating", "mediator")
        signature = Signature(role=Role.MEDIATOR, worker_id=mediator)
    return _mark(agreement, signature, mark, by, at)


@transaction.atomic
def seal(*, case: Case, by: Actor, at: datetime | None = None) -> Agreement:
    """The committee's seal is set under it. Raises as `sign` does."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "take_effect")
    agreement = agreement_in(case, AgreementState.DRAFT, _(_NO_DRAFT))
    return _mark(agreement, Signature(role=Role.SEAL), Mark.STAMP, by, at)


def _known(pk: int | None, known: set[int], code: str, name: str) -> None:
    if pk not in known:
        raise Refused(_("这件里没有这个人，请重新选择。"), code=code, field=name)


def _mark(agreement: Agreement, signature: Signature, mark: str, by: Actor, at: datetime) -> Agreement:
    words = digest_of(agreement)
    signed = list(agreement.signatures.all())
    if any(one.digest != words for one in signed) or (agreement.digest and agreement.digest != words):
        raise Refused(
            _("签字以后，协议的文字被改动过，签字不作数。请查经过，重新写一份。"),
            code="changed_after_signature",
        )
    mine = (signature.role, signature.party_id, signature.worker_id)
    if any((one.role, one.party_id, one.worker_id) == mine for one in signed):
        raise Refused(_("已经签过了。"), code="signed_twice")
    signature.agreement, signature.mark, signature.digest = agreement, mark, words
    signature.by, signature.at = by.name, at
    signature.save(force_insert=True)
    agreement.digest = words
    agreement.save()
    whose = {"role": signature.role, "party": signature.party_id, "mark": mark}
    enter(agreement.case, "med.signed", by, at, version=agreement.version, digest=words, **whose)
    if not still_unsigned(agreement):
        _take_effect(agreement, by, at)
        text = agreed_text(oral=False, confirm_by=agreement.confirm_by)
        _in_effect(agreement, "take_effect", "effective", text, by, at)
    return agreement


def _take_effect(agreement: Agreement, by: Actor, at: datetime) -> None:
    """In effect now; an earlier one of the same dispute is replaced by it, with what was still to be done."""
    case = agreement.case
    for earlier in Agreement.objects.filter(case=case, state=AgreementState.EFFECTIVE):
        earlier.case = case
        for term in earlier.terms.filter(state=TermState.OPEN):
            stop_clock(case=case, by=by, subject=term.subject, at=at)
        if earlier.confirmation == Confirmation.WANTED:
            stop_clock(case=case, by=by, subject=CONFIRM, at=at)
            earlier.confirmation = Confirmation.NONE  # nobody asks a court about what is replaced
        earlier.state = AgreementState.REPLACED
        earlier.save()
    agreement.state, agreement.effective_at = AgreementState.EFFECTIVE, at
    agreement.digest = agreement.digest or digest_of(agreement)
    agreement.confirm_by = _confirm_by(at) if not agreement.unfit else None
    agreement.save()


def _confirm_by(at: datetime) -> date | None:
    """The last day of the joint application, by the rule that holds on that day."""
    book = books()
    day = timezone.localdate(at)
    rules = [rule for rule in book.rules.deadlines if rule.code == CONFIRM and rule.holds_on(day)]
    return timezone.localdate(run(rules[-1], at, book.places.workdays)[0].at) if rules else None


def _in_effect(agreement: Agreement, verb: str, entry: str, text: str, by: Actor, at: datetime) -> Case:
    """Told, with what is owed after: the terms on their days, and the return visit."""
    case = agreement.case
    ended(case, Outcome.AGREED, at)
    earned(case, by, at)
    case = lead(case, verb, entry, by, at, text=text, decides=True, tells=True, version=agreement.version)
    for term in agreement.terms.filter(due_on__isnull=False):
        start_clock(case=case, by=by, code=TERM, subject=term.subject, at=_begins(term, at))
    return start_clock(case=case, by=by, code=VISIT, subject=VISIT, at=at)


def _begins(term: Term, at: datetime) -> datetime:
    """We ask from the day on which it had to be done."""
    assert term.due_on is not None
    morning = timezone.make_aware(datetime(term.due_on.year, term.due_on.month, term.due_on.day, 9))  # noqa: DTZ001
    return max(morning, at)
