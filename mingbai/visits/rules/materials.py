"""What is left of a material, for how long, and whether to order: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.visits.enums import Material

MOST = 100_000
LOOKED_BACK = timedelta(days=56)
WEEKS_OF_STOCK = 4
"""Ordering and printing take weeks: a stock that lasts less is said to run out."""


@dataclass(frozen=True, slots=True)
class Stock:
    """`left` sheets; `a_week` went out on average lately; `weeks` it lasts, None where nothing goes out."""

    material: str
    left: int
    a_week: float

    @property
    def weeks(self) -> float | None:
        return self.left / self.a_week if self.a_week else None

    @property
    def runs_out(self) -> bool:
        return self.left <= 0 or (self.weeks is not None and self.weeks < WEEKS_OF_STOCK)


def stock_of(material: str, supplied: int, given: int, given_lately: int) -> Stock:
    """`given` since the first supply; `given_lately` within LOOKED_BACK."""
    return Stock(material, supplied - given, given_lately / (LOOKED_BACK.days / 7))


def check_material(material: str) -> str:
    if material not in Material.values:
        raise Refused(_("没有这种材料。"), code="bad_choice", field="material")
    return material


def check_count(count: int) -> int:
    if not 1 <= count <= MOST:
        raise Refused(_("数量为 1 到 100000。"), code="bad_count", field="count")
    return count


def check_change(count: int) -> int:
    """What came in, or less than nothing where a count found fewer."""
    if count == 0 or not -MOST <= count <= MOST:
        raise Refused(_("数量不能是 0，最多 100000。"), code="bad_count", field="count")
    return count


def check_past(on: date, today: date) -> date:
    if on > today:
        raise Refused(_("日期不能在将来。"), code="bad_time", field="on")
    return on
