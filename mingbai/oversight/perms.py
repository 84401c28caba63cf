"""Who writes down visits, answers and ends supervision, reviews stations."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from mingbai.cases.models import Case
from mingbai.cases.perms import can_designate, can_work, own_workers
from mingbai.oversight.enums import ReviewState, Rung
from mingbai.oversight.models import Review, Supervision, VillageVisit
from mingbai.people.models import User, Worker
from mingbai.people.perms import can, reach, scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Station

_NOTHING = Q(pk__in=[])


# ── villages ──


def visits_filter(user: User | Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return _NOTHING
    codes = reach(user, Permission.CASE_SEE).codes() | reach(user, Permission.BOARD_SEE).codes()
    return Q(region_id__in=codes) | Q(worker_id__in=own_workers(user))


def can_write_visit(user: User | Any, region: str) -> bool:
    """Whoever takes down matters of that village."""
    return reach(user, Permission.CASE_OPEN).has(region)


def can_strike_visit(user: User | Any, visit: VillageVisit) -> bool:
    """Whoever wrote it as their own visit, and who oversees the place."""
    return visit.worker_id in own_workers(user) or can(
        user, Permission.CASE_DESIGNATE, region=visit.region_id
    )


def village_codes(user: User | Any) -> frozenset[str]:
    """Every region whose villages the user reads: one works there, or sees its board."""
    return reach(user, Permission.CASE_OPEN).codes() | reach(user, Permission.BOARD_SEE).codes()


def can_keep_villages(user: User | Any, region: str) -> bool:
    """Class, adviser and training of a village: who keeps the register of people there."""
    return reach(user, Permission.PEOPLE_EDIT).has(region)


def can_teach(user: User | Any, worker: Worker) -> bool:
    return can_keep_villages(user, worker.region_id)


# ── supervision ──


def can_supervise(user: User | Any, case: Case) -> bool:
    return can_designate(user, case)


def can_answer(user: User | Any, supervision: Supervision) -> bool:
    """Who works the matter or heads its station; not the one who only oversees it."""
    case = supervision.case
    return can_work(user, case) or can(user, Permission.CASE_ASSIGN, station=case.station_id)


def can_close(user: User | Any, supervision: Supervision) -> bool:
    """Who oversees it: on the city's rung only who oversees the whole city; never the one who answered."""
    if not can_designate(user, supervision.case):
        return False
    if supervision.rung == Rung.CITY:
        return bool(scopes(user, Permission.CASE_DESIGNATE).everywhere_cities)
    return True


# ── stations ──


def reviews_filter(user: User | Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return _NOTHING
    found = reach(user, Permission.CASE_WORK).codes() | reach(user, Permission.BOARD_SEE).codes()
    return Q(station__region_id__in=found)


def can_assess_self(user: User | Any, station: Station) -> bool:
    """Who works there."""
    return can(user, Permission.CASE_WORK, station=station)


def can_review(user: User | Any, review: Review) -> bool:
    """The county's step: who oversees the station's region."""
    return can(user, Permission.CASE_DESIGNATE, region=review.station.region_id)


def can_judge(user: User | Any) -> bool:
    """The city's step, appeals, and the naming of model stations."""
    return bool(scopes(user, Permission.CASE_DESIGNATE).everywhere_cities)


def may_give(user: User | Any, review: Review) -> bool:
    """Whose step it is: the station's own (its county may help), the county's, the city's."""
    if review.state == ReviewState.SELF:
        return can_assess_self(user, review.station) or can_review(user, review)
    if review.state == ReviewState.COUNTY:
        return can_review(user, review)
    return review.state == ReviewState.CITY and can_judge(user)


def can_show(user: User | Any, review: Review) -> bool:
    """Photographs: whose step it is; in an appeal the station that appealed, and who answers it."""
    if review.state == ReviewState.APPEALED:
        return can_assess_self(user, review.station) or can_judge(user)
    return may_give(user, review)
