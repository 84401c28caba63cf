"""What is paid for a matter with aid: promised with the assignment, earned with the file, or dropped.

What was begun and ended otherwise (replaced, terminated) stays promised: a person settles the share that was
done.
"""

from datetime import datetime

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.legalaid.enums import AssignmentState
from mingbai.legalaid.models import AidLawyer, Assignment
from mingbai.places.queries import register
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Area, Work


def event_of(assignment: Assignment) -> str:
    return f"aid:{assignment.pk}"


def promised(assignment: Assignment, by: Actor, at: datetime) -> None:
    """The rate of this day is kept for the person, whenever the matter ends."""
    case, worker = assignment.case, assignment.worker
    lawyer = AidLawyer.objects.filter(worker=worker).first()
    job = subsidies.Job(
        worker=worker,
        work=Work.AID_CASE,
        region=case.county or case.city,
        about=case.chain,
        kind=case.aid.form,
        stage=assignment.phase,
        area=_area(case, worker.region_id),
        is_public_post=True if lawyer and lawyer.is_public_post else None,
    )
    subsidies.promise(by=by, job=job, event=event_of(assignment), on=timezone.localdate(at), at=at)


def _area(case: Case, home: str) -> Area:
    """How far from the person's own county the matter is."""
    places, there = register(), case.region_id or case.county or case.city
    if places.city_of(home) != places.city_of(there):
        return Area.CROSS_CITY
    own, other = places.county_of(home), places.county_of(there)
    return Area.CROSS_COUNTY if own and other and own != other else Area.OWN


def given_up(assignment: Assignment, by: Actor, at: datetime, why: str) -> None:
    """Declined before anything was done: nothing is paid. Replaced: a person settles what was done."""
    if assignment.state == AssignmentState.DECLINED:
        subsidies.drop(by=by, event=event_of(assignment), reason="未接受指派", at=at)


def done(case: Case, by: Actor, at: datetime) -> None:
    """The file is complete: what the person who works it was promised is earned."""
    for assignment in case.aid_assignments.filter(state=AssignmentState.ACTIVE):
        subsidies.earn(by=by, event=event_of(assignment), on=timezone.localdate(at), at=at)
