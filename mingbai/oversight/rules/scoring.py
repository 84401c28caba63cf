"""Points of a station: from the data by a straight line, else by people; what it lacks to the next points."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Line:
    """What one criterion asks: `least` earns nothing, `full` and more earn all `points`."""

    points: Decimal
    least: Decimal
    full: Decimal


def earned(line: Line, measured: Decimal | None) -> Decimal | None:
    """The points that a measured value earns, to a tenth; None where there is no data."""
    if measured is None:
        return None
    share = (measured - line.least) / (line.full - line.least)
    return (line.points * min(max(share, Decimal(0)), Decimal(1))).quantize(_TENTH, ROUND_HALF_UP)


def holding(*given: Decimal | None) -> Decimal | None:
    """Of the points in the order city, county, self, data: the first that somebody gave."""
    return next((points for points in given if points is not None), None)


def total(points: Iterable[Decimal | None]) -> Decimal:
    """The sum; what nobody has judged counts nothing."""
    return sum((each for each in points if each is not None), Decimal(0))


def lacking(line: Line, measured: Decimal | None, points: Decimal | None) -> Decimal:
    """How much of the measure is missing to full points; 0 where all points are there."""
    if points is not None and points >= line.points:
        return Decimal(0)
    return max(line.full - (measured or Decimal(0)), Decimal(0))
