"""Periods, rates, ranks and growth: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both counted, and a region's code; "" is the whole city."""

    first: date
    last: date
    region: str = ""

    def year_before(self) -> "Period":
        """The same days a year earlier; 29 February becomes the 28th."""
        return replace(self, first=_back(self.first), last=_back(self.last))

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month as yyyymm."""
        return self.first.year * 100 + self.first.month, self.last.year * 100 + self.last.month

    @property
    def each_month(self) -> list[int]:
        """All of them as yyyymm."""
        first, last = (month // 100 * 12 + month % 100 - 1 for month in self.months)
        return [n // 12 * 100 + n % 12 + 1 for n in range(first, last + 1)]

    def split(self) -> "list[Period]":
        """Month by month; the first and the last may be parts of one."""
        starts = [date(month // 100, month % 100, 1) for month in self.each_month]
        ends = [after - timedelta(days=1) for after in starts[1:]] + [self.last]
        return [replace(self, first=max(a, self.first), last=b) for a, b in zip(starts, ends, strict=True)]

    def pieces(self) -> "list[Period]":
        """The whole months of it as one, before and after that what is left; itself where there are none."""
        months = self.split()
        whole = [one for one in months if one.is_whole_months]
        if not whole or len(whole) == len(months):
            return [self]
        middle = replace(self, first=whole[0].first, last=whole[-1].last)
        edges = [one for one in (months[0], months[-1]) if not one.is_whole_months]
        return [middle, *edges]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first local midnight to before the one after the last day."""
        after = self.last + timedelta(days=1)
        return tuple(  # type: ignore[return-value]
            timezone.make_aware(datetime.combine(day, time.min)) for day in (self.first, after)
        )


def _back(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def period(
    year: int, first: date | None = None, last: date | None = None, region: str = "", *, today: date
) -> Period:
    """The period of a report. Raises Refused "bad_year", "bad_period"."""
    if not FIRST_YEAR <= year <= today.year + 1:
        raise Refused(_("年份不对：%(year)s") % {"year": year}, code="bad_year", field="year")
    first, last = first or date(year, 1, 1), last or date(year, 12, 31)
    if last < first:
        raise Refused(_("结束日期早于开始日期。"), code="bad_period", field="last")
    return Period(first, last, region)


def share(numerator: int, denominator: int, of: int = 100) -> Decimal | None:
    """So many for each `of`, one decimal, half up; None, never 0 nor 100, without a whole."""
    if not denominator:
        return None
    return (Decimal(of * numerator) / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def scaled(total: int, scale: int) -> int | Decimal:
    """What was added up in parts: fen as yuan with two decimals."""
    return total if scale == 1 else (Decimal(total) / scale).quantize(Decimal("0.01"))


def growth(now: int | Decimal | None, before: int | Decimal | None) -> Decimal | None:
    """Per cent more than the year before, one decimal; None where there was nothing."""
    if now is None or not before:
        return None
    change = (Decimal(now) - Decimal(before)) * 100 / Decimal(before)
    return change.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Peer:
    """One city in one month of the province's table."""

    city: str
    offered: int
    answered: int


def rank_of(city: str, peers: Iterable[Peer]) -> int | None:
    """The city's place by answer rate, ties by answered calls; None where it is not among them.

    A city without calls has no rate and stands behind all others.
    """
    rows = sorted(peers, key=_by_rate, reverse=True)
    return next((place for place, row in enumerate(rows, 1) if row.city == city), None)


def _by_rate(peer: Peer) -> tuple[Decimal, int]:
    # Exact: two rates that differ in the seventh place are not equal.
    rate = Decimal(peer.answered) / Decimal(peer.offered) if peer.offered else Decimal(-1)
    return rate, peer.answered


# ── what may be published ──


def published(cells: Sequence[int], least: int) -> tuple[list[int | None], int | None]:
    """A row of counts and its total as they may be published: None where a cell is withheld.

    A count from 1 to `least` - 1 could point at somebody and is withheld. So that none can be worked out from
    the total, further cells are withheld, the smallest first, until at least two are and they come to
    2 × `least` together; where there are not enough, the total is withheld too. 0 says nothing of anybody
    and is shown.
    """
    total = sum(cells)
    hidden = {at for at, count in enumerate(cells) if 0 < count < least}
    rest = sorted((count, at) for at, count in enumerate(cells) if count >= least)
    while hidden and rest and not _is_safe(cells, hidden, least):
        hidden.add(rest.pop(0)[1])
    shown = [None if at in hidden else count for at, count in enumerate(cells)]
    return shown, None if hidden and not _is_safe(cells, hidden, least) else total


def _is_safe(cells: Sequence[int], hidden: set[int], least: int) -> bool:
    return len(hidden) >= 2 and sum(cells[at] for at in hidden) >= 2 * least
