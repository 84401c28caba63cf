"""Who may see and do what with a matter. Lists begin with `Case.objects.visible_to(user)`."""

from django.db.models import Q

from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case, CoHandler, Handover
from mingbai.people.models import User
from mingbai.people.perms import Scopes, can, scopes
from mingbai.people.roles import Permission


def visible_filter(user: User) -> Q:
    """Matters of the stations in the user's reach, those that they own or help with, and those offered there."""
    reach = scopes(user, Permission.CASE_SEE)
    if reach.is_empty:
        return Q(pk__in=[])
    seen = Q(owner_id__in=reach.workers) if reach.workers else Q(pk__in=[])
    if reach.cities:
        seen |= Q(city__in=reach.cities)
    if reach.counties:
        seen |= Q(county__in=reach.counties)
    if reach.stations:
        seen |= Q(station_id__in=reach.stations)
    return seen | Q(pk__in=_helped(reach)) | Q(pk__in=_offered(reach))


def _helped(reach: Scopes) -> object:
    where = Q(worker_id__in=reach.workers) | Q(station_id__in=reach.all_stations)
    return CoHandler.objects.filter(where, done_at=None).values("case_id")


def _offered(reach: Scopes) -> object:
    return Handover.objects.filter(state=HandoverState.OFFERED, taker_id__in=reach.all_stations).values(
        "case_id"
    )


def can_see(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def is_own(user: User, case: Case) -> bool:
    """The user's row in the register owns the matter."""
    worker = getattr(user, "worker", None)
    return worker is not None and worker.pk == case.owner_id


def can_work(user: User, case: Case) -> bool:
    """Who works at the owning station, or owns the matter."""
    return is_own(user, case) or can(user, Permission.CASE_WORK, station=case.station)


def can_assign(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_ASSIGN, station=case.station) or can_designate(user, case)


def can_designate(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_DESIGNATE, station=case.station)


def can_decide_extension(user: User, case: Case) -> bool:
    """Never the one whose matter it is."""
    return can(user, Permission.CASE_EXTEND, station=case.station) and not is_own(user, case)


def can_call_back(user: User, case: Case) -> bool:
    """Never the one who was rated."""
    return can(user, Permission.CASE_CALL_BACK, station=case.station) and not is_own(user, case)


def can_answer_handover(user: User, handover: Handover) -> bool:
    return can(user, Permission.CASE_WORK, station=handover.taker)


def can_finish_help(user: User, helper: CoHandler) -> bool:
    return can(user, Permission.CASE_WORK, station=helper.station)


def can_merge(user: User, case: Case) -> bool:
    return can(user, Permission.CASE_MERGE, station=case.station)


def can_show_person(user: User, case: Case) -> bool:
    """Personal values of a matter that one works on or oversees; each look is in the journal."""
    return can_see(user, case) and (
        is_own(user, case) or can(user, Permission.PERSON_SHOW, station=case.station)
    )
