"""Who sees and does what with needs, plans and days: by the region of the place, up the tiers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from mingbai.cases.perms import own_workers
from mingbai.people.models import User
from mingbai.people.perms import Reach, can, reach
from mingbai.people.roles import Permission
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.servicedays.enums import DayState, PlanState
from mingbai.servicedays.models import Need, ServiceDay, TeamMember

_NOTHING = Q(pk__in=[])


def _within(found: Reach, city: str, county: str, region: str) -> Q:
    if found.cities:
        return Q(**{f"{city}__in": found.cities})
    seen = _NOTHING
    if found.counties:
        seen |= Q(**{f"{county}__in": found.counties})
    if found.regions:
        seen |= Q(**{f"{region}__in": found.regions})
    return seen


# ── needs ──


def needs_filter(user: User | Any) -> Q:
    return _within(reach(user, Permission.CASE_SEE), "city", "county", "region_id")


def can_take_need(user: User | Any, region: str | Region) -> bool:
    """Whoever writes down matters there writes down needs of that place and of those below it."""
    return reach(user, Permission.CASE_OPEN).has(_code(region))


def can_show_person(user: User | Any, need: Need) -> bool:
    """Name and telephone of who waits: who may see people there; each look is an entry."""
    return reach(user, Permission.PERSON_SHOW).has(need.region_id)


# ── plans and days ──


def _planners(user: User | Any) -> Reach:
    """Supervisors of the region, and who heads its centre (assigns its work)."""
    first, second = reach(user, Permission.CASE_DESIGNATE), reach(user, Permission.CASE_ASSIGN)
    return Reach(
        first.cities | second.cities, first.counties | second.counties, first.regions | second.regions
    )


def can_plan(user: User | Any, region: str | Region) -> bool:
    """Evening out is decided above the places it is between: by who oversees or heads the whole region."""
    return _planners(user).has(_code(region))


def planning_regions(user: User | Any) -> frozenset[str]:
    """The codes of all regions whose months the user plans."""
    return _planners(user).codes()


def can_set_point(user: User | Any, station: str) -> bool:
    """Who works at the station, or keeps it."""
    return can(user, Permission.CASE_WORK, station=station) or can(
        user, Permission.PLACES_EDIT, station=station
    )


def plans_filter(user: User | Any) -> Q:
    """Plans of regions where one plans or reads the board; what is published of a region one works in."""
    planning, board = _planners(user).codes(), reach(user, Permission.BOARD_SEE).codes()
    working = reach(user, Permission.CASE_SEE)
    above = {row.code for code in _tops(working) for row in register().ancestors(code)}
    published = Q(region_id__in=above | working.codes()) & ~Q(state__in=[PlanState.DRAFT, PlanState.DROPPED])
    return Q(region_id__in=planning | board) | (published if working else _NOTHING)


def _tops(found: Reach) -> frozenset[str]:
    return found.cities | found.counties | found.regions


def days_filter(user: User | Any) -> Q:
    """A published day is a public fact; drafts belong to those who see their plan."""
    if not getattr(user, "is_authenticated", False):
        return Q(state__in=[DayState.PLANNED, DayState.HELD])
    planning, board = _planners(user).codes(), reach(user, Permission.BOARD_SEE).codes()
    return ~Q(state=DayState.DRAFT) | Q(plan__region_id__in=planning | board)


def is_in_team(user: User | Any, day: ServiceDay) -> bool:
    workers = own_workers(user)
    return bool(workers) and day.team.filter(worker_id__in=workers).exists()


def can_work_day(user: User | Any, day: ServiceDay) -> bool:
    """Sign in, write records, close: the team, who works at that place or above it, and who plans there."""
    if not getattr(user, "is_authenticated", False):
        return False
    return (
        reach(user, Permission.CASE_OPEN).has(day.region_id)
        or can_plan(user, day.region_id)
        or is_in_team(user, day)
    )


def work_filter(user: User | Any) -> Q:
    """The days of `can_work_day`, for a list."""
    if not getattr(user, "is_authenticated", False):
        return _NOTHING
    own = TeamMember.objects.filter(worker_id__in=own_workers(user)).values("day_id")
    codes = reach(user, Permission.CASE_OPEN).codes() | _planners(user).codes()
    return Q(pk__in=own) | Q(region_id__in=codes)


def records_filter(user: User | Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return _NOTHING
    codes = reach(user, Permission.CASE_SEE).codes()
    workers = own_workers(user)
    # A subquery, not a join: a record must not come once per member of the team.
    own = TeamMember.objects.filter(worker_id__in=workers).values("day_id")
    return Q(day__region_id__in=codes) | Q(day_id__in=own)


def _code(place: Any) -> str:
    return place if isinstance(place, str) else str(place.code)
