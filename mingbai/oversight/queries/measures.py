"""What the data says of stations in a year: one query a measure, whatever their number."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils import timezone

from mingbai.cases.enums import BAD_GRADES, AppealState, ClockEnd, State
from mingbai.cases.models import Case, Clock, Rating
from mingbai.oversight.enums import Measure
from mingbai.oversight.queries.village import savvy_of, states_of, villages_in
from mingbai.people.models import Worker
from mingbai.places.models import OpeningHours, Station, StationLine
from mingbai.places.queries import register
from mingbai.places.rules.lines import required
from mingbai.visits.models import Handout

Values = dict[str, Decimal | None]
"""Station code → value; None, or no entry, where there is no data."""


def measured(stations: Collection[Station], year: int, today: date) -> dict[str, Values]:
    """Measure → station → value, for all measures there are."""
    return {code: read(stations, year, today) for code, read in _READERS.items()}


def moments(year: int) -> tuple[datetime, datetime]:
    first, after = (datetime.combine(date(each, 1, 1), time.min) for each in (year, year + 1))
    return timezone.make_aware(first), timezone.make_aware(after)


def _share(top: int, bottom: int) -> Decimal | None:
    return (Decimal(100 * top) / bottom).quantize(Decimal("0.1")) if bottom else None


def _premises(stations: Collection[Station], year: int, today: date) -> Values:
    return {row.code: Decimal(row.own_premises) for row in stations}


def _lines(stations: Collection[Station], year: int, today: date) -> Values:
    """Of the lines that its tier must offer ("3+X", "2+X"), how many it does."""
    standards = register().standards
    asked = {row.code: set(required(row.tier, standards, today)) for row in stations}
    offered: dict[str, set[str]] = defaultdict(set)
    offers = StationLine.objects.filter(station__in=[row.pk for row in stations]).order_by("id")
    for code, line in offers.values_list("station_id", "line"):
        offered[code].add(line)
    return {
        row.code: _share(len(asked[row.code] & offered[row.code]), len(asked[row.code])) for row in stations
    }


def _staff(stations: Collection[Station], year: int, today: date) -> Values:
    return _counts(stations, Worker.objects.filter(is_active=True), "station_id")


def _hours(stations: Collection[Station], year: int, today: date) -> Values:
    """Published hours of a week; a station that publishes none has no data."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    rows = OpeningHours.objects.filter(station__in=[row.pk for row in stations]).order_by("id")
    for code, opens, closes in rows.values_list("station_id", "opens", "closes"):
        minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
        found[code] += Decimal(minutes) / 60
    return {code: hours.quantize(Decimal("0.1")) for code, hours in found.items()}


def _volume(stations: Collection[Station], year: int, today: date) -> Values:
    since, until = moments(year)
    cases = Case.objects.filter(opened_at__gte=since, opened_at__lt=until).exclude(state=State.MERGED)
    return _counts(stations, cases, "station_id")


def _timeliness(stations: Collection[Station], year: int, today: date) -> Values:
    """Of the clocks that ended in the year, met or late, how many were met."""
    since, until = moments(year)
    ended = Clock.objects.filter(done_at__gte=since, done_at__lt=until, end__in=[ClockEnd.MET, ClockEnd.LATE])
    rows = ended.filter(case__station__in=[row.pk for row in stations]).values("case__station_id")
    counts = rows.annotate(all=Count("pk"), met=Count("pk", filter=Q(end=ClockEnd.MET))).order_by(
        "case__station_id"
    )
    return {row["case__station_id"]: _share(row["met"], row["all"]) for row in counts}


def _ratings(stations: Collection[Station], year: int) -> dict[str, tuple[int, int]]:
    since, until = moments(year)
    rows = Rating.objects.filter(at__gte=since, at__lt=until).exclude(appeal=AppealState.STRUCK)
    rows = rows.filter(case__station__in=[row.pk for row in stations])
    counts = (
        rows.values("case__station_id")
        .annotate(all=Count("pk"), bad=Count("pk", filter=Q(grade__in=BAD_GRADES)))
        .order_by("case__station_id")
    )
    return {row["case__station_id"]: (row["all"], row["bad"]) for row in counts}


def _satisfaction(stations: Collection[Station], year: int, today: date) -> Values:
    return {code: _share(rows - bad, rows) for code, (rows, bad) in _ratings(stations, year).items()}


def _rated(stations: Collection[Station], year: int, today: date) -> Values:
    """Of the matters that ended in the year, how many were rated in it."""
    since, until = moments(year)
    ended = Case.objects.filter(closed_at__gte=since, closed_at__lt=until).exclude(state=State.MERGED)
    closed, rated = _counts(stations, ended, "station_id"), _ratings(stations, year)
    return {
        code: _share(rated.get(code, (0, 0))[0], int(count))
        for code, count in closed.items()
        if count is not None
    }


def _adviser(stations: Collection[Station], year: int, today: date) -> Values:
    """Of the villages below, how many got what they were owed in the last month that is over.

    No data in the January of the year itself: no month of it is over.
    """
    day = min(today.replace(day=1) - timedelta(days=1), date(year, 12, 31))
    if day.year < year:
        return {}
    below = {row.code: villages_in(row.region_id, day) for row in stations}
    met = {one.code: one.is_met for one in states_of(sorted({v for vs in below.values() for v in vs}), day)}
    return {code: _share(sum(met[one] for one in ones), len(ones)) for code, ones in below.items()}


def _savvy(stations: Collection[Station], year: int, today: date) -> Values:
    day = min(today, date(year, 12, 31))
    below = {row.code: villages_in(row.region_id, day) for row in stations}
    all_of = sorted({one for ones in below.values() for one in ones})
    asked = {one.code: one.savvy_asked for one in states_of(all_of, day)}
    there = savvy_of(all_of)
    return {
        code: _share(sum(there.get(one, 0) >= asked[one] for one in ones), len(ones))
        for code, ones in below.items()
    }


def _publicity(stations: Collection[Station], year: int, today: date) -> Values:
    handed = Handout.objects.filter(on__year=year, station__in=[row.pk for row in stations])
    rows = handed.values("station_id").annotate(n=Sum("count")).order_by("station_id")
    return {row["station_id"]: Decimal(row["n"]) for row in rows}


def _counts(stations: Collection[Station], rows: object, column: str) -> Values:
    """How many rows each station has, 0 for none; one query."""
    found = rows.filter(**{f"{column}__in": [row.pk for row in stations]})  # type: ignore[attr-defined]
    counts = dict(found.values(column).annotate(n=Count("pk")).order_by(column).values_list(column, "n"))
    return {row.code: Decimal(counts.get(row.code, 0)) for row in stations}


_READERS: dict[str, Callable[[Collection[Station], int, date], Values]] = {
    Measure.PREMISES: _premises,
    Measure.LINES: _lines,
    Measure.STAFF: _staff,
    Measure.HOURS: _hours,
    Measure.VOLUME: _volume,
    Measure.TIMELINESS: _timeliness,
    Measure.SATISFACTION: _satisfaction,
    Measure.RATED: _rated,
    Measure.ADVISER: _adviser,
    Measure.SAVVY: _savvy,
    Measure.PUBLICITY: _publicity,
}
