"""The day's tour of home visits: how far and how long where no roads are known, when each home is reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mingbai.knowledge.rules.nearness import metres

Point = tuple[float, float]
"""Latitude and longitude in degrees."""
_CHINA = ((3.0, 54.0), (73.0, 136.0))


@dataclass(frozen=True, slots=True)
class Pace:
    """From this day on: a way is `detour` times the straight line, driven at `kmh`."""

    since: date
    detour: float
    kmh: float


def paces_of(text: str) -> tuple[Pace, ...]:
    """The rows of the setting, "2026-01-01 1.324 25; 2027-01-01 1.3 30". Raises ValueError for nonsense."""
    found = []
    for row in filter(str.strip, text.split(";")):
        since, detour, kmh = row.split()
        pace = Pace(date.fromisoformat(since), float(detour), float(kmh))
        if not (1 <= pace.detour <= 5 and 1 <= pace.kmh <= 120):
            raise ValueError(f"no such pace: {row.strip()}")
        found.append(pace)
    if not found:
        raise ValueError("no pace")
    return tuple(sorted(found, key=lambda pace: pace.since))


def pace_on(day: date, paces: Sequence[Pace]) -> Pace:
    """The newest that has begun; before the first there is only the first."""
    return next((pace for pace in reversed(paces) if pace.since <= day), paces[0])


def way(one: Point, other: Point, pace: Pace) -> tuple[float, timedelta]:
    """Kilometres and time from one to the other."""
    km = metres(one, other) / 1000 * pace.detour
    return km, timedelta(minutes=math.ceil(km / pace.kmh * 60))


def point_of(text: str) -> Point | None:
    """ "41.87,123.95" as a point of the country; None for anything else (also the two exchanged)."""
    parts = text.replace("，", ",").split(",")
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        return None
    (south, north), (west, east) = _CHINA
    return (first, second) if south <= first <= north and west <= second <= east else None


@dataclass(frozen=True, slots=True)
class Stop:
    """A home: when we promised to come (`since` to `until`), how long we stay, where it is if known."""

    key: int
    since: datetime
    until: datetime
    stay: timedelta
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """When a home is reached by the tour. `km` and `drive` are None where one of the two ends is unknown;
    `is_late` where we would come after what was promised."""

    key: int
    arrives: datetime
    leaves: datetime
    km: float | None
    drive: timedelta | None
    is_late: bool


def timetable(stops: Iterable[Stop], start: Point | None, pace: Pace) -> list[Reached]:
    """When each home is reached in this order; we wait where we are early, and never come before our word."""
    reached: list[Reached] = []
    here, now = start, None
    for stop in stops:
        km, drive = way(here, stop.point, pace) if here and stop.point else (None, None)
        arrives = stop.since if now is None else max(stop.since, now + (drive or timedelta(0)))
        now = arrives + stop.stay
        reached.append(Reached(stop.key, arrives, now, km, drive, arrives > stop.until))
        here = stop.point or here
    return reached


def with_unplaced(order: Sequence[int], stops: Mapping[int, Stop]) -> list[int]:
    """The ordered homes, and among them those whose place is unknown: in the order they were entered in,
    each before the first home that was promised a later time."""
    whole = list(order)
    unplaced = [key for key in stops if stops[key].point is None]
    least = 0
    for key in unplaced:
        later = (n for n, one in enumerate(whole) if n >= least and stops[one].since > stops[key].since)
        at = next(later, len(whole))
        whole.insert(at, key)
        least = at + 1
    return whole


def moved(order: Sequence[int], key: int, to: int) -> list[int]:
    """The same homes with one of them at the place `to` (1 is the first); beyond an end it is the end."""
    rest = [one for one in order if one != key]
    at = min(max(to, 1), len(rest) + 1) - 1
    return [*rest[:at], key, *rest[at:]]
