"""How far two places are apart, on the earth and in the tree of regions; opening hours in words."""

from collections.abc import Iterable, Sequence
from datetime import time
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH = 6_371_000.0
"""Metres."""
_DAYS = "一二三四五六日"


class Spot(NamedTuple):
    """Where somebody asks from: a point (latitude, longitude in degrees), a region, both or neither."""

    point: tuple[float, float] | None
    region: str


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude in degrees) as the crow flies; haversine."""
    lat, lon = radians(one[0]), radians(one[1])
    lat2, lon2 = radians(other[0]), radians(other[1])
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def steps_apart(one: Sequence[str], other: Sequence[str]) -> int:
    """Steps up and down the tree between two regions given by their paths from the root; 0 where one is
    unknown.

    >>> steps_apart(("city", "north", "town"), ("city", "north"))
    1
    """
    if not one or not other:
        return 0
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return len(one) + len(other) - 2 * shared


def hours_told(rows: Iterable[tuple[int, time, time]]) -> tuple[str, ...]:
    """Weekly hours in words, days of the same hours in one line: "周一至周五 08:30-17:00"."""
    days: dict[int, list[str]] = {}
    for weekday, opens, closes in sorted(rows):
        days.setdefault(weekday, []).append(f"{opens:%H:%M}-{closes:%H:%M}")
    told: list[tuple[int, int, str]] = []
    for day, times in sorted(days.items()):
        words = " ".join(times)
        if told and told[-1][1] == day - 1 and told[-1][2] == words:
            told[-1] = (told[-1][0], day, words)
        else:
            told.append((day, day, words))
    return tuple(f"{_span(first, last)} {words}" for first, last, words in told)


def _span(first: int, last: int) -> str:
    if first == last:
        return f"周{_DAYS[first]}"
    return f"周{_DAYS[first]}{'、' if last == first + 1 else '至'}周{_DAYS[last]}"
