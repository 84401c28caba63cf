"""Open data: counts of a year by county, small ones withheld, and what was promised in reply letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from mingbai.figures.models import OpenRule
from mingbai.figures.queries import by_place, counted
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period, published
from mingbai.places.queries import register
from mingbai.visits.enums import OpinionSource
from mingbai.visits.models import Opinion

LEAST, SOURCE = 5, "软件初始值，尚无文件依据；请按本市数据开放的规定核定"
KEYS = ("contacts", "work_orders", "calls_answered", "matters_ended", "ratings", "stations_built")
"""Of no two of them can one be worked out from another: nothing withheld comes back by subtraction."""
MOST = 200


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One figure; `cells` by county in the order of `OpenTable.places`, None where withheld."""

    code: str
    name: str
    unit: str
    definition: str
    cells: Sequence[int | None]
    total: int | None


@dataclass(frozen=True, slots=True)
class OpenTable:
    """`places`: (code, name); the last, with code "", is what lies in no county or is not known to."""

    year: int
    least: int
    source: str
    places: Sequence[tuple[str, str]]
    rows: Sequence[OpenRow]


def open_table(year: int) -> OpenTable:
    """Counts of a year that is over, by the counties as they are today; the rule is that of today."""
    rule = OpenRule.objects.valid_on(timezone.localdate()).order_by("valid_from").last()
    least, source = (rule.least, rule.source) if rule else (LEAST, SOURCE)
    period = Period(date(year, 1, 1), date(year, 12, 31), settings.CITY_CODE)
    counties = register().children(settings.CITY_CODE, timezone.localdate())
    places = [(row.code, row.name) for row in counties]
    rows = [_row(code, period, [place for place, _name in places], least) for code in KEYS]
    return OpenTable(year, least, source, [*places, ("", "")], rows)


def _row(code: str, period: Period, places: list[str], least: int) -> OpenRow:
    indicator = INDICATORS.get(code)
    counts = by_place(code, period, places)
    known = [counts[place] for place in places]
    rest = int(counted(indicator, period)) - sum(known)
    cells, total = published([*known, rest], least)
    return OpenRow(
        code, str(indicator.name), str(indicator.unit.label), str(indicator.definition), cells, total
    )


def promises() -> list[Opinion]:
    """What was promised in reply letters, the newest first, with the state of each."""
    found = (
        Opinion.objects.filter(source=OpinionSource.PROMISE)
        .select_related("station", "case")
        .order_by("-on", "-id")
    )
    return list(found[:MOST])
