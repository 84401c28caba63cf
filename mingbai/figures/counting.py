"""Many indicators in few queries: those of one base in one reading, several bases in one statement."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.aggregates import Sum as Total
from django.db.models.functions import Coalesce

from mingbai.figures.registry import INDICATORS, MEANS, Indicator
from mingbai.figures.rules import Period

MOST_BASES = 12
"""In one statement: so that the codes of a region's places stay below what a statement may carry."""
Base = Callable[[Period], QuerySet[Any]]


def totals(codes: Iterable[str], period: Period) -> dict[str, int]:
    """Code of each indicator or mean → its rows counted, or its amounts or measures summed."""
    wanted = _with_parts(codes)
    groups: dict[Base, list[str]] = {}
    for code in wanted:
        indicator = _indicator(code)
        if not (code in INDICATORS and indicator.less):
            groups.setdefault(indicator.base, []).append(code)
    found: dict[str, int] = {}
    readings = list(groups.items())
    for at in range(0, len(readings), MOST_BASES):
        found |= _read(readings[at : at + MOST_BASES], period)
    for code in wanted:
        if code in INDICATORS and (less := INDICATORS.get(code).less):
            found[code] = found[less[0]] - found[less[1]]
    return found


def _with_parts(codes: Iterable[str]) -> list[str]:
    """In the order asked for, with those that others are worked out from."""
    found: dict[str, None] = {}
    for code in codes:
        if code in INDICATORS and (less := INDICATORS.get(code).less):
            found |= dict.fromkeys(less)
        found[code] = None
    return list(found)


def _indicator(code: str) -> Indicator:
    return INDICATORS.get(MEANS.get(code).of if code in MEANS else code)


def _read(groups: list[tuple[Base, list[str]]], period: Period) -> dict[str, int]:
    width = max(len(codes) for _base, codes in groups)
    first, *others = (_part(n, base, codes, width, period) for n, (base, codes) in enumerate(groups))
    rows = first.union(*others, all=True) if others else first
    found = {}
    for row in rows:
        for at, code in enumerate(groups[row["figure_part"]][1]):
            found[code] = int(row[f"figure_{at}"])
    return found


def _part(n: int, base: Base, codes: list[str], width: int, period: Period) -> QuerySet[Any, dict[str, Any]]:
    columns: dict[str, Any] = {f"figure_{at}": _column(code) for at, code in enumerate(codes)}
    columns |= {f"figure_{at}": Value(0) for at in range(len(codes), width)}
    return base(period).order_by().values(figure_part=Value(n)).annotate(**columns)


def _column(code: str) -> Any:
    indicator = _indicator(code)
    only = indicator.only or None
    if code in MEANS:
        return Coalesce(Total(MEANS.get(code).measure, filter=only), 0)
    if indicator.amount:
        amount = F(indicator.amount) if isinstance(indicator.amount, str) else indicator.amount
        return Coalesce(Total(amount, filter=only), 0)
    return Count("pk", filter=only) if only else Count("*")
