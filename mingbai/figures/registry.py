"""Indicators: each declared once, with the rows that it counts; filled at start-up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from mingbai.core.registry import Registry
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.rules import Period
from mingbai.people.roles import Permission
from mingbai.places.queries import register

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a figure as a list shows it: no personal values. `case` is its matter's number."""

    at: Any
    place: str
    what: str
    case: str = ""


@dataclass(frozen=True)
class Indicator:
    """It counts the rows of `base` for which `only` holds; indicators of one base are counted in one reading.

    `amount` (a field or expression) is summed instead, where a row stands for several; `scale` divides the
    sum (fen → yuan). `time` is the field that says when, "" for what is counted as it stands at the end of
    the period. `needs` names the relations that `shown` reads. `less`: (a, b), where a reading of its rows
    would be slow and it is known that they are the rows of a without those of b. `cut`: what it may be taken
    apart by, each with the column that says to which part a row belongs ("case__region_id"). `leads`: what
    holds of its rows besides, so that an index leads to those of a region; asked where they are counted, not
    where they are listed in their order. `is_alone`: an index leads straight to its rows, so that reading the
    others of its base along would cost more. `order`: of a dimension, the columns before its own in an index
    that holds them all, so that rows are counted as they lie. `in_pieces`: whole months are counted apart
    from the days before and after them. `permission` is needed to see it, besides that of the board.
    """

    code: str
    name: Text
    unit: Unit
    counts: Counts
    definition: Text
    base: Callable[[Period], QuerySet[Any]]
    shown: Callable[[Any], Row]
    only: Q = Q()
    time: str = ""
    amount: Any = ""
    scale: int = 1
    needs: Sequence[str] = ()
    less: tuple[str, str] | None = None
    leads: Callable[[Period], Q] | None = None
    is_alone: bool = False
    cut: Mapping[Dimension, str] = field(default_factory=dict, hash=False)
    order: Mapping[Dimension, Sequence[str]] = field(default_factory=dict, hash=False)
    in_pieces: bool = False
    permission: Permission = Permission.BOARD_SEE

    def rows(self, period: Period) -> QuerySet[Any]:
        return self.base(period).filter(self.only)

    def pieces(self, period: Period) -> list[Period]:
        """What is counted apart and added up."""
        return period.pieces() if self.in_pieces else [period]

    def counted_rows(self, period: Period) -> QuerySet[Any]:
        return led(self.rows(period), self.leads, period)


def led(rows: QuerySet[Any], leads: Callable[[Period], Q] | None, period: Period) -> QuerySet[Any]:
    """The same rows, asked as an index of a region wants it."""
    return rows.filter(leads(period)) if leads and is_part(period.region) else rows


def is_part(region: str) -> bool:
    """Not the whole city, which "" says too."""
    return bool(region) and region != register().city_of(region)


@dataclass(frozen=True)
class Ratio:
    """Numerator ÷ denominator, one decimal; without a denominator there is none.

    In per cent, or, with `unit`, so many of it for each one of the denominator.
    """

    code: str
    name: Text
    numerator: str
    denominator: str
    definition: Text
    unit: Unit | None = None


@dataclass(frozen=True)
class Mean:
    """The rows of indicator `of` measured and averaged, one decimal. `measure` is an integer expression that
    is never NULL; `scale` divides it (seconds → days).
    """

    code: str
    name: Text
    of: str
    measure: Any
    unit: Unit
    definition: Text
    scale: int = 1


@dataclass(frozen=True)
class Sum:
    """Several indicators added up."""

    code: str
    name: Text
    unit: Unit
    parts: Sequence[str]
    definition: Text


Declared = Indicator | Ratio | Mean | Sum
INDICATORS: Registry[Indicator] = Registry("indicators")
RATIOS: Registry[Ratio] = Registry("ratios")
MEANS: Registry[Mean] = Registry("means")
SUMS: Registry[Sum] = Registry("sums")


GROUPS: dict[str, Group] = {}
"""Code → with which others a page shows it."""


def add(group: Group, *items: Declared) -> None:
    """Each into its table, by its code."""
    for item in items:
        GROUPS[item.code] = group
        if isinstance(item, Indicator):
            INDICATORS.register(item.code, item)
        elif isinstance(item, Ratio):
            RATIOS.register(item.code, item)
        elif isinstance(item, Mean):
            MEANS.register(item.code, item)
        else:
            SUMS.register(item.code, item)
