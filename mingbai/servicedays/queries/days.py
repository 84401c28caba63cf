"""Days as residents, teams and desks ask for them: the next one near me, mine, the stand's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from mingbai.cases.perms import own_workers
from mingbai.people.models import User
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.servicedays.enums import DayState
from mingbai.servicedays.models import DayRecord, Need, NeedQuerySet, ServiceDay, TeamMember
from mingbai.servicedays.perms import records_filter

MOST_NEAR, MOST_READ = 6, 500


@dataclass(frozen=True, slots=True)
class NextDay:
    """A published day to come; `nearness`: 0 in my place, 1 in my township, 2 in my county, 3 elsewhere."""

    day: ServiceDay
    nearness: int
    skills: tuple[str, ...]


def next_days(region: str, on: date | None = None, most: int = MOST_NEAR) -> list[NextDay]:
    """The next published days, the nearest first and of those the earliest. For everybody; three queries.

    `region`: where somebody lives, any level; "" for the whole city by date.
    """
    on = on or timezone.localdate()
    days = ServiceDay.objects.announced().filter(on__gte=on, on__lte=on + timedelta(days=92))
    rows = days.select_related("region", "station").prefetch_related("team").order_by("on", "region_id", "id")
    # Asked once: each asking looks whether the registers have changed.
    places = register()
    found = [NextDay(day, _nearness(places, region, day.region_id), _skills(day)) for day in rows[:MOST_READ]]
    return sorted(found, key=lambda row: (row.nearness, row.day.on, row.day.region_id))[:most]


def _skills(day: ServiceDay) -> tuple[str, ...]:
    return tuple(sorted({member.skill for member in day.team.all()}))


def _nearness(places: Register, region: str, place: str) -> int:
    if not region:
        return 3
    mine = {row.code: row.level for row in places.ancestors(region)}
    if place in mine:
        return 0 if mine[place] == Level.VILLAGE or place == region else 1
    if region in {row.code for row in places.ancestors(place)}:
        return 1 if places.regions[region].level == Level.TOWNSHIP else 2
    towns = {row.code for row in places.ancestors(place) if row.level == Level.TOWNSHIP}
    if towns & mine.keys():
        return 1
    return 2 if places.county_of(place) and places.county_of(place) == places.county_of(region) else 3


def my_days(user: User, on: date | None = None) -> QuerySet[ServiceDay]:
    """The published days to come in whose team the user is; today's too, until it is closed."""
    on = on or timezone.localdate()
    own = TeamMember.objects.filter(worker_id__in=own_workers(user)).values("day_id")
    days = ServiceDay.objects.visible_to(user).announced().filter(pk__in=own, on__gte=on)
    return days.select_related("region", "station").order_by("on", "id")


def roster(day: ServiceDay) -> list[TeamMember]:
    """Who is to come, and who has: by skill. One query."""
    return list(day.team.select_related("worker__station").order_by("skill", "worker__code"))


def waiting_at(day: ServiceDay) -> NeedQuerySet:
    """The needs that can be served there: reserved for this day first, then urgent and oldest."""
    found: NeedQuerySet = Need.objects.open().filter(Q(day=day) | Q(day=None, spot_id=day.region_id))
    return found.select_related("region", "case").order_by(
        F("day").desc(nulls_last=True), "-is_urgent", "since", "id"
    )


def records_of(day: ServiceDay, user: User) -> QuerySet[DayRecord]:
    """The records of a day in the user's reach, newest first, each with its matter's number."""
    found = DayRecord.objects.filter(records_filter(user), day=day).select_related("case", "worker", "need")
    return found.order_by("-at", "-id")


def flagged(user: User) -> QuerySet[DayRecord]:
    """What somebody should look at, oldest first."""
    found = DayRecord.objects.filter(records_filter(user)).exclude(flag="")
    return found.select_related("day__region", "case").order_by("written_at", "id")


def to_close(user: User, on: date | None = None) -> QuerySet[ServiceDay]:
    """Published days that are past and were neither closed nor cancelled."""
    on = on or timezone.localdate()
    days = ServiceDay.objects.visible_to(user).filter(state=DayState.PLANNED, on__lt=on)
    return days.select_related("region").order_by("on", "id")


def with_counts(days: Sequence[ServiceDay]) -> dict[int, dict[str, int]]:
    """How many records of each kind the days have: one query."""
    rows = DayRecord.objects.filter(day__in=days).values("day_id", "kind").annotate(rows=Count("pk"))
    found: dict[int, dict[str, int]] = {}
    for row in rows.order_by("day_id", "kind"):
        found.setdefault(row["day_id"], {})[row["kind"]] = row["rows"]
    return found
