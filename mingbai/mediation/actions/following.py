"""What follows: failure with its ways, joint confirmation by the court, performance, the return visit."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mingbai.cases.actions.stages import note_progress, start_clock, stop_clock
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.actions._record import (
    agreement_in,
    dismiss,
    ended,
    enter,
    held,
    lead,
    now_or,
    row_of,
    today,
    void_draft,
)
from mingbai.mediation.actions.agreeing import CONFIRM, VISIT
from mingbai.mediation.enums import AgreementState, Confirmation, Outcome, TermState
from mingbai.mediation.models import Agreement, Committee, FollowUp, Mediation, Term
from mingbai.mediation.queries import parties_of
from mingbai.mediation.rules.confirmation import check_fit, check_in_time, check_joint
from mingbai.mediation.rules.letters import confirmed_text, failed_text
from mingbai.mediation.rules.stages import next_stage


@transaction.atomic
def fail(*, case: Case, by: Actor, reason: str = "", at: datetime | None = None) -> Case:
    """调解不成 (Art. 26): over, and both sides are told of arbitration, the office, the court."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "fail")
    reason = clean_text(reason, most=2000, field="reason") if reason.strip() else ""
    void_draft(case, at, "调解不成")
    row = ended(case, Outcome.FAILED, at)
    dismiss(case, by, at, "调解不成")
    text = failed_text(reason, row.dispute)
    return lead(case, "fail", "failed", by, at, text=text, decides=True, tells=True)


# ── joint confirmation (Art. 33) ──


def _effective(case: Case) -> Agreement:
    return agreement_in(case, AgreementState.EFFECTIVE, _("还没有生效的调解协议。"))


@transaction.atomic
def want_confirmation(
    *, case: Case, by: Actor, asking: Collection[int], at: datetime | None = None
) -> Agreement:
    """All parties want the court to confirm it: the thirty days are counted down.

    Raises Refused "no_agreement", "not_confirmable", "not_joint", "too_late", "confirmation_stands".
    """
    at, case = now_or(at), held(case)
    agreement = _effective(case)
    _refuse_unless(agreement, Confirmation.NONE)
    check_fit(agreement.unfit)
    check_joint(asking, [party.pk for party in parties_of(case)])
    check_in_time(today(at), agreement.confirm_by)
    agreement.confirmation = Confirmation.WANTED
    agreement.save()
    assert agreement.effective_at is not None
    start_clock(case=case, by=by, code=CONFIRM, subject=CONFIRM, at=agreement.effective_at)
    note_progress(case=case, by=by, verb="med.confirmation_wanted", at=at)
    return agreement


def _refuse_unless(agreement: Agreement, *states: str) -> None:
    if agreement.confirmation not in states:
        label = Confirmation(agreement.confirmation).label
        raise Refused(
            _("司法确认现在是“%(state)s”，不能再做这一步。") % {"state": label}, code="confirmation_stands"
        )


@transaction.atomic
def file_confirmation(
    *, case: Case, by: Actor, court: str, filed_on: date, at: datetime | None = None
) -> Agreement:
    """The joint application lies with the court; it was in time.

    Raises Refused "too_late", "bad_time", and "draft_stands" while another agreement is being signed.
    """
    at, case = now_or(at), held(case)
    agreement = _effective(case)
    _refuse_unless(agreement, Confirmation.WANTED)
    if case.agreements.filter(state=AgreementState.DRAFT).exists():
        raise Refused(_("正在签一份新的协议，这一份不能再交法院。"), code="draft_stands")
    _check_day(filed_on, agreement, at, "filed_on")
    check_in_time(filed_on, agreement.confirm_by)
    agreement.confirmation, agreement.filed_on = Confirmation.FILED, filed_on
    agreement.court = clean_text(court, most=100, field="court")
    agreement.save()
    stop_clock(case=case, by=by, subject=CONFIRM, at=at)
    public = _("共同申请已经交到%(court)s。") % {"court": agreement.court}
    note_progress(case=case, by=by, verb="med.confirmation_filed", at=at, public=public)
    return agreement


def _check_day(on: date, agreement: Agreement, at: datetime, name: str) -> None:
    assert agreement.effective_at is not None
    if not today(agreement.effective_at) <= on <= today(at):
        raise Refused(_("日期要在协议生效以后，也不能在将来。"), code="bad_time", field=name)


