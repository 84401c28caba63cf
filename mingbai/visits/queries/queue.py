"""Who waits in a hall, in the order of calling; what is called; how long it takes today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from mingbai.core.crypto import keyed_hash
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Hall, Visit
from mingbai.visits.rules.queue import Estimate, Waiting, estimate, in_order

AT_WORK = timedelta(minutes=40)
"""A window that called or ended nothing for so long is not counted as being at work."""
SHOWN = 6
ASKED_FOR = timedelta(minutes=3)
"""So long after a service the window's display asks how it was."""
WINDOW_KEY = "visits.window"


def today_at(station: str, now: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(station_id=station, on=timezone.localdate(now))


def hall_of(station: str) -> Hall:
    """The hall's settings, those of a new one where nobody has set any."""
    return Hall.objects.filter(pk=station).first() or Hall(station_id=station)


def waiting(
    station: str, now: datetime, *, lines: Collection[str] = (), window: int | None = None
) -> list[Visit]:
    """Who waits, who is called first first; for one window: its lines, and whom it was sent."""
    rows = today_at(station, now).filter(state=VisitState.WAITING)
    found = {visit.pk: visit for visit in rows.select_related("opening", "station").order_by("id")}
    if lines or window is not None:
        found = {pk: visit for pk, visit in found.items() if _is_for(visit, lines, window)}
    head_start = timedelta(minutes=hall_of(station).head_start)
    order = in_order([_row(visit) for visit in found.values()], now, head_start)
    return [found[pk] for pk in order]


def _is_for(visit: Visit, lines: Collection[str], window: int | None) -> bool:
    if visit.window is not None:
        return window is None or visit.window == window
    return not lines or visit.line in lines


def _row(visit: Visit) -> Waiting:
    return Waiting(visit.pk, visit.waiting_since or visit.at, visit.priority, visit.starts_at, visit.ends_at)


def called(station: str, now: datetime) -> list[Visit]:
    """The numbers that are called now, the last first: what hall and desk show."""
    rows = today_at(station, now).filter(state=VisitState.CALLED, called_at__isnull=False)
    return list(rows.order_by("-called_at", "-id")[:SHOWN])


def called_at(station: str, window: int, now: datetime) -> Visit | None:
    """Whom this window has called and not yet served: also after its browser was closed."""
    rows = today_at(station, now).filter(state=VisitState.CALLED, window=window)
    return rows.select_related("station", "opening", "case", "worker").order_by("-called_at").first()


@dataclass(frozen=True)
class AtWindow:
    """What a window's display shows: who is called there, else whose service just ended and may be rated;
    `clerk` is who called last."""

    called: Visit | None
    rated: Visit | None
    clerk: str


def at_window(station: str, window: int, now: datetime) -> AtWindow:
    """Two queries at most."""
    mine = today_at(station, now).filter(window=window).select_related("worker", "station")
    called = mine.filter(state=VisitState.CALLED).order_by("-called_at").first()
    ended = mine.filter(state=VisitState.SERVED, ended_at__gt=now - AT_WORK).order_by("-ended_at").first()
    last = called or ended
    clerk = last.worker.name if last is not None and last.worker else ""
    asks = called is None and ended is not None and _is_fresh(ended, now)
    return AtWindow(called, ended if asks else None, clerk)


def _is_fresh(visit: Visit, now: datetime) -> bool:
    """Just over and not yet rated."""
    return visit.ended_at is not None and visit.ended_at > now - ASKED_FOR and visit.grade is None


def window_key(station: str, window: int) -> str:
    """What a tablet must know to take ratings at this window; new ones after `pair_anew`."""
    return keyed_hash(f"{station}:{window}:{hall_of(station).pairing}", what=WINDOW_KEY)


def absent(station: str, now: datetime) -> list[Visit]:
    rows = today_at(station, now).filter(state=VisitState.ABSENT)
    return list(rows.select_related("station").order_by("-called_at", "-id")[:20])


@dataclass(frozen=True)
class Pace:
    """How a hall works today: minutes of each service by line, and how many windows are at it."""

    minutes: dict[str, list[float]]
    windows: int

    def estimate(self, ahead: int, line: str) -> Estimate | None:
        return estimate(ahead, self.minutes.get(line, ()), self.windows)


def pace(station: str, now: datetime) -> Pace:
    """One query."""
    rows = today_at(station, now).filter(called_at__isnull=False, window__isnull=False)
    minutes: dict[str, list[float]] = {}
    windows = set()
    columns = ("line", "window", "called_at", "ended_at")
    for line, window, begun, ended in rows.values_list(*columns).order_by("called_at"):
        if ended is not None:
            minutes.setdefault(line, []).append((ended - begun).total_seconds() / 60)
        if (ended or begun) > now - AT_WORK or ended is None:
            windows.add(window)
    return Pace(minutes, len(windows))


@dataclass(frozen=True)
class Place:
    """Where somebody stands who waits: how many are before them, and how long it may take."""

    ahead: int
    estimate: Estimate | None


def place_of(visit: Visit, now: datetime) -> Place | None:
    """None for who does not wait."""
    if visit.state != VisitState.WAITING:
        return None
    order = [one.pk for one in waiting(visit.station_id, now)]
    ahead = order.index(visit.pk) if visit.pk in order else 0
    return Place(ahead, pace(visit.station_id, now).estimate(ahead, visit.line))


def counts(station: str, now: datetime) -> Counter[str]:
    """How many wait for each line."""
    rows = today_at(station, now).filter(state=VisitState.WAITING)
    return Counter(rows.values_list("line", flat=True).order_by("line"))
