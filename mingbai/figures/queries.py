"""What an indicator counts in a period; ranks among peers; the months of a trend. No figure is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from mingbai.figures import counting
from mingbai.figures.counting import by_value, totals
from mingbai.figures.enums import Dimension
from mingbai.figures.models import IssuedLetter, PeerMonth
from mingbai.figures.registry import INDICATORS, MEANS, RATIOS, SUMS, Declared, Indicator, Row
from mingbai.figures.rules import Peer, Period, rank_of, scaled, share
from mingbai.people.roles import Permission
from mingbai.places.queries import register


@dataclass(frozen=True, slots=True)
class Value:
    """A figure; None where it cannot be said. A rate carries what it was divided from."""

    value: int | Decimal | None
    numerator: int | None = None
    denominator: int | None = None


class Counter:
    """Counts what is declared, of one period, each once, however often it is asked for."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self._counted: dict[str, int] = {}

    def prepare(self, codes: Iterable[str]) -> "Counter":
        """Count all that these are made of now, in few queries."""
        needed = dict.fromkeys(part for code in codes for part in made_of(code))
        missing = [code for code in needed if code not in self._counted]
        if missing:
            self._counted |= totals(missing, self.period)
        return self

    def count(self, code: str) -> int:
        """Of an indicator or a sum; of what has a scale, before it is divided."""
        if code in SUMS:
            return sum(self.count(part) for part in SUMS.get(code).parts)
        return self.prepare([code])._counted[code]

    def value(self, code: str) -> Value:
        """Of anything declared. KeyError for what is not."""
        self.prepare([code])
        if code in RATIOS:
            ratio = RATIOS.get(code)
            top, bottom = self.count(ratio.numerator), self.count(ratio.denominator)
            return Value(share(top, bottom, 1 if ratio.unit else 100), top, bottom)
        if code in MEANS:
            mean = MEANS.get(code)
            top, bottom = self._counted[code], self.count(mean.of)
            return Value(share(top, bottom * mean.scale, 1), top, bottom)
        if code in SUMS:
            return Value(self.count(code))
        return Value(scaled(self.count(code), INDICATORS.get(code).scale))


def made_of(code: str) -> list[str]:
    """The indicators and means that are counted for it."""
    if code in RATIOS:
        ratio = RATIOS.get(code)
        return [*made_of(ratio.numerator), *made_of(ratio.denominator)]
    if code in SUMS:
        return [part for one in SUMS.get(code).parts for part in made_of(one)]
    return [code, MEANS.get(code).of] if code in MEANS else [INDICATORS.get(code).code]


def counted(indicator: Indicator, period: Period) -> int | Decimal:
    """The number of its rows, or the sum of what they stand for: one query."""
    return scaled(totals([indicator.code], period)[indicator.code], indicator.scale)


def rows_of(indicator: Indicator, period: Period) -> QuerySet[Any]:
    """The rows behind the figure, with what a list shows of them.

    Of matters the moments are said besides the months: the list is read in their order, a page at a time.
    """
    rows = indicator.rows(period)
    if indicator.time == "opened_at":
        since, until = period.moments
        rows = rows.filter(opened_at__gte=since, opened_at__lt=until)
    return rows.select_related(*indicator.needs)


def shown(indicator: Indicator, rows: Iterable[Any]) -> Iterator[Row]:
    return (indicator.shown(row) for row in rows)


def by_month(indicator: Indicator, period: Period) -> list[tuple[date, int | Decimal]]:
    """Its count by local month, in order, those without any too; [] for what is counted as it stands.

    They add up to what it counts in the period. One query a year, two for what is worked out from others.
    """
    if not indicator.time:
        return []
    counts = counting.by_month(indicator.code, period)
    return [(one.first, scaled(n, indicator.scale)) for one, n in zip(period.split(), counts, strict=True)]


def by_place(code: str, period: Period, places: Iterable[str]) -> dict[str, int]:
    """What an indicator counts in each of some regions, their subtrees included: one query and one reading.

    A row of which no region is known belongs to none.
    """
    above, wanted = register(), frozenset(places)
    found = dict.fromkeys(wanted, 0)
    for region, count in by_value(code, period, Dimension.REGION).items():
        for one in above.ancestors(region) if region else ():
            if one.code in wanted:
                found[one.code] += count
    return found


def everything() -> list[Declared]:
    """All that is declared, in the order of declaration."""
    return [*INDICATORS, *SUMS, *MEANS, *RATIOS]


def permission_of(item: Declared) -> Permission:
    """What one needs to see it: a rate of money needs what the money needs."""
    found = {INDICATORS.get(code).permission for code in made_of(item.code) if code in INDICATORS}
    return next((one for one in found if one != Permission.BOARD_SEE), Permission.BOARD_SEE)


def find(code: str) -> Declared | None:
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
