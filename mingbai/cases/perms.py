"""Who may see and do what with a matter. Lists begin with `Case.objects.visible_to(user)`."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case, CoHandler, Handover, Rating
from mingbai.people.models import User
from mingbai.people.perms import Scopes, can, scopes
from mingbai.people.queries import staffing
from mingbai.people.roles import Permission
from mingbai.places.queries import register

_NOTHING = Q(pk__in=[])


def visible_filter(user: User) -> Q:
    """Matters of the stations in the user's reach, those they own or help with, and those offered there."""
    reach = scopes(user, Permission.CASE_SEE)
    if not reach:
        return _NOTHING
    if reach.everywhere_cities:
        # One plain condition, so that the lists of a whole city are read from one index.
        return Q(city__in=reach.everywhere_cities)
    workers, stations = own_workers(user), stations_of(reach)
    seen = Q(owner_id__in=workers) if workers else _NOTHING
    if reach.counties:
        seen |= Q(county__in=reach.counties)
    if stations:
        seen |= Q(station_id__in=stations)
    whole = stations_of(reach, whole=True)
    return seen | Q(pk__in=_helped(workers, whole)) | Q(pk__in=_offered(whole))


def stations_of(reach: Scopes, *, whole: bool = False) -> frozenset[str]:
    """The station codes of a reach: named ones, those of townships and villages; `whole`: of counties too."""
    places = register()
    found = set(reach.stations)
    regions = set(reach.regions)
    if whole:
        for code in reach.everywhere_cities | reach.counties:
            regions |= places.subtree(code)
    if regions:
        found |= {row.code for row in places.stations.values() if row.region in regions}
    return frozenset(found)


def own_worker(user: User) -> int | None:
    """The user's active row in the register of workers; one query per user object."""
    worker = getattr(user, "worker", None)
    return worker.pk if worker is not None and worker.is_active else None


def own_workers(user: User) -> frozenset[int]:
    """The user's row, and those of absent people they stand in for today: leave stalls no matter."""
    worker = own_worker(user)
    if worker is None:
        return frozenset()
    staff, today = staffing(), timezone.localdate()
    away = (absent for absent in staff.absences if staff.is_absent(absent, today))
    present = ((absent, staff.present(absent, today)) for absent in away)
    return frozenset({worker, *(absent for absent, here in present if here and here.id == worker)})


def _helped(workers: frozenset[int], stations: frozenset[str]) -> QuerySet[CoHandler, Any]:
    where = Q(station_id__in=stations)
    if workers:
        where |= Q(worker_id__in=workers)
    return CoHandler.objects.filter(where, done_at=None).values("case_id")


def _offered(stations: frozenset[str]) -> QuerySet[Handover, Any]:
    return Handover.objects.filter(state=HandoverState.OFFERED, taker_id__in=stations).values("case_id")


def can_see(user: User, case: Case) -> bool:
    return Case.objects.filter(visible_filter(user), pk=case.pk).exists()


def can_open(user: User, station: str) -> bool:
    """Write down a new matter and keep it at this station."""
    return can(user, Permission.CASE_OPEN, station=station)


def is_own(user: User, case: Case) -> bool:
    """The user's row in the register owns the matter."""
    return case.owner_id is not None and own_worker(user) == case.owner_id


def can_work(user: User, case: Case) -> bool:
    """Who works at the owning station, owns the matter, or stands in for its absent owner."""
    if case.owner_id in own_workers(user) and can(user, Permission.CASE_WORK):
        return True
    return can(user, Permission.CASE_WORK, station=case.station_id)


def can_assign(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_ASSIGN, station=case.station_id) or can_designate(user, case)


def can_designate(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_DESIGNATE, station=case.station_id)


def can_decide_extension(user: User, case: Case) -> bool:
    """Never the one whose matter it is."""
    return can(user, Permission.CASE_EXTEND, station=case.station_id) and not is_own(user, case)


def can_call_back(user: User, case: Case) -> bool:
    """Never the one who was rated."""
    return can(user, Permission.CASE_CALL_BACK, station=case.station_id) and not is_own(user, case)


def can_appeal(user: User, rating: Rating) -> bool:
    """The station that was rated may say that a rating is mistaken."""
    return can_work(user, rating.case)


def can_decide_appeal(user: User, rating: Rating) -> bool:
    """Who oversees, never the one who was rated."""
    return can_designate(user, rating.case) and not is_own(user, rating.case)


def can_answer_handover(user: User, handover: Handover) -> bool:
    return can(user, Permission.CASE_WORK, station=handover.taker_id)


def can_finish_help(user: User, helper: CoHandler) -> bool:
    if helper.is_engaged:  # the line that named them ends it
        return False
    if can(user, Permission.CASE_WORK, station=helper.station_id):
        return True
    return helper.worker_id in own_workers(user)


def can_merge(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_MERGE, station=case.station_id)


def can_merge_person(user: User, case: Case) -> bool:
    return can(user, Permission.PERSON_MERGE, station=case.station_id)


def can_show_person(user: User, case: Case) -> bool:
    """Personal values of a matter that one works on or oversees; each look is in the journal."""
    if case.owner_id in own_workers(user) and can(user, Permission.PERSON_SHOW):
        return True
    return can(user, Permission.PERSON_SHOW, station=case.station_id) or _is_named(user, case)


def _is_named(user: User, case: Case) -> bool:
    """Named to help with it: they have to call its people."""
    workers = own_workers(user)
    if not workers or not can(user, Permission.PERSON_SHOW):
        return False
    return CoHandler.objects.filter(case=case, worker_id__in=workers, done_at=None).exists()