@transaction.atomic
def decide_confirmation(
    *,
    case: Case,
    by: Actor,
    confirmed: bool,
    decided_on: date,
    number: str = "",
    text: str = "",
    at: datetime | None = None,
) -> Agreement:
    """What the court ruled; the parties read it. Raises Refused "bad_time", "confirmation_stands"."""
    at, case = now_or(at), held(case)
    agreement = _effective(case)
    _refuse_unless(agreement, Confirmation.FILED)
    _check_day(decided_on, agreement, at, "decided_on")
    assert agreement.filed_on is not None
    if decided_on < agreement.filed_on:
        raise Refused(_("裁定不会在申请之前，请核对日期。"), code="bad_time", field="decided_on")
    agreement.confirmation = Confirmation.CONFIRMED if confirmed else Confirmation.REJECTED
    agreement.decided_on = decided_on
    agreement.court_number = clean_text(number, most=64, field="number") if number.strip() else ""
    agreement.court_text = clean_text(text, most=2000) if text.strip() else ""
    agreement.save()
    public = confirmed_text(agreement.court, confirmed=confirmed, text=agreement.court_text)
    note_progress(
        case=case, by=by, verb="med.confirmation_decided", at=at, public=public, confirmed=confirmed
    )
    return agreement


@transaction.atomic
def drop_confirmation(*, case: Case, by: Actor, at: datetime | None = None) -> Agreement:
    """They do not want it after all, or the thirty days went by: nothing is counted any more."""
    at, case = now_or(at), held(case)
    agreement = _effective(case)
    _refuse_unless(agreement, Confirmation.WANTED)
    agreement.confirmation = Confirmation.NONE
    agreement.save()
    stop_clock(case=case, by=by, subject=CONFIRM, at=at)
    enter(case, "med.confirmation_dropped", by, at)
    return agreement


# ── performance and the return visit (Art. 31) ──


@transaction.atomic
def settle_term(
    *,
    case: Case,
    by: Actor,
    term: int,
    done: bool,
    on: date,
    note: str = "",
    at: datetime | None = None,
) -> Term:
    """Something agreed on was done, or was not: its clock ends. What was broken can be done later.

    Raises Refused "no_term", "bad_time", "settled_already".
    """
    at, case = now_or(at), held(case)
    found = (
        Term.objects.select_for_update(of=("self",))
        .filter(pk=term, agreement__case=case, agreement__state=AgreementState.EFFECTIVE)
        .first()
    )
    if found is None:
        raise Refused(_("生效的协议里没有这一项。"), code="no_term", field="term")
    found.agreement = _effective(case)
    if found.state == TermState.DONE or (found.state == TermState.BROKEN and not done):
        raise Refused(_("已经登记过。"), code="settled_already", field="term")
    _check_day(on, found.agreement, at, "on")
    found.state, found.settled_on = (TermState.DONE if done else TermState.BROKEN), on
    found.note = clean_text(note, most=1000, field="note") if note.strip() else ""
    found.save()
    stop_clock(case=case, by=by, subject=found.subject, at=at)
    enter(case, "med.term_settled", by, at, term=found.pk, done=done)
    return found


@transaction.atomic
def visit(
    *,
    case: Case,
    by: Actor,
    is_performed: bool,
    text: str,
    is_happy: bool | None = None,
    at: datetime | None = None,
) -> FollowUp:
    """回访: how it went after the agreement, as often as it takes; the first one ends its clock.

    Once everything is done the mediators have done their part. Raises Refused "no_agreement".
    """
    at, case = now_or(at), held(case)
    agreement = _effective(case)
    row = FollowUp(case=case, is_performed=is_performed, is_happy=is_happy, by=by.name, at=at)
    row.text = clean_text(text, most=5000)
    row.save(force_insert=True)
    stop_clock(case=case, by=by, subject=VISIT, at=at)
    note_progress(case=case, by=by, verb="med.visited", at=at, performed=is_performed)
    if is_performed and not agreement.terms.filter(state=TermState.OPEN).exists():
        dismiss(case, by, at, "已履行")
    return row


# ── the file ──


@transaction.atomic
def number_file(*, case: Case, by: Actor, committee: Committee, at: datetime | None = None) -> Mediation:
    """The next number of the committee's year, given once. Raises Refused "not_ended"."""
    at, case = now_or(at), held(case)
    row = row_of(case)
    if not row.outcome:
        raise Refused(_("调解结束以后才编卷宗号。"), code="not_ended")
    if row.file_seq is not None:
        return row
    held_committee = Committee.objects.select_for_update(of=("self",)).get(pk=committee.pk)
    year = today(at).year
    last = Mediation.objects.filter(committee=held_committee, file_year=year).aggregate(n=Max("file_seq"))
    row.committee, row.file_year, row.file_seq = held_committee, year, (last["n"] or 0) + 1
    row.save()
    enter(case, "med.numbered", by, at, committee=held_committee.pk, year=year, number=row.file_seq)
    return row
