"""Indicators: each declared once, with the rows that it counts; filled at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from mingbai.core.registry import Registry
from mingbai.figures.enums import Counts, Unit
from mingbai.figures.rules import Period

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
    """`rows(period)` are what it counts; `amount` is summed instead, where a row stands for several.

    `time` is the field that says when, "" for what is counted as it stands at the end of the period.
    `needs` names the relations that `shown` reads.
    """

    code: str
    name: Text
    unit: Unit
    counts: Counts
    definition: Text
    rows: Callable[[Period], QuerySet[Any]]
    shown: Callable[[Any], Row]
    time: str = ""
    amount: str = ""
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Ratio:
    """Numerator ÷ denominator in per cent with one decimal; without a denominator there is no rate."""

    code: str
    name: Text
    numerator: str
    denominator: str
    definition: Text


@dataclass(frozen=True)
class Sum:
    """Several indicators added up."""

    code: str
    name: Text
    unit: Unit
    parts: Sequence[str]
    definition: Text


INDICATORS: Registry[Indicator] = Registry("indicators")
RATIOS: Registry[Ratio] = Registry("ratios")
SUMS: Registry[Sum] = Registry("sums")


def add(*items: Indicator | Ratio | Sum) -> None:
    """Each into its table, by its code."""
    for item in items:
        if isinstance(item, Indicator):
            INDICATORS.register(item.code, item)
        elif isinstance(item, Ratio):
            RATIOS.register(item.code, item)
        else:
            SUMS.register(item.code, item)
