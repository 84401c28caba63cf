"""Quality review: drawn by lot or chosen, rated by somebody of another firm, told, objected to, judged.

The grade changes what the work is paid by the rate that was frozen at its assignment; where it was paid
already, a correction follows (subsidies.actions.grade).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._clockwork import end_of
from mingbai.cases.actions.handover import disengage, engage
from mingbai.cases.actions.stages import note_progress, start_clock, stop_clock
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.lots import by_lot
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.legalaid.actions import _pay as pay
from mingbai.legalaid.actions._record import held, now_or
from mingbai.legalaid.enums import AssessState, AssignmentState, Picked, Stage
from mingbai.legalaid.models import Assessment, Assignment
from mingbai.legalaid.queries.quality import criteria_on, grades_on, person_of, unassessed, worked_by
from mingbai.legalaid.rules.quality import bars_of, grade_of, scored
from mingbai.notices.actions import notify
from mingbai.people.models import Worker
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Grade

_TASK = "法律援助案件质量评估"
_MOST_SAMPLE = 200


@transaction.atomic
def choose_for_review(
    *, case: Case, by: Actor, reviewer: Worker, why: str, at: datetime | None = None
) -> Assessment:
    """One closed matter, for a reason. Raises Refused "not_closed", "assessed_already", "barred"."""
    at, case = now_or(at), held(case)
    why = clean_text(why, most=300, field="why")
    assignment = case.aid_assignments.filter(state=AssignmentState.ENDED).last()
    if case.stage != Stage.CLOSED or assignment is None:
        raise Refused(_("办结的件才做质量评估。"), code="not_closed")
    return _begin(case, assignment, reviewer, Picked.CHOSEN, "", by, at, why=why)


@transaction.atomic
def draw_for_review(
    *,
    cases: QuerySet[Case],
    by: Actor,
    reviewers: Sequence[Worker],
    count: int,
    seed: str,
    first: datetime,
    last: datetime,
    at: datetime | None = None,
) -> list[Assessment]:
    """So many of the matters closed in that time, by lot; among the reviewers in turn, who may.

    `cases`: those of the office. Raises Refused "nothing_to_draw", "bad_amount", "empty_text", "no_reviewer"
    with the number of the matter that nobody of them may review.
    """
    at, seed = now_or(at), clean_text(seed, most=64, field="seed")
    if not 1 <= count <= _MOST_SAMPLE:
        text = _("请填 1 到 %(most)d。") % {"most": _MOST_SAMPLE}
        raise Refused(text, code="bad_amount", field="count")
    waiting = {one.case.number: one for one in unassessed(cases, first, last)}
    numbers = by_lot(waiting, seed)[:count]
    if not numbers:
        raise Refused(_("这段时间没有还没评估的办结件。"), code="nothing_to_draw", field="count")
    made: list[Assessment] = []
    for place, number in enumerate(numbers):
        assignment = waiting[number]
        case = held(assignment.case)
        who = _in_turn(case, reviewers, place)
        made.append(_begin(case, assignment, who, Picked.SAMPLED, seed, by, at))
    return made


def _in_turn(case: Case, reviewers: Sequence[Worker], place: int) -> Worker:
    lawyers = worked_by(case)
    for step in range(len(reviewers)):
        who = reviewers[(place + step) % len(reviewers)]
        if not bars_of(person_of(who), lawyers):
            return who
    text = _("办件 %(number)s：选的评估人都不能评（本人办过或同一机构）。")
    words = {"number": group_number(case.number)}
    raise Refused(text % words, code="no_reviewer", field="reviewers", do=_("请再加一位别的机构的评估人。"))


def _begin(
    case: Case,
    assignment: Assignment,
    reviewer: Worker,
    picked: Picked,
    seed: str,
    by: Actor,
    at: datetime,
    why: str = "",
) -> Assessment:
    if Assessment.objects.filter(assignment=assignment).exists():
        raise Refused(_("这一件已经评估过，或者正在评估。"), code="assessed_already")
    if bars := bars_of(person_of(reviewer), worked_by(case)):
        said = "；".join(str(bar.label) for bar in bars)
        text = _("%(name)s不能评这一件：%(why)s。") % {"name": reviewer.name, "why": said}
        raise Refused(text, code="barred", field="reviewer")
    made = Assessment.objects.create(
        case=case,
        assignment=assignment,
        reviewer=reviewer,
        picked=picked,
        seed=seed,
        picked_by=by.name,
        picked_at=at,
    )
    start_clock(case=case, by=by, code="aid_assess", subject=_subject(made), at=at)
    clock = case.clocks.filter(subject=_subject(made)).last()
    until = timezone.localdate(clock.due_at if clock else at)
    engage(case=case, by=by, worker=reviewer, task=_TASK, due_on=until, at=at)
    note_progress(case=case, by=by, verb="aid.assess_picked", at=at, how=picked, seed=seed, why=why)
    return made


def _subject(made: Assessment, what: str = "assess") -> str:
    return f"{what}:{made.pk}"


def _held(assessment: Assessment, *states: AssessState) -> Assessment:
    """As it is now, with its matter. Raises Refused "wrong_stage"."""
    case = held(Case.objects.get(pk=assessment.case_id))
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("assignment__worker")
    found = rows.get(pk=assessment.pk)
    found.case = case
    if found.state not in states:
        said = {"state": found.get_state_display()}
        text = _("这项评估现在是“%(state)s”，不能再做这一步。") % said
        raise Refused(text, code="wrong_stage", kept=_("您填写的内容没有丢失。"))
    return found


@transaction.atomic
def rate(
    *,
    assessment: Assessment,
    by: Actor,
    reviewer: Worker,
    points: Mapping[str, int],
    text: str,
    at: datetime | None = None,
) -> Assessment:
    """By the reviewer who was named, with the sheet of this day; the lawyer is told.

    Raises Refused "not_reviewer", "bad_points", "empty_sheet", "wrong_stage", "empty_text".
    """
    at, made = now_or(at), _held(assessment, AssessState.OPEN)
    if made.reviewer_id != reviewer.pk or bars_of(person_of(reviewer), worked_by(made.case)):
        raise Refused(_("只有指定的评估人能评，而且不能是承办人或同一机构的人。"), code="not_reviewer")
    made.text = clean_text(text, most=2000, field="text")
    _grade(made, points, at)
    made.state, made.rated_at = AssessState.RATED, at
    made.object_by = end_of(made.case, "aid_assess_object", at)
    made.save()
    stop_clock(case=made.case, by=by, subject=_subject(made), at=at)
    disengage(case=made.case, by=by, worker=reviewer, result=str(made.get_grade_display()), at=at)
    _told(made, "assess_rated", by, at)
    return made


def _grade(made: Assessment, points: Mapping[str, int], at: datetime) -> None:
    today = timezone.localdate(at)
    made.sheet = scored(criteria_on(today), points)
    made.grade = grade_of(made.sheet, grades_on(today))


def _told(made: Assessment, entry: str, by: Actor, at: datetime) -> None:
    """What follows of a grade: the journal, the money, a word to whom it is about."""
    note_progress(
        case=made.case,
        by=by,
        verb=f"aid.{entry}",
        at=at,
        grade=made.grade,
        points=made.points,
        most=made.most,
    )
    subsidies.grade(by=by, event=pay.event_of(made.assignment), grade=made.grade, at=at)
    worker = made.assignment.worker
    if worker.user is None or not worker.user.email:
        return
    notify(
        by=by,
        event=f"{entry}:{made.pk}",
        to=f"user:{worker.user_id}",
        transport=settings.NOTICE_STAFF_TRANSPORT,
        template="aid_assessed",
        about=made.case.chain,
        address=worker.user.email,
        context={"number": group_number(made.case.number), "grade": str(Grade(made.grade).label)},
    )


@transaction.atomic
def object_to_grade(
    *, assessment: Assessment, by: Actor, worker: Worker, text: str, at: datetime | None = None
) -> Assessment:
    """The lawyer says why the grade is wrong, once and in time. Raises Refused "not_own", "too_late"."""
    at, made = now_or(at), _held(assessment, AssessState.RATED)
    if made.assignment.worker_id != worker.pk:
        raise Refused(_("只有承办人本人能对评估提异议。"), code="not_own")
    if made.object_by is not None and at > made.object_by:
        raise Refused(_("提异议的期限已经过了。"), code="too_late")
    made.objection = clean_text(text, most=2000, field="text")
    made.state, made.objected_at = AssessState.OBJECTED, at
    made.save()
    start_clock(case=made.case, by=by, code="aid_assess_judge", subject=_subject(made, "judge"), at=at)
    note_progress(case=made.case, by=by, verb="aid.assess_objected", at=at)
    return made


@transaction.atomic
def judge_grade(
    *,
    assessment: Assessment,
    by: Actor,
    answer: str,
    points: Mapping[str, int] | None = None,
    at: datetime | None = None,
) -> Assessment:
    """The grade stands, or is made anew with `points`; by somebody else than rated it or worked it.

    Raises Refused "own_work", "bad_points", "wrong_stage", "empty_text".
    """
    at, made = now_or(at), _held(assessment, AssessState.OBJECTED)
    own = {made.reviewer.user_id, *(one.user_id for one in _lawyers(made.case))} - {None}
    if by.code in {f"user:{pk}" for pk in own}:
        raise Refused(_("评估人和承办人不能复核这项异议。"), code="own_work")
    made.answer, made.grade_before = clean_text(answer, most=2000, field="answer"), made.grade
    if points is not None:
        _grade(made, points, at)
    made.state, made.judged_by, made.judged_at = AssessState.SETTLED, by.name, at
    made.save()
    stop_clock(case=made.case, by=by, subject=_subject(made, "judge"), at=at)
    _told(made, "assess_judged", by, at)
    return made


def _lawyers(case: Case) -> list[Worker]:
    return [one.worker for one in case.aid_assignments.select_related("worker").order_by("pk")]
