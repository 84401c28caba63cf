"""Who may do what where: the grants of a user, read once a request, and the questions asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from mingbai.people.models import Grant, Worker
from mingbai.people.roles import ROLES, WITH_SECOND_FACTOR, Permission, RoleCode
from mingbai.places.enums import Level
from mingbai.places.models import Region, Station
from mingbai.places.queries import register
from mingbai.places.rules import Register

if TYPE_CHECKING:
    from mingbai.people.models import User

_NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Scopes:
    """Where a user holds one permission. `regions` holds every township and village code of the subtrees;
    `own_only` the ids of the worker whose own matters alone are meant."""

    everywhere_cities: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    own_only: frozenset[int] = frozenset()
    places: Callable[[], Register] = field(default=register, compare=False, repr=False)

    def __bool__(self) -> bool:
        return any((self.everywhere_cities, self.counties, self.regions, self.stations, self.own_only))

    def has_region(self, code: str) -> bool:
        """True when the region lies in a subtree that is meant whole."""
        return any(
            row.code in self.everywhere_cities or row.code in self.counties or row.code in self.regions
            for row in self.places().ancestors(code)
        )

    def has_station(self, code: str) -> bool:
        if code in self.stations:
            return True
        row = self.places().stations.get(code)
        return row is not None and self.has_region(row.region)


def can(
    user: User | Any,
    permission: Permission,
    *,
    region: str | Region | None = None,
    station: str | Station | None = None,
) -> bool:
    """True when the user holds the permission there; without a place: anywhere, or for own matters."""
    found = scopes(user, permission)
    if region is None and station is None:
        return bool(found)
    if station is not None and not found.has_station(_code(station)):
        return False
    return region is None or found.has_region(_code(region))


def _code(place: Any) -> str:
    return place if isinstance(place, str) else str(place.code)


def grants(user: User | Any) -> tuple[Grant, ...]:
    """The grants that hold today: one query per user object, which lives as long as the request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ()
    today = timezone.localdate()
    known = user.__dict__.get("_grants")
    if known is None or known[0] != today:
        known = (today, tuple(Grant.objects.filter(user_id=user.pk).active(today).order_by("id")))
        user.__dict__["_grants"], user.__dict__["_scopes"] = known, {}
    found: tuple[Grant, ...] = known[1]
    return found


def forget(user: User) -> None:
    """Drop what was remembered on this object: its grants have just changed."""
    for name in ("_grants", "_scopes", "_places"):
        user.__dict__.pop(name, None)


def _places(user: User) -> Register:
    """The register as this request sees it: asking anew for its token would cost a query each time."""
    if "_places" not in user.__dict__:
        user.__dict__["_places"] = register()
    found: Register = user.__dict__["_places"]
    return found


def roles(user: User | Any) -> frozenset[str]:
    return frozenset(grant.role for grant in grants(user))


def permissions(user: User | Any) -> frozenset[Permission]:
    """Everything the user may do somewhere: for menus."""
    return frozenset().union(*(ROLES[role].permissions for role in roles(user)))


def needs_second_factor(user: User | Any) -> bool:
    return bool(roles(user) & WITH_SECOND_FACTOR)


def is_only_own(user: User | Any) -> bool:
    """True when every role of the user shows only matters of their own."""
    return all(ROLES[role].only_own for role in roles(user))


def scopes(user: User | Any, permission: Permission) -> Scopes:
    """Where the user holds the permission: computed once per user object and permission."""
    held = grants(user)
    if not held:
        return Scopes()
    cached = user.__dict__.setdefault("_scopes", {})
    if permission not in cached:
        cached[permission] = _scopes(user, [g for g in held if permission in ROLES[g.role].permissions])
    found: Scopes = cached[permission]
    return found


def _scopes(user: User, held: list[Grant]) -> Scopes:
    own = any(ROLES[grant.role].only_own for grant in held)
    whole = [grant for grant in held if not ROLES[grant.role].only_own]
    regions = {grant.region_id for grant in whole if not grant.station_id}
    cities, counties, below = _subtrees(regions, _places(user)) if regions else (set(), set(), set())
    return Scopes(
        everywhere_cities=frozenset(cities),
        counties=frozenset(counties),
        regions=frozenset(below),
        stations=frozenset(grant.station_id for grant in whole if grant.station_id),
        own_only=_own_worker(user) if own else frozenset(),
        places=partial(_places, user),
    )


def _own_worker(user: User) -> frozenset[int]:
    worker: Worker | None = getattr(user, "worker", None)
    return frozenset({worker.pk}) if worker and worker.is_active else frozenset()


def _subtrees(codes: set[str], places: Register) -> tuple[set[str], set[str], set[str]]:
    """Sort the granted regions into cities, counties, and the codes of all townships and villages meant.

    A county that was merged away is no county of its own any more: its matters bear its successor's code.
    """
    cities, counties, below = set[str](), set[str](), set[str]()
    for code in codes & places.regions.keys():
        level = places.regions[code].level
        if level == Level.CITY:
            cities.add(code)
        elif level == Level.COUNTY and places.county_of(code) == code:
            counties.add(code)
        else:
            below |= places.subtree(code)
    return cities, counties, below


