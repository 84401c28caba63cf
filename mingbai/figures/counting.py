"""Many indicators in few queries: those of one base in one reading, several readings in one statement."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.aggregates import Sum as Total
from django.db.models.functions import Coalesce

from mingbai.figures.enums import Dimension
from mingbai.figures.registry import INDICATORS, MEANS, Indicator, is_part, led
from mingbai.figures.rules import Period
from mingbai.places.queries import one_moment, register

MOST_READINGS = 24
"""In one statement: so that the codes of a region's places stay below what a statement may carry."""
Base = tuple[Callable[[Period], QuerySet[Any]], Callable[[Period], Q] | None]
"""Rows, and what leads to those of a region."""
Reading = tuple[Base, tuple[str, ...], Period, Period]
"""What is read, which figures of it, for which period, and of which piece of it."""


def totals(codes: Iterable[str], period: Period) -> dict[str, int]:
    """Code of each indicator or mean → its rows counted, or its amounts or measures summed."""
    return totals_of(codes, [period])[0]


def totals_of(codes: Iterable[str], periods: Iterable[Period]) -> list[dict[str, int]]:
    """The same for several periods, in their order."""
    wanted, spans = _with_parts(codes), list(periods)
    with one_moment():
        return _totals(wanted, spans)


def by_value(code: str, period: Period, by: Dimension) -> dict[Any, int]:
    """Value of the column that `by` stands in → what the indicator counts there, before it is divided.

    None and "" for rows that say nothing. One reading, of days beside whole months one more on either side;
    twice that for what is worked out from others.
    """
    indicator = INDICATORS.get(code)
    if by == Dimension.TIER and Dimension.STATION in indicator.cut:
        return _by_tier(by_value(code, period, Dimension.STATION))
    if indicator.less:
        whole, without = (by_value(one, period, by) for one in indicator.less)
        return {value: n - without.get(value, 0) for value, n in whole.items() if n != without.get(value, 0)}
    found: Counter[Any] = Counter()
    for piece in indicator.pieces(period):
        for value, n in _grouped(indicator, piece, by):
            found[value] += int(n)
    return dict(found)


def by_month(code: str, period: Period) -> list[int]:
    """What an indicator counts in each month of the period, before it is divided; it has a time.

    What is subtracted is few: it is read once and sorted into the months, the others month by month.
    """
    indicator, months = INDICATORS.get(code), period.split()
    if not indicator.less:
        return [found[code] for found in totals_of([code], months)]
    whole, without = indicator.less
    few = INDICATORS.get(without)
    until = [When(**{f"{few.time}__lt": one.moments[1]}, then=Value(at)) for at, one in enumerate(months)]
    rows = few.counted_rows(period).order_by().values(figure_of=Case(*until, output_field=IntegerField()))
    found = dict(rows.annotate(figure=_counted(without, None)).values_list("figure_of", "figure"))
    return [n - int(found.get(at, 0)) for at, n in enumerate(by_month(whole, period))]


def _grouped(indicator: Indicator, period: Period, by: Dimension) -> QuerySet[Any, tuple[Any, int]]:
    """A value may come several times: SQLite counts without sorting what lies in the order of an index."""
    column, order = F(indicator.cut[by]), () if is_part(period.region) else indicator.order.get(by, ())
    # Else an expression and no column: it would read the whole table in the order of the column's own index.
    groups = (
        indicator.counted_rows(period)
        .order_by()
        .values(*order, figure_of=column if order else Coalesce(column, Value(None)))
    )
    return groups.annotate(figure=_counted(indicator.code, None)).values_list("figure_of", "figure")


def _by_tier(stations: dict[Any, int]) -> dict[Any, int]:
    """A station has one tier, and the register knows it."""
    places, found = register().stations, Counter[Any]()
    for station, n in stations.items():
        found[places[station].tier if station in places else None] += n
    return dict(found)


def _totals(wanted: list[str], spans: list[Period]) -> list[dict[str, int]]:
    groups = _groups(wanted)
    readings = [
        (base, names, span, piece)
        for span in spans
        for base, names in groups.items()
        for piece in _indicator(names[0]).pieces(span)
    ]
    # What nothing can be in (no whole month) is left out of the statement.
    found: dict[Period, dict[str, int]] = {span: dict.fromkeys(wanted, 0) for span in spans}
    for at in range(0, len(readings), MOST_READINGS):
        _read(readings[at : at + MOST_READINGS], found)
    for code in wanted:
        if less := _less(code):
            for counts in found.values():
                counts[code] = counts[less[0]] - counts[less[1]]
    return [found[span] for span in spans]


def _groups(codes: Iterable[str]) -> dict[Base, tuple[str, ...]]:
    """What is read together."""
    groups: dict[Base, tuple[str, ...]] = {}
    for code in codes:
        if _less(code):
            continue
        indicator = _indicator(code)
        reading = (indicator.rows if indicator.is_alone else indicator.base, indicator.leads)
        groups[reading] = (*groups.get(reading, ()), code)
    return groups


def _less(code: str) -> tuple[str, str] | None:
    return INDICATORS.get(code).less if code in INDICATORS else None


def _with_parts(codes: Iterable[str]) -> list[str]:
    """In the order asked for, with those that others are worked out from."""
    found: dict[str, None] = {}
    for code in codes:
        found |= dict.fromkeys(_less(code) or ())
        found[code] = None
    return list(found)


def _indicator(code: str) -> Indicator:
    return INDICATORS.get(MEANS.get(code).of if code in MEANS else code)


def _read(readings: list[Reading], found: dict[Period, dict[str, int]]) -> None:
    """One statement."""
    width = max(len(codes) for _base, codes, _period, _piece in readings)
    first, *others = (_part(n, reading, width) for n, reading in enumerate(readings))
    for row in first.union(*others, all=True) if others else first:
        _base, codes, period, _piece = readings[row["figure_part"]]
        for at, code in enumerate(codes):
            found[period][code] += int(row[f"figure_{at}"])


def _part(n: int, reading: Reading, width: int) -> QuerySet[Any, dict[str, Any]]:
    (base, leads), codes, _period, piece = reading
    columns: dict[str, Any] = {f"figure_{at}": _column(code) for at, code in enumerate(codes)}
    columns |= {f"figure_{at}": Value(0) for at in range(len(codes), width)}
    return led(base(piece), leads, piece).order_by().values(figure_part=Value(n)).annotate(**columns)


def _column(code: str) -> Any:
    indicator = _indicator(code)
    return _counted(code, None if indicator.is_alone else indicator.only or None)


def _counted(code: str, only: Any) -> Any:
    indicator = _indicator(code)
    if code in MEANS:
        return Coalesce(Total(MEANS.get(code).measure, filter=only), 0)
    if indicator.amount:
        amount = F(indicator.amount) if isinstance(indicator.amount, str) else indicator.amount
        return Coalesce(Total(amount, filter=only), 0)
    return Count(Value(1), filter=only) if only else Count("*")
