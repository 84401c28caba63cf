"""Who does what in a matter of legal aid: the office decides, the bureau judges, the lawyer works."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from mingbai.cases.models import Case
from mingbai.cases.perms import can_work, own_workers, stations_of
from mingbai.legalaid.enums import AssessState, AssignmentState
from mingbai.legalaid.line import KIND
from mingbai.legalaid.models import Assessment, Assignment, Decision
from mingbai.people.models import User
from mingbai.people.perms import can, scopes
from mingbai.people.roles import Permission


def can_state(user: User, case: Case) -> bool:
    """Fill in what the applicant says: who works the matter."""
    return can_work(user, case) or can_decide(user, case)


def can_decide(user: User | Any, case: Case) -> bool:
    """Grant, transfer, propose a refusal, assign: the aid office of the owning station."""
    return can(user, Permission.AID_DECIDE, station=case.station_id)


def can_confirm(user: User | Any, case: Case, proposal: Decision | None) -> bool:
    """Never the one who proposed it (four eyes)."""
    return can_decide(user, case) and (proposal is None or proposal.proposed_by != user.actor.code)


def can_judge(user: User | Any, case: Case) -> bool:
    """The bureau above the office, and nobody who decides there."""
    return can(user, Permission.AID_OBJECTION, station=case.station_id) and not can_decide(user, case)


def assessments_filter(user: User | Any) -> Q:
    """Reviews to make, those made of one's own work, and all of the offices where one decides on aid."""
    worker = getattr(user, "worker", None)
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    own = Q(pk__in=[])
    if worker is not None:
        made = ~Q(state=AssessState.OPEN)
        own = Q(reviewer=worker) | (Q(assignment__worker=worker) & made)
    return own | Q(case__in=deciding_cases(user).values("pk"))


def deciding_cases(user: User | Any) -> QuerySet[Case]:
    """The matters of the offices where the user decides on aid."""
    reach = scopes(user, Permission.AID_DECIDE)
    if not reach:
        return Case.objects.none()
    where = Q(city__in=reach.everywhere_cities) | Q(county__in=reach.counties)
    return Case.objects.filter(where | Q(station__in=stations_of(reach)), kind=KIND)


def can_rate(user: User | Any, assessment: Assessment) -> bool:
    """The reviewer who was named."""
    worker = getattr(user, "worker", None)
    return worker is not None and worker.pk == assessment.reviewer_id


def can_object_to_grade(user: User | Any, assessment: Assessment) -> bool:
    """The lawyer whose work it was."""
    worker = getattr(user, "worker", None)
    return worker is not None and worker.pk == assessment.assignment.worker_id


def can_judge_grade(user: User | Any, assessment: Assessment) -> bool:
    """The office, never who rated it or worked it."""
    own = can_rate(user, assessment) or can_object_to_grade(user, assessment)
    return can_decide(user, assessment.case) and not own


def is_assigned(user: User | Any, case: Case) -> bool:
    workers = own_workers(user)
    if not workers:
        return False
    active = Assignment.objects.filter(case=case, state=AssignmentState.ACTIVE, worker_id__in=workers)
    return active.exists()


def can_report(user: User | Any, case: Case) -> bool:
    """The lawyer who works it; the office may write down what it was told."""
    return is_assigned(user, case) or can_decide(user, case)
