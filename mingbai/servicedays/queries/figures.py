"""Figures of service days: row 13 of the letter, days per township; all counted from rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from mingbai.places.enums import Level
from mingbai.places.queries import below, register
from mingbai.places.rules import Register
from mingbai.servicedays.enums import DayState, RecordKind, RuleCode
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.servicedays.queries.terms import terms_on


def held_in(first: date, last: date, region: str = "") -> QuerySet[ServiceDay]:
    """The days that were held in a period, in a region's subtree: what the figure `service_days` counts."""
    days = ServiceDay.objects.filter(state=DayState.HELD).within(first, last)
    if region:
        days = days.filter(below(region, "region_id"))
    return days.order_by("on", "id")


def records_in(first: date, last: date, kind: str, region: str = "") -> QuerySet[DayRecord]:
    """The records of days in a period, of one kind or (kind "") of all; those of a cancelled day too: what
    was done was done.
    """
    records = DayRecord.objects.filter(day__on__gte=first, day__on__lte=last)
    if kind:
        records = records.filter(kind=kind)
    if region:
        records = records.filter(below(region, "day__region_id"))
    return records.order_by("day__on", "id")


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Row 13 of the letter, and what else the records tell."""

    service_days: int
    day_consultations: int
    day_aid: int
    day_notary_home: int
    day_mediations: int


def day_figures(first: date, last: date, region: str = "") -> DayFigures:
    """Two queries, whatever the period."""
    records = DayRecord.objects.filter(day__on__gte=first, day__on__lte=last)
    if region:
        records = records.filter(below(region, "day__region_id"))
    rows = records.values("kind").annotate(rows=Count("pk")).order_by("kind")
    counts = {row["kind"]: row["rows"] for row in rows}
    return DayFigures(
        service_days=held_in(first, last, region).count(),
        day_consultations=counts.get(RecordKind.CONSULTATION, 0),
        day_aid=counts.get(RecordKind.LEGAL_AID, 0),
        day_notary_home=counts.get(RecordKind.NOTARY_HOME, 0),
        day_mediations=counts.get(RecordKind.MEDIATION, 0),
    )


@dataclass(frozen=True, slots=True)
class TownshipDays:
    """How many days a township had in a year, of the least that the rule says; those to come count apart."""

    county: str
    township: str
    held: int
    planned: int
    least: int

    @property
    def lacks(self) -> int:
        return max(0, self.least - self.held - self.planned)


def days_per_township(year: int, region: str, today: date) -> list[TownshipDays]:
    """Every township of a region, those that lack most first: three queries."""
    places, least = register(), terms_on(min(today, date(year, 12, 31)), region)[RuleCode.DAYS_A_YEAR]
    days = ServiceDay.objects.filter(state__in=[DayState.HELD, DayState.PLANNED])
    days = days.within(date(year, 1, 1), date(year, 12, 31))
    counts: Counter[tuple[str, str]] = Counter()
    for row in days.values("region_id", "state").annotate(rows=Count("pk")).order_by("region_id", "state"):
        counts[_township(places, row["region_id"]), row["state"]] += row["rows"]
    rows = [
        TownshipDays(
            places.county_of(code), code, counts[code, DayState.HELD], counts[code, DayState.PLANNED], least
        )
        for code in sorted(places.subtree(region))
        if places.regions[code].level == Level.TOWNSHIP and places.regions[code].is_valid(today)
    ]
    return sorted(rows, key=lambda row: (-row.lacks, row.county, row.township))


def _township(places: Register, region: str) -> str:
    return next((row.code for row in places.ancestors(region) if row.level == Level.TOWNSHIP), region)
