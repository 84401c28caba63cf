"""The tours of a day: who goes, to which homes in which order, when each is reached, what is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from mingbai.people.models import User
from mingbai.places.models import Station
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.visits import homes_on
from mingbai.visits.rules.tours import Pace, Point, Reached, Stop, pace_on, paces_of, point_of, timetable


@dataclass(frozen=True)
class Tour:
    """One opening's homes of one day, in the order of the tour. `reached` is by visit."""

    opening: Opening
    visits: list[Visit]
    reached: dict[int, Reached]
    start: Point | None
    pace: Pace

    @property
    def km(self) -> float:
        """Of all ways that are known, and back to the start."""
        return sum(one.km or 0 for one in self.reached.values())

    @property
    def unplaced(self) -> int:
        return sum(1 for visit in self.visits if point_of(visit.spot) is None)

    @property
    def is_ordered(self) -> bool:
        return all(visit.tour_seq is not None for visit in self.visits)


def tour_of(opening: Opening, on: date) -> QuerySet[Visit]:
    """The homes of one opening on one day: those with a turn first, then as they were entered."""
    rows = Visit.objects.filter(opening=opening, on=on, kind=VisitKind.HOME)
    return rows.exclude(state=VisitState.CANCELLED).order_by(*TURNS)


TURNS = (F("tour_seq").asc(nulls_last=True), "starts_at", "pk")


def tours_on(user: User, stations: Collection[str], on: date) -> list[Tour]:
    """All tours of a day; one query."""
    by_opening: dict[int, list[Visit]] = {}
    for visit in homes_on(user, stations, on).order_by("opening_id", *TURNS):
        by_opening.setdefault(visit.opening_id or 0, []).append(visit)
    return [told(visits, on) for visits in by_opening.values()]


def told(visits: list[Visit], on: date) -> Tour:
    """The tour of these visits in this order (at least one)."""
    opening = visits[0].opening
    assert opening is not None
    pace, start = pace_for(on), point_at(visits[0].station)
    reached = timetable(stops_of(visits), start, pace)
    return Tour(opening, visits, {one.key: one for one in reached}, start, pace)


def stops_of(visits: Iterable[Visit]) -> list[Stop]:
    """Stops of the visits; we come at any moment of the time promised that leaves us our stay."""
    return [_stop(visit) for visit in visits if visit.starts_at is not None and visit.ends_at is not None]


def _stop(visit: Visit) -> Stop:
    assert visit.starts_at is not None
    assert visit.ends_at is not None
    length = visit.ends_at - visit.starts_at
    stay = min(length, timedelta(minutes=settings.TOUR_STAY_MINUTES))
    return Stop(visit.pk, visit.starts_at, visit.ends_at - stay, stay, point_of(visit.spot))


def pace_for(on: date) -> Pace:
    return pace_on(on, paces_of(settings.TOUR_PACES))


def point_at(station: Station) -> Point | None:
    """Where a station is; None where nobody has entered it."""
    if station.latitude is None or station.longitude is None:
        return None
    return float(station.latitude), float(station.longitude)
