"""Needs as lists and sums: by place, skill, urgency and age, from the village up to the city."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as When
from django.db.models import F, Min, Q, Sum, Value
from django.db.models import When as Is
from django.utils import timezone

from mingbai.people.models import User
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.servicedays.models import Need, NeedQuerySet
from mingbai.servicedays.rules.needs import AGES


@dataclass(frozen=True)
class NeedFilters:
    """What a list is narrowed to; "" means any. `age` is the least age in days."""

    region: str = ""
    skill: str = ""
    source: str = ""
    urgent: bool = False
    age: int = 0


def waiting_needs(user: User, filters: NeedFilters | None = None) -> NeedQuerySet:
    """Open needs in the user's reach, urgent and oldest first, each with what a row shows: one query."""
    filters = filters or NeedFilters()
    needs = Need.objects.visible_to(user).open()
    if filters.region:
        needs = needs.filter(region_id__in=register().subtree(filters.region))
    for name in ("skill", "source"):
        if getattr(filters, name):
            needs = needs.filter(**{name: getattr(filters, name)})
    if filters.urgent:
        needs = needs.filter(is_urgent=True)
    if filters.age:
        needs = needs.older_than(timezone.localdate() - timedelta(days=filters.age))
    return needs.select_related("region", "spot", "case", "day").waiting_order()


@dataclass(frozen=True, slots=True)
class NeedSum:
    """People who wait for one skill at one spot. `ages`: up to a week, a month, a quarter, longer."""

    county: str
    spot: str
    skill: str
    waiting: int
    urgent: int
    oldest: date
    ages: tuple[int, int, int, int]


def need_sums(user: User, region: str = "", on: date | None = None) -> list[NeedSum]:
    """The sums by spot and skill in the user's reach: one query, a row per spot and skill at most."""
    needs = Need.objects.visible_to(user).open()
    if region:
        needs = needs.filter(below(region))
    return sums_of(needs, on or timezone.localdate())


def sums_of(needs: NeedQuerySet, on: date) -> list[NeedSum]:
    """The same of any needs; for the planner, who counts without a user."""
    left = F("count") - F("served")
    limits = [on - timedelta(days=days) for days in AGES]
    within = {
        "week": Q(since__gte=limits[0]),
        "month": Q(since__lt=limits[0], since__gte=limits[1]),
        "quarter": Q(since__lt=limits[1], since__gte=limits[2]),
        "longer": Q(since__lt=limits[2]),
    }
    rows: Any = needs.values("county", "spot_id", "skill").annotate(
        people=Sum(left),
        urgent=Sum(When(Is(is_urgent=True, then=left), default=Value(0))),
        oldest=Min("since"),
        **{name: Sum(When(Is(which, then=left), default=Value(0))) for name, which in within.items()},
    )
    return [
        NeedSum(
            row["county"], row["spot_id"], row["skill"], row["people"], row["urgent"], row["oldest"],
            (row["week"], row["month"], row["quarter"], row["longer"]),
        )
        for row in rows.order_by("county", "spot_id", "skill")
    ]  # fmt: skip


def below(region: str) -> Q:
    """The needs of a region's subtree by the narrowest filter that an index serves."""
    row = register().regions.get(region)
    if row is None:
        return Q(pk__in=[])
    if row.level == Level.CITY:
        return Q(city=region)
    if row.level == Level.COUNTY:
        return Q(county=region)
    return Q(region_id__in=register().subtree(region))


@dataclass(frozen=True, slots=True)
class Waited:
    """A spot and how long somebody there has waited."""

    spot: str
    skill: str
    since: date
    days: int


def waited_longest(region: str, on: date, most: int = 20) -> list[Waited]:
    """The spots by who has waited there longest, the longest first: one query."""
    rows = Need.objects.open().filter(below(region)).values("spot_id", "skill").annotate(oldest=Min("since"))
    return [
        Waited(row["spot_id"], row["skill"], row["oldest"], (on - row["oldest"]).days)
        for row in rows.order_by("oldest", "spot_id", "skill")[:most]
    ]
