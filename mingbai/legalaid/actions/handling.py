"""The work itself: reports of progress, the result, the closing report, termination, the return visit."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.stages import note_progress, restart_clock, start_clock, stop_clock
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid.actions import _pay as pay
from mingbai.legalaid.actions._record import (
    application_of,
    end_assignment,
    held,
    lead,
    made,
    now_or,
    proposal_of,
    propose,
)
from mingbai.legalaid.actions.papers import issue_paper
from mingbai.legalaid.enums import AssignmentState, DecisionKind, EndGround, ReportKind, Stage, Step
from mingbai.legalaid.models import AidReport, Decision
from mingbai.legalaid.queries.file import file_of
from mingbai.legalaid.rules.file import missing
from mingbai.legalaid.rules.letters import finished_text, terminated_text
from mingbai.legalaid.rules.stages import next_stage

PROGRESS, VISIT = "aid_progress", "aid_visit"
FILE_MISSING = "aid.file_missing"


@transaction.atomic
def report(
    *,
    case: Case,
    by: Actor,
    step: str,
    happened_on: date,
    text: str,
    hours: Decimal = Decimal(0),
    expenses: Decimal = Decimal(0),
    concludes: bool = False,
    at: datetime | None = None,
) -> AidReport:
    """What was done (Art. 46): the recipient reads it; with a result the closing report is due.

    Raises Refused "wrong_stage", "bad_choice", "bad_time", "bad_amount", "empty_text".
    """
    at, case = now_or(at), held(case)
    if case.stage not in (Stage.ASSIGNED, Stage.HANDLING):
        next_stage(case.stage, "conclude")
    if step not in Step.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="step")
    written = _write(case, ReportKind.PROGRESS, by, at, happened_on, text, hours, expenses, step=step)
    news = f"{Step(step).label}：{written.text}"
    if concludes or step == Step.RESULT:
        lead(case, "conclude", "concluded", by, at, news=news, tells=True, step=step)
    elif case.stage == Stage.ASSIGNED:
        lead(case, "begin", "begun", by, at, news=news, tells=True, step=step)
    else:
        note_progress(case=case, by=by, verb="aid.progress", public=news, at=at, step=step)
        restart_clock(case=case, by=by, code=PROGRESS, at=at)
    return written


def _write(
    case: Case,
    kind: ReportKind,
    by: Actor,
    at: datetime,
    happened_on: date,
    text: str,
    hours: Decimal,
    expenses: Decimal,
    **more: object,
) -> AidReport:
    if happened_on > timezone.localdate(at):
        raise Refused(_("这一天还没到，请核对。"), code="bad_time", field="happened_on")
    for name, amount, most in (("hours", hours, 9999), ("expenses", expenses, 999_999)):
        if not (amount.is_finite() and 0 <= amount <= most):
            raise Refused(_("请填 0 以上的数字。"), code="bad_amount", field=name)
    written = AidReport(
        case=case,
        kind=kind,
        happened_on=happened_on,
        hours=hours,
        expenses=expenses,
        by=by.name,
        at=at,
        **more,
    )
    written.text = clean_text(text, most=5000)
    written.save(force_insert=True)
    return written


@transaction.atomic
def report_closing(
    *,
    case: Case,
    by: Actor,
    text: str,
    hours: Decimal = Decimal(0),
    expenses: Decimal = Decimal(0),
    at: datetime | None = None,
) -> AidReport:
    """结案报告 (Art. 50), with the papers attached to the matter; the office looks at the file."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "report_closing")
    today = timezone.localdate(at)
    written = _write(case, ReportKind.CLOSING, by, at, today, text, hours, expenses)
    case = lead(case, "report_closing", "reported", by, at)
    _tell_missing(case, by, at)
    return written


def _tell_missing(case: Case, by: Actor, at: datetime) -> None:
    """What the file still lacks, said once and whole: a second report does not say it again."""
    if Entry.objects.filter(chain=case.chain, verb=FILE_MISSING).exists():
        return
    lacks = missing(file_of(case, application_of(case), today=timezone.localdate(at)))
    if lacks:
        note_progress(case=case, by=by, verb=FILE_MISSING, at=at, why="、".join(lacks))


@transaction.atomic
def return_report(*, case: Case, by: Actor, note: str, at: datetime | None = None) -> Case:
    """The file is not complete: back, with what is missing, among colleagues."""
    at, case = now_or(at), held(case)
    note = clean_text(note, most=2000, field="note")
    return lead(case, "return_report", "report_returned", by, at, why=note)


@transaction.atomic
def finish(*, case: Case, by: Actor, text: str, at: datetime | None = None) -> Case:
    """结案: the file is complete; the recipient is told, and asked in a return visit how it was."""
    at, case = now_or(at), held(case)
    text = clean_text(text, most=2000)
    pay.done(case, by, at)
    end_assignment(case, AssignmentState.ENDED, by, at)
    case = lead(case, "finish", "finished", by, at, text=finished_text(text), tells=True)
    issue_paper(case=case, by=by, kind="aid_closing", at=at)
    return start_clock(case=case, by=by, code=VISIT, subject=VISIT, at=at)


# ── termination: by two ──


@transaction.atomic
def propose_termination(
    *, case: Case, by: Actor, ground: str, reason: str, at: datetime | None = None
) -> Decision:
    """拟终止: one of the eight grounds of Art. 48, with the reason that the recipient will read."""
    at, case = now_or(at), held(case)
    if ground not in EndGround.values:
        raise Refused(_("请选是哪一种终止情形。"), code="bad_choice", field="ground")
    proposal = propose(case, DecisionKind.TERMINATE, by, at, reason, ground=ground)
    lead(case, "propose_termination", "termination_proposed", by, at)
    return proposal


@transaction.atomic
def confirm_termination(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """终止: by another person than proposed it; the recipient may object. Raises Refused "four_eyes"."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "confirm_termination")
    decision = made(proposal_of(case), by, at)
    label = str(EndGround(decision.ground).label)
    end_assignment(case, AssignmentState.ENDED, by, at, label)
    text = terminated_text(label, decision.reason)
    case = lead(case, "confirm_termination", "terminated", by, at, text=text, decides=True, tells=True)
    issue_paper(case=case, by=by, kind="aid_termination", at=at)
    return case


def _worked_by(case: Case) -> int | None:
    """The sign-in of who worked it last."""
    last = case.aid_assignments.select_related("worker").filter(state=AssignmentState.ENDED).last()
    return last.worker.user_id if last else None


@transaction.atomic
def visit(*, case: Case, by: Actor, is_happy: bool, text: str, at: datetime | None = None) -> AidReport:
    """回访: once, after the matter was finished, by somebody else than worked it.

    Raises Refused "not_finished", "visited_already", "own_work".
    """
    at, case = now_or(at), held(case)
    if not case.aid_reports.filter(kind=ReportKind.CLOSING).exists() or case.stage not in (
        Stage.DONE,
        Stage.CLOSED,
    ):
        raise Refused(_("结案以后才回访。"), code="not_finished")
    if case.aid_reports.filter(kind=ReportKind.VISIT).exists():
        raise Refused(_("已经回访过。"), code="visited_already")
    if f"user:{_worked_by(case)}" == by.code:
        raise Refused(_("承办人不能回访自己办的件。"), code="own_work")
    nothing = Decimal(0)
    today = timezone.localdate(at)
    written = _write(case, ReportKind.VISIT, by, at, today, text, nothing, nothing, is_happy=is_happy)
    stop_clock(case=case, by=by, subject=VISIT, at=at)
    note_progress(case=case, by=by, verb="aid.visited", at=at, happy=is_happy)
    return written
