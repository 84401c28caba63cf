"""Who sees and does what at the door: by the station, and the reach of the role."""

from __future__ import annotations

from typing import Any

from mingbai.cases.perms import stations_of
from mingbai.people.models import User
from mingbai.people.perms import can, scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.visits.models import Visit


def stations_seen(user: User | Any) -> frozenset[str]:
    """The codes of the stations whose door the user sees."""
    return stations_of(scopes(user, Permission.CASE_SEE), whole=True)


def can_receive(user: User | Any, station: str | Station) -> bool:
    """Take down bookings and visits, give and call numbers: who writes down matters there."""
    return can(user, Permission.CASE_OPEN, station=station)


def can_keep_openings(user: User | Any, station: str | Station) -> bool:
    """Who receives when is set by who keeps the roster there."""
    return can(user, Permission.PEOPLE_EDIT, station=station)


def can_show_visitor(user: User | Any, visit: Visit) -> bool:
    """Name and telephone in clear; each look is an entry."""
    return can(user, Permission.PERSON_SHOW, station=visit.station_id)
