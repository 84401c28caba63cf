"""Who sees calls: the stations whose line rang, and who sees the matters of the caller's region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from mingbai.cases.perms import own_worker, stations_of
from mingbai.hotline.enums import InspectionState
from mingbai.people.models import User
from mingbai.people.perms import can, region_codes, scopes
from mingbai.people.roles import Permission

if TYPE_CHECKING:
    from mingbai.hotline.models import Inspection


def calls_filter(user: User | Any) -> Q:
    reach = scopes(user, Permission.CASE_SEE)
    if not reach:
        return Q(pk__in=[])
    return Q(station_id__in=stations_of(reach, whole=True)) | Q(region_id__in=region_codes(reach))


def seats_filter(user: User | Any) -> Q:
    reach = scopes(user, Permission.CASE_OPEN)
    return Q(station_id__in=stations_of(reach, whole=True)) if reach else Q(pk__in=[])


# ── quality ──


def _inspected_stations(user: User | Any) -> frozenset[str]:
    return stations_of(scopes(user, Permission.QUALITY_SEE), whole=True)


def draws_filter(user: User | Any) -> Q:
    return Q(station_id__in=_inspected_stations(user))


def inspections_filter(user: User | Any) -> Q:
    own = Q(worker_id=own_worker(user)) & ~Q(state=InspectionState.OPEN)
    return Q(draw__station_id__in=_inspected_stations(user)) | own


def is_about(user: User | Any, one: Inspection) -> bool:
    """Whether it is the user's own work that is looked at."""
    return one.worker_id == own_worker(user)


def can_score(user: User | Any, one: Inspection) -> bool:
    """Who inspects the station, never oneself."""
    return can(user, Permission.QUALITY_SEE, station=one.draw.station_id) and not is_about(user, one)


def can_settle(user: User | Any, one: Inspection) -> bool:
    """A second look is somebody else's."""
    return can_score(user, one) and one.scored_code != user.actor.code


def can_object(user: User | Any, one: Inspection) -> bool:
    return is_about(user, one) and one.state == InspectionState.SCORED
