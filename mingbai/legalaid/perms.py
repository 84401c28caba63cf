"""Who does what in a matter of legal aid: the office decides, the bureau judges, the lawyer works."""

from __future__ import annotations

from typing import Any

from mingbai.cases.models import Case
from mingbai.cases.perms import can_work, own_workers
from mingbai.legalaid.enums import AssignmentState
from mingbai.legalaid.models import Assignment, Decision
from mingbai.people.models import User
from mingbai.people.perms import can
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


def is_assigned(user: User | Any, case: Case) -> bool:
    workers = own_workers(user)
    if not workers:
        return False
    active = Assignment.objects.filter(case=case, state=AssignmentState.ACTIVE, worker_id__in=workers)
    return active.exists()


def can_report(user: User | Any, case: Case) -> bool:
    """The lawyer who works it; the office may write down what it was told."""
    return is_assigned(user, case) or can_decide(user, case)
