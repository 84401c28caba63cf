"""What an indicator counts in a period; ranks among peers; the months of a trend. No figure is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.aggregates import Sum as Total
from django.db.models.functions import TruncMonth

from mingbai.figures.models import IssuedLetter, PeerMonth
from mingbai.figures.registry import INDICATORS, RATIOS, SUMS, Indicator, Ratio, Row, Sum
from mingbai.figures.rules import Peer, Period, per_cent, rank_of


@dataclass(frozen=True, slots=True)
class Value:
    """A figure; None where it cannot be said. A rate carries what it was divided from."""

    value: int | Decimal | None
    numerator: int | None = None
    denominator: int | None = None


class Counter:
    """Counts indicators of one period, each once, however often it is asked for."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self._counted: dict[str, int] = {}

    def count(self, code: str) -> int:
        if code not in self._counted:
            self._counted[code] = counted(INDICATORS.get(code), self.period)
        return self._counted[code]

    def value(self, code: str) -> Value:
        """Of an indicator, a ratio or a sum. KeyError for what is none of them."""
        if code in RATIOS:
            ratio = RATIOS.get(code)
            top, bottom = self.count(ratio.numerator), self.count(ratio.denominator)
            return Value(per_cent(top, bottom), top, bottom)
        if code in SUMS:
            return Value(sum(self.count(part) for part in SUMS.get(code).parts))
        return Value(self.count(code))


def counted(indicator: Indicator, period: Period) -> int:
    """The number of its rows, or the sum of what they stand for: one query."""
    rows = indicator.rows(period).order_by()
    if indicator.amount:
        return int(rows.aggregate(total=Total(indicator.amount))["total"] or 0)
    return rows.count()


def rows_of(indicator: Indicator, period: Period) -> QuerySet[Any]:
    """The rows behind the figure, with what a list shows of them."""
    return indicator.rows(period).select_related(*indicator.needs)


def shown(indicator: Indicator, rows: Iterable[Any]) -> Iterator[Row]:
    return (indicator.shown(row) for row in rows)


def by_month(indicator: Indicator, period: Period) -> list[tuple[date, int]]:
    """Its count by local month, in order; [] for what is counted as it stands. One query."""
    if not indicator.time:
        return []
    what = Total(indicator.amount) if indicator.amount else Count("pk")
    rows = indicator.rows(period).order_by().annotate(in_month=TruncMonth(indicator.time))
    found = rows.values("in_month").annotate(total=what).order_by("in_month")
    return [(_day(row["in_month"]), int(row["total"] or 0)) for row in found]


def _day(at: Any) -> date:
    return at.date() if hasattr(at, "date") else at


def everything() -> list[Indicator | Ratio | Sum]:
    """All that is declared, in the order of declaration."""
    return [*INDICATORS, *SUMS, *RATIOS]


def find(code: str) -> Indicator | Ratio | Sum | None:
    return next((item for item in everything() if item.code == code), None)


# ── what others publish ──


def ranks(city: str, first: int, last: int) -> list[tuple[int, int | None, int]]:
    """(month, the city's place, how many cities) for each published month of a span; one query."""
    months: dict[int, list[Peer]] = {}
    for row in PeerMonth.objects.filter(month__gte=first, month__lte=last).order_by("month", "city"):
        months.setdefault(row.month, []).append(Peer(row.city, row.offered, row.answered))
    return [(month, rank_of(city, peers), len(peers)) for month, peers in months.items()]


# ── letters ──


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure of an issued letter that is counted otherwise today."""

    code: str
    reported: Any
    today: Any


def corrections(letter: IssuedLetter, today: dict[str, Any]) -> list[Correction]:
    """What differs, in the letter's order; a figure that is no longer defined says None."""
    return [
        Correction(key, figure["value"], today.get(key))
        for key, figure in letter.figures.items()
        if figure["value"] != today.get(key)
    ]
