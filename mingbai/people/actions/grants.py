"""Grants: a role over a subtree or a station, given and taken by the security administrator."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people import perms
from mingbai.people.models import Grant, User
from mingbai.people.rules import check_grant, check_period
from mingbai.places.enums import Level
from mingbai.places.models import Region, Station


@transaction.atomic
def grant(
    *,
    by: Actor,
    user: User,
    role: str,
    region: Region | None = None,
    station: Station | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Give a role over a region's subtree or over one station, both days included.

    Raises Refused "own_grant", "admins_separate", "admin_without_cases", "admin_place", "bad_period",
    "grant_twice", "not_yours" (the granter's own scope does not reach so far).
    """
    # The lock makes two grants at the same moment see each other: nobody becomes two administrators.
    locked: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if station is not None:
        region = station.region  # by which the reach of whoever grants, revokes or looks is judged
    if region is None:
        raise Refused(_("请选择区划或站点。"), code="no_place", field="region")
    valid_from = valid_from or timezone.localdate()
    check_period(valid_from, valid_to)
    _check(locked, role, region, station, by)
    made = Grant.objects.create(
        user=locked, role=role, region=region, station=station, valid_from=valid_from, valid_to=valid_to
    )
    data = {
        "role": role,
        "region": region.code,
        "station": station.code if station else "",
        "to": str(valid_to or ""),
    }
    _write(locked, "user.granted", by, data)
    perms.forget(user)
    return made


@transaction.atomic
def revoke(*, by: Actor, grant: Grant, why: str = "") -> Grant:
    """Take a role at once."""
    user: User = User.objects.select_for_update(of=("self",)).get(pk=grant.user_id)
    found: Grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if found.revoked_at:
        raise Refused(_("这项授权已撤销。"), code="grant_revoked")
    if by.kind == "user" and by.id == str(user.pk):
        raise Refused(_("不能给自己授权，也不能改动自己的授权。"), code="own_grant")
    _check_reach(by, user, found.region, found.role)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    _write(user, "user.revoked", by, {"role": found.role, "region": found.region_id, "why": why})
    perms.forget(grant.user)
    return found


def _check(user: User, role: str, region: Region, station: Station | None, by: Actor) -> None:
    today = timezone.localdate()
    # Grants that start later count as well: the three administrators stay apart tomorrow too.
    current = list(Grant.objects.filter(user=user).standing(today).order_by("id"))
    check_grant(
        role=role,
        held={one.role for one in current},
        to_self=by.kind == "user" and by.id == str(user.pk),
        is_wide=station is None and region.level in (Level.CITY, Level.COUNTY),
    )
    code = station.code if station else None
    if any((one.role, one.region_id, one.station_id) == (role, region.code, code) for one in current):
        raise Refused(_("这项授权已经有了。"), code="grant_twice", field="role")
    _check_reach(by, user, region, role)


def _check_reach(by: Actor, user: User, region: Region, role: str) -> None:
    if by.kind == "system":
        return
    granter = by.user
    if not isinstance(granter, User) or not perms.can_grant(granter, user, region=region, role=role):
        raise Refused(_("这项授权超出您的管理范围。"), code="not_yours")


def _write(user: User, verb: str, by: Actor, data: dict[str, str]) -> None:
    journal.write(chain=f"user:{user.pk}", verb=verb, by=by, data=data)
