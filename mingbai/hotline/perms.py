"""Who sees calls: the stations whose line rang, and who sees the matters of the caller's region."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from mingbai.cases.perms import stations_of
from mingbai.people.models import User
from mingbai.people.perms import region_codes, scopes
from mingbai.people.roles import Permission


def calls_filter(user: User | Any) -> Q:
    reach = scopes(user, Permission.CASE_SEE)
    if not reach:
        return Q(pk__in=[])
    return Q(station_id__in=stations_of(reach, whole=True)) | Q(region_id__in=region_codes(reach))


def seats_filter(user: User | Any) -> Q:
    reach = scopes(user, Permission.CASE_OPEN)
    return Q(station_id__in=stations_of(reach, whole=True)) if reach else Q(pk__in=[])
