"""The wall of a line (who waits, who sits, how today goes) and the traffic its planner reads."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractHour, ExtractIsoWeekDay, ExtractMinute
from django.utils import timezone

from mingbai.hotline.enums import CallSource
from mingbai.hotline.models import Call, Seat
from mingbai.hotline.queries.seats import Strip, strip
from mingbai.hotline.rules.staffing import Half, Traffic, needed, patience_of
from mingbai.hotline.rules.wall import Heard, Tally, by, occupancy, tally
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
    """Four queries."""
    calls = heard(station, timezone.localdate(now))
    rows = Seat.objects.filter(station_id=station).staffed().select_related("worker").order_by("name")
    sats = [_sat(seat, calls, now) for seat in rows]
    busy: dict[str, int] = {}
    for sat in sats:
        shown = str(sat.seat.get_busy_display() if sat.seat.busy else sat.seat.get_state_display())
        busy[shown] = busy.get(shown, 0) + 1
    return Wall(
        strip=strip(None, station, now),
        sats=sats,
        busy=busy,
        today=tally(calls),
        halves=by(calls, half_of),
        seats=by((one for one in calls if one.seat), lambda one: one.seat),
        counties=by(calls, lambda one: one.county),
    )


def _sat(seat: Seat, calls: list[Heard], now: datetime) -> Sat:
    since = seat.signed_in_at or now
    own = [one for one in calls if one.seat == seat.name and one.answered and one.answered >= since]
    return Sat(seat, tally(own), occupancy(own, since, now))


def heard(station: str, on: date) -> list[Heard]:
    """The calls of one local day, from the database as it stands; one query."""
    columns = ("offered_at", "answered_at", "ended_at", "wrapped_at", "seat", "region_id", "source")
    places = register()
    return [
        Heard(offered, answered, ended, wrapped, seat, places.county_of(region), source != CallSource.HAND)
        for offered, answered, ended, wrapped, seat, region, source in Call.objects.incoming()
        .filter(station_id=station, on=on)
        .order_by("offered_at", "id")
        .values_list(*columns)
    ]


def half_of(call: Heard) -> str:
    """The half hour it came in, as "09:30"."""
    local = timezone.localtime(call.offered)
    return f"{local:%H}:{local.minute // 30 * 30:02d}"


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
    late = Case(When(minute__gte=30, then=Value(1)), default=Value(0))
    rows = (
        seen.order_by()
        .annotate(weekday=ExtractIsoWeekDay("offered_at"), hour=ExtractHour("offered_at"))
        .annotate(minute=ExtractMinute("offered_at"))
        .annotate(late=late)
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
    found = seen.exclude(source=CallSource.HAND).aggregate(
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