def region_codes(found: Scopes) -> frozenset[str]:
    """Every region code of the subtrees; for filters on registers, which are small beside cases."""
    places = found.places()
    whole = (places.subtree(code) for code in found.everywhere_cities | found.counties)
    return found.regions.union(*whole)


@dataclass(frozen=True)
class Reach:
    """Cities and counties meant whole, and the codes of townships and villages."""

    cities: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cities or self.counties or self.regions)

    def has(self, region: str) -> bool:
        whole = self.cities | self.counties | self.regions
        return any(row.code in whole for row in register().ancestors(region))

    def codes(self) -> frozenset[str]:
        """Every region code of it; for filters on what is small beside cases."""
        whole = (register().subtree(code) for code in self.cities | self.counties)
        return self.regions.union(*whole)


def reach(user: User | Any, permission: Permission) -> Reach:
    """Where the user holds a permission: a station counts for its region and all below it.

    What is gathered up the tiers: a township's station sees its villages, a county's centre its townships,
    although their matters are not theirs.
    """
    found = scopes(user, permission)
    places = found.places()
    cities, counties = set(found.everywhere_cities), set(found.counties)
    regions = set(found.regions)
    for code in found.stations & places.stations.keys():
        region = places.stations[code].region
        level = places.regions[region].level
        if level == Level.CITY:
            cities.add(region)
        elif level == Level.COUNTY:
            counties.add(places.county_of(region))
        else:
            regions |= places.subtree(region)
    return Reach(frozenset(cities), frozenset(counties), frozenset(regions))


# ── what a user sees of the registers ──


def workers_filter(user: User | Any) -> Q:
    """The register is seen by who keeps it, and by who assigns, designates or oversees; and oneself."""
    if not getattr(user, "is_authenticated", False):
        return _NOTHING
    seen = Q(user_id=user.pk)
    for permission in (Permission.PEOPLE_EDIT, Permission.CASE_ASSIGN, Permission.CASE_DESIGNATE):
        found = scopes(user, permission)
        if found:
            seen |= Q(region_id__in=region_codes(found)) | Q(station_id__in=found.stations)
    return seen


def can_edit_worker(user: User, worker: Worker) -> bool:
    return _has_worker(scopes(user, Permission.PEOPLE_EDIT), worker)


def grants_filter(user: User | Any) -> Q:
    found = [scopes(user, p) for p in (Permission.GRANTS_EDIT, Permission.USERS_EDIT) if can(user, p)]
    seen = _NOTHING
    for one in found:
        seen |= Q(region_id__in=region_codes(one))
    return seen


def users_filter(user: User | Any) -> Q:
    """An administrator sees who holds a role in their subtree, and who holds none yet: of the register's
    people only those of the subtree."""
    found = [scopes(user, p) for p in (Permission.GRANTS_EDIT, Permission.USERS_EDIT) if can(user, p)]
    seen = _NOTHING
    for one in found:
        codes = region_codes(one)
        home = Q(worker__region_id__in=codes) | Q(worker__station__region_id__in=codes)
        seen |= Q(grants__region_id__in=codes)
        seen |= Q(grants__isnull=True) & (Q(worker__isnull=True) | home)
    return seen


def can_edit_user(user: User, target: User) -> bool:
    """True when every grant of the target lies within the administrator's subtree; nobody edits upwards."""
    return user.pk != target.pk and _rules_over(user, Permission.USERS_EDIT, target)


def can_reset_factor(user: User, target: User) -> bool:
    return user.pk != target.pk and _rules_over(user, Permission.GRANTS_EDIT, target)


def can_let_in(user: User, target: User) -> bool:
    """Who keeps the register prints slips for, and shuts out, those whose every grant lies in their reach: a
    slip is as good as the sign-in itself."""
    return _rules_over(user, Permission.PEOPLE_EDIT, target)


def can_keep_partners(user: User | Any) -> bool:
    return bool(scopes(user, Permission.PARTNERS_EDIT).everywhere_cities)


def can_link(user: User, worker: Worker) -> bool:
    """An administrator of users gives sign-ins to the people of their own part of the register."""
    return _has_worker(scopes(user, Permission.USERS_EDIT), worker)


def can_grant(user: User, target: User, *, region: str | Region, role: str = "") -> bool:
    """A security administrator grants below; one of a county makes no administrators."""
    found = scopes(user, Permission.GRANTS_EDIT)
    if user.pk == target.pk or not found.has_region(_code(region)):
        return False
    makes_admin = role in (RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN)
    return bool(found.everywhere_cities) or not makes_admin


def _rules_over(user: User, permission: Permission, target: User) -> bool:
    """Grants that are to begin count, and those of a shut sign-in, which may be opened again."""
    found = scopes(user, permission)
    held = list(Grant.objects.filter(user_id=target.pk).standing(timezone.localdate()).order_by("id"))
    worker: Worker | None = getattr(target, "worker", None)
    if not found or (worker and not held and not _has_worker(found, worker)):
        return False
    return all(
        found.has_station(grant.station_id) if grant.station_id else found.has_region(grant.region_id)
        for grant in held
    )


def _has_worker(found: Scopes, worker: Worker) -> bool:
    return found.has_station(worker.station_id) if worker.station_id else found.has_region(worker.region_id)
