"""Slots of a period: the rules of openings, what is taken, who is away, which station is shut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from mingbai.people.queries import staffing
from mingbai.people.rules import Staffing
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Break, Opening, Visit
from mingbai.visits.rules.slots import Gap, Rule, Slot, slots

MOST_DAYS = 190
_AT_A_TIME = 7
OFFERED = 3
"""How many other times are offered to who comes second."""


@dataclass(frozen=True)
class Book:
    """The slots of a period with the openings they belong to."""

    slots: list[Slot]
    openings: dict[int, Opening]

    def free(self, *, after: datetime, line: str = "") -> list[Slot]:
        """Those that can still be taken, for one line or any."""
        fitting = {pk for pk, opening in self.openings.items() if serves(opening, line)}
        return [
            slot for slot in self.slots if slot.free and slot.opening in fitting and slot.starts_at > after
        ]


def serves(opening: Opening, line: str) -> bool:
    """Whether this line is received there; an opening without lines receives all of its station."""
    if not line:
        return True
    if opening.lines:
        return line in opening.lines
    row = register().stations.get(opening.station_id)
    return row is None or not row.lines or line in row.lines


def openings_of(
    stations: Collection[str], *, kinds: Collection[str] = (), only_public: bool = False
) -> list[Opening]:
    found = Opening.objects.filter(station_id__in=stations)
    if kinds:
        found = found.filter(kind__in=kinds)
    if only_public:
        found = found.filter(is_public=True)
    return list(found.order_by("id"))


def book(openings: Iterable[Opening], first: date, last: date) -> Book:
    """The slots of the openings from the first to the last day: two queries beside the registers in memory.

    Raises ValueError for more than MOST_DAYS days.
    """
    if (last - first).days >= MOST_DAYS:
        raise ValueError("too long a period")
    rows = {opening.pk: opening for opening in openings}
    places, staff = register(), staffing()
    found = slots(
        _rules(rows, first, last),
        first,
        last,
        calendar=places.workdays,
        zone=timezone.get_current_timezone(),
        taken=_taken(rows, first, last),
        is_shut=lambda station, day: _is_shut(places, station, day),
        is_away=lambda worker, day: _is_away(staff, worker, day),
    )
    return Book(found, rows)


def _rules(rows: dict[int, Opening], first: date, last: date) -> list[Rule]:
    gaps: dict[int, list[Gap]] = defaultdict(list)
    breaks = Break.objects.filter(opening__in=rows, first_on__lte=last, last_on__gte=first).order_by("id")
    for gap in breaks:
        gaps[gap.opening_id].append(Gap(gap.first_on, gap.last_on, gap.starts, gap.ends))
    return [rule_of(opening, gaps.get(opening.pk, ())) for opening in rows.values()]


def rule_of(opening: Opening, gaps: Collection[Gap] = ()) -> Rule:
    return Rule(
        opening=opening.pk,
        station=opening.station_id,
        first_on=opening.first_on,
        last_on=opening.last_on,
        starts=opening.starts,
        ends=opening.ends,
        minutes=opening.minutes,
        capacity=opening.capacity,
        repeat=opening.repeat,
        weekdays=frozenset(opening.weekdays),
        month_days=frozenset(opening.month_days),
        every=opening.every,
        on_day_off=opening.on_day_off,
        worker=opening.worker_id,
        gaps=tuple(gaps),
    )


def _taken(rows: dict[int, Opening], first: date, last: date) -> dict[tuple[int, datetime], int]:
    seats = Visit.objects.filter(opening__in=rows, on__gte=first, on__lte=last, seat__isnull=False)
    counted = (
        seats.exclude(state=VisitState.CANCELLED)
        .values_list("opening_id", "starts_at")
        .annotate(seats=Count("pk"))
        .order_by("opening_id", "starts_at")
    )
    return {(pk, starts_at): count for pk, starts_at, count in counted}


def _is_shut(places: Register, station: str, day: date) -> bool:
    row = places.stations.get(station)
    if row is None or not row.is_built or row.is_closed(day):
        return True
    return any(closure.covers(day) for closure in row.closures)


def _is_away(staff: Staffing, worker: int, day: date) -> bool:
    """Nobody, not even a stand-in; who left the register receives nobody."""
    return staff.present(worker, day) is None


def next_free(
    stations: Collection[str],
    *,
    kind: str = VisitKind.BOOKING,
    line: str = "",
    after: datetime | None = None,
    most: int = OFFERED,
    only_public: bool = False,
) -> list[Slot]:
    """The next times that can be taken there for a line."""
    return next_of(
        openings_of(stations, kinds=[kind], only_public=only_public), line=line, after=after, most=most
    )


def next_of(
    openings: list[Opening], *, line: str = "", after: datetime | None = None, most: int = OFFERED
) -> list[Slot]:
    """The next of these openings' times; looked for week after week, since most often the first has some."""
    now = timezone.now()
    after, today = max(after or now, now), timezone.localdate(now)
    ahead = max((opening.ahead_days for opening in openings), default=-1)
    since, until = timezone.localdate(after), today + timedelta(days=ahead)
    found: list[Slot] = []
    while since <= until and len(found) < most:
        last = min(until, since + timedelta(days=_AT_A_TIME - 1))
        part = book(openings, since, last)
        found += [slot for slot in part.free(after=after, line=line) if is_near(part, slot, today)]
        since = last + timedelta(days=1)
    return found[:most]


def is_near(found: Book, slot: Slot, today: date) -> bool:
    """Whether the slot lies within the days ahead that its opening takes bookings for."""
    # A slot's time is local: its date needs no conversion.
    return (slot.starts_at.date() - today).days <= found.openings[slot.opening].ahead_days
