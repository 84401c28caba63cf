"""The sheet as it holds on a day; which closed matters wait for the lot; who could review one."""

from datetime import date, datetime

from django.db.models import QuerySet

from mingbai.cases.models import Case
from mingbai.legalaid.enums import AssignmentState, ReviewBar, Stage
from mingbai.legalaid.models import AidLawyer, Assignment, Criterion, GradeLine
from mingbai.legalaid.rules.quality import CriterionTerms, GradeTerms, Person, bars_of
from mingbai.people.models import Worker


def criteria_on(day: date) -> list[CriterionTerms]:
    rows = Criterion.objects.valid_on(day).order_by("position", "code")
    return [CriterionTerms(r.code, r.name, r.most, r.hint, r.source, r.position) for r in rows]


def grades_on(day: date) -> list[GradeTerms]:
    rows = GradeLine.objects.valid_on(day).order_by("-least")
    return [GradeTerms(row.grade, row.least, row.source) for row in rows]


def unassessed(cases: QuerySet[Case], first: datetime, last: datetime) -> QuerySet[Assignment]:
    """The work of matters that were closed in that time and reviewed by nobody yet; `cases`: of whom."""
    return (
        Assignment.objects.filter(
            state=AssignmentState.ENDED,
            case__in=cases.filter(stage=Stage.CLOSED).values("pk"),
            case__closed_at__gte=first,
            case__closed_at__lt=last,
            case__aid_reports__kind="closing",
            assessment=None,
        )
        .distinct()
        .select_related("case", "worker")
        .order_by("pk")
    )


def worked_by(case: Case) -> list[Person]:
    """Everybody who ever worked it, with the firm of then."""
    rows = Assignment.objects.filter(case=case).order_by("pk").values_list("worker", "firm")
    return [Person(worker, firm or 0) for worker, firm in rows]


def reviewers(case: Case) -> list[tuple[Worker, list[ReviewBar]]]:
    """Everybody of the list of aid lawyers and why they may not."""
    lawyers, found = worked_by(case), []
    rows = AidLawyer.objects.filter(is_active=True, worker__is_active=True)
    for row in rows.select_related("worker__organisation").order_by("worker__code"):
        found.append((row.worker, bars_of(person_of(row.worker), lawyers)))
    return found


def person_of(worker: Worker) -> Person:
    return Person(worker.pk, worker.organisation_id or 0)
