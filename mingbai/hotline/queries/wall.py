"""The wall of a line (who waits, who sits, how today goes) and the traffic its planner reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractHour, ExtractIsoWeekDay, ExtractMinute
from django.utils import timezone

from mingbai.hotline.enums import UNMEASURED
from mingbai.hotline.models import Call, Seat
from mingbai.hotline.queries.figures import COUNTS, tally_of
from mingbai.hotline.queries.seats import Strip, strip
from mingbai.hotline.rules.staffing import Half, Traffic, needed, patience_of
from mingbai.hotline.rules.wall import Group, Tally, by, occupancy
from mingbai.people.enums import Post
from mingbai.people.queries import staffing
from mingbai.places.queries import register

HALF = timedelta(minutes=30)
WEEKS = 8
"""So far back the planner reads."""


@dataclass(frozen=True, slots=True)
class Sat:
    """A staffed seat and its share of time in calls since it was taken."""

    seat: Seat
    tally: Tally
    occupancy: float | None


@dataclass(frozen=True, slots=True)
class Wall:
    """`busy`: seats by what they do. `halves`, `seats`, `counties`: today, by their names."""

    strip: Strip
    sats: list[Sat]
    busy: dict[str, int]
    today: Tally
    halves: dict[str, Tally]
    seats: dict[str, Tally]
    counties: dict[str, Tally]


def wall(station: str, now: datetime) -> Wall:
    """Five queries."""
    groups = counted(station, timezone.localdate(now))
    rows = Seat.objects.filter(station_id=station).staffed().select_related("worker").order_by("name")
    seats = list(rows)
    sats = _sats(seats, station, now)
    busy: dict[str, int] = {}
    for seat in seats:
        shown = str(seat.get_busy_display() if seat.busy else seat.get_state_display())
        busy[shown] = busy.get(shown, 0) + 1
    return Wall(
        strip=strip(None, station, now),
        sats=sats,
        busy=busy,
        today=sum((one.tally for one in groups), Tally()),
        halves=by(groups, lambda one: one.half),
        seats=by((one for one in groups if one.seat), lambda one: one.seat),
        counties=by(groups, lambda one: one.county),
    )


def counted(station: str, on: date) -> list[Group]:
    """The calls of one local day by half hour, seat and county; one query."""
    rows = (
        _by_half(Call.objects.incoming().filter(station_id=station, on=on))
        .values("hour", "late", "seat", "region_id")
        .annotate(**COUNTS)
        .order_by("hour", "late", "seat", "region_id")
    )
    places = register()
    return [
        Group(
            f"{row['hour']:02d}:{row['late'] * 30:02d}",
            row["seat"],
            places.county_of(row["region_id"]),
            tally_of(row),
        )
        for row in rows
    ]


def _by_half(calls: QuerySet[Call]) -> QuerySet[Any]:
    late = Case(When(minute__gte=30, then=Value(1)), default=Value(0))
    timed = calls.order_by().annotate(hour=ExtractHour("offered_at"), minute=ExtractMinute("offered_at"))
    return timed.annotate(late=late)


def _sats(seats: list[Seat], station: str, now: datetime) -> list[Sat]:
    """Each staffed seat with its own calls since it was taken; one query."""
    own = Q(pk__in=[])
    for seat in seats:
        own |= Q(seat=seat.name, answered_at__gte=seat.signed_in_at or now)
    until = Coalesce("wrapped_at", "ended_at", Value(now))
    busy = Sum(ExpressionWrapper(until - F("answered_at"), DurationField()))
    rows = (
        Call.objects.filter(own, station_id=station).order_by().values("seat").annotate(busy=busy, **COUNTS)
    )
    found = {row["seat"]: row for row in rows.order_by("seat")}
    return [_sat(seat, found.get(seat.name), now) for seat in seats]


def _sat(seat: Seat, row: Mapping[str, Any] | None, now: datetime) -> Sat:
    busy = row["busy"].total_seconds() if row and row["busy"] else 0.0
    return Sat(seat, tally_of(row) if row else Tally(), occupancy(busy, seat.signed_in_at or now, now))


@dataclass(frozen=True, slots=True)
class Week:
    """What the planner read, and a usual week: `halves` only where anybody ever called."""

    first: date
    last: date
    calls: int
    halves: list[Half]
    patience: float
    handling: float


def week(station: str, today: date) -> Week | None:
    """A usual week of the last eight whole ones against the roster of the coming one; None without a call.

    Handling time and patience are the line's, not the half hour's: a half hour sees too few calls.
    """
    last = today - timedelta(days=today.isoweekday())
    seen = (
        Call.objects.incoming()
        .filter(station_id=station)
        .within(last - timedelta(weeks=WEEKS) + timedelta(days=1), last)
    )
    if (first := seen.order_by("on").values_list("on", flat=True).first()) is None:
        return None
    first -= timedelta(days=first.weekday())
    weeks = ((last - first).days + 1) // 7
    handling, patience = _work(seen)
    halves = [
        _half(station, last, weekday, slot, Traffic(n / weeks * 2, handling, patience))
        for (weekday, slot), n in _counts(seen).items()
    ]
    return Week(first, last, seen.count(), halves, patience, handling)


def _half(station: str, last: date, weekday: int, slot: int, traffic: Traffic) -> Half:
    day = last + timedelta(days=1 + weekday)
    at = timezone.make_aware(datetime.combine(day, time())) + slot * HALF
    staff = staffing()
    there = staff.on_duty(station, at) if staff.duties.get(station) else []
    agents = [row for row in there if row.post == Post.HOTLINE_AGENT]
    return Half(weekday, slot, traffic, needed(traffic), len(agents))


def _counts(seen: QuerySet[Call]) -> dict[tuple[int, int], int]:
    rows = (
        _by_half(seen)
        .annotate(weekday=ExtractIsoWeekDay("offered_at"))
        .values("weekday", "hour", "late")
        .annotate(n=Count("pk"))
        .order_by("weekday", "hour", "late")
    )
    return {(row["weekday"] - 1, row["hour"] * 2 + row["late"]): row["n"] for row in rows}


def _work(seen: QuerySet[Call]) -> tuple[float, float]:
    """(mean handling, mean patience) in seconds."""
    long = ExpressionWrapper(Coalesce("wrapped_at", "ended_at") - F("answered_at"), DurationField())
    wait = ExpressionWrapper(Coalesce("answered_at", "ended_at") - F("offered_at"), DurationField())
    talked = Q(answered_at__isnull=False, ended_at__isnull=False)
    found = seen.exclude(source__in=UNMEASURED).aggregate(
        n=Count("pk", filter=talked),
        handled=Sum(long, filter=talked),
        waited=Sum(wait, filter=Q(answered_at__isnull=False) | Q(ended_at__isnull=False)),
        gave_up=Count("pk", filter=Q(answered_at=None, ended_at__isnull=False)),
    )
    handling = found["handled"].total_seconds() / found["n"] if found["n"] else _USUAL
    waited = found["waited"].total_seconds() if found["waited"] else 0.0
    return handling or _USUAL, patience_of(waited, found["gave_up"])


_USUAL = 300.0
"""Seconds of a call where none was measured yet."""
