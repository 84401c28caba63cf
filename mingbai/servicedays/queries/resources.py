"""Who can be sent when, what is missing where, and how unequal that is."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from mingbai.places.queries import register
from mingbai.servicedays.enums import PlanState
from mingbai.servicedays.models import Plan
from mingbai.servicedays.queries.month import held_days, month_of
from mingbai.servicedays.rules.building import PersonRow, build
from mingbai.servicedays.rules.coverage import Coverage
from mingbai.servicedays.rules.coverage import coverage as coverage_of


@dataclass(frozen=True)
class Resources:
    """The people who can be sent in a month, and by skill how many there are and how many they can see."""

    people: tuple[PersonRow, ...]
    heads: dict[str, int]
    capacity: dict[str, int]


def resources(month: int, region: str, today: date | None = None) -> Resources:
    """Of a region: its own people and those of the centres above. By skill people count once each."""
    people = month_of(region, month, today=today).people
    heads: dict[str, int] = {}
    capacity: dict[str, int] = {}
    for row in people:
        days = min(row.most_days, len(row.free))
        for skill in row.skills:
            heads[skill] = heads.get(skill, 0) + 1
            capacity[skill] = capacity.get(skill, 0) + days * row.capacity
    return Resources(people, heads, capacity)


def plan_in_force(region: str, month: int) -> Plan | None:
    """The published plan of a month, else its draft."""
    plans = Plan.objects.filter(
        region_id=region, month=month, state__in=[PlanState.PUBLISHED, PlanState.DRAFT]
    )
    found = {plan.state: plan for plan in plans.order_by("id")}
    return found.get(PlanState.PUBLISHED) or found.get(PlanState.DRAFT)


def coverage(month: int, region: str, *, plan: Plan | None = None, today: date | None = None) -> Coverage:
    """Need, capacity and coverage per place and skill with the days of `plan` (else of the one in force)."""
    plan = plan or plan_in_force(region, month)
    data = month_of(region, month, plan=plan, today=today)
    held = held_days(plan) if plan is not None else []
    return coverage_of(data, held, build(data).notes if data.dates else ())


@dataclass(frozen=True, slots=True)
class Unlocated:
    """A place whose station has no point yet."""

    spot: str
    name: str
    station: str


def without_point(region: str, today: date | None = None) -> list[Unlocated]:
    """The places of a region whose point a worker still has to set, by name."""
    places = register()
    data = month_of(region, _this_month(today), today=today)
    found = [
        Unlocated(spot.code, spot.name, next((row.code for row in places.stations_at(spot.code)), ""))
        for spot in data.spots
        if spot.point is None
    ]
    return sorted(found, key=lambda row: row.spot)


def _this_month(today: date | None) -> int:
    today = today or timezone.localdate()
    return today.year * 100 + today.month
