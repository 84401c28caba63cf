"""Reads of the places: the register kept in memory by token, and what a page asks about one station."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db.models import Q

from mingbai.core.workdays import Day, Workdays
from mingbai.places.enums import ChangeKind, Charge
from mingbai.places.models import (
    CalendarDay,
    Closure,
    Coverage,
    LineStandard,
    OpeningHours,
    Organisation,
    Region,
    RegionChange,
    Revision,
    Station,
    StationLine,
    Tenure,
)
from mingbai.places.rules import (
    ClosureRow,
    CoverageRow,
    HoursRow,
    RegionRow,
    Register,
    Standard,
    StationRow,
    snapshot,
)

_held: ContextVar[list[str] | None] = ContextVar("held_token", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """Within it the registers are of one moment: the token is asked once, not with every permission.

    A page is drawn in it; a change of the registers (`touch`) ends it. One within another is the same.
    """
    held = _held.get()
    before = _held.set([] if held is None else held)
    try:
        yield
    finally:
        _held.reset(before)


def end_moment() -> None:
    _held.set(None)


def token() -> str:
    """Return the token of the registers kept in memory, or "" in a database without its first row."""
    held = _held.get()
    if held:
        return held[0]
    now = _stored_token()
    if held is not None and now:
        held.append(now)
    return now


def _stored_token() -> str:
    return Revision.objects.filter(id=1).values_list("token", flat=True).first() or ""


def register() -> Register:
    """Return the register as it is now: one tiny query while nothing has changed."""
    now = token()
    return _kept(now) if now else _read("")


def below(region: str, field: str) -> Q:
    """That a field with a region's code lies in its subtree.

    Codes of a county begin alike: where no other region lies between the first and the last of them it is
    asked as a span, which a million rows answer in a third of the time of a list.
    """
    codes, every = sorted(register().subtree(region)), sorted(register().regions)
    is_span = bool(codes) and bisect_right(every, codes[-1]) - bisect_left(every, codes[0]) == len(codes)
    if is_span:
        return Q(**{f"{field}__gte": codes[0], f"{field}__lte": codes[-1]})
    return Q(**{f"{field}__in": codes})


@lru_cache(maxsize=2)  # two: a transaction that is rolled back returns to the token before
def _kept(now: str) -> Register:
    """Read the tables, again when another's commit came in between: a station must find its region."""
    for _tries in range(3):
        found = _read(now)
        after = _stored_token()
        if after == now:
            break
        now = after
    return found


def _read(now: str) -> Register:
    return snapshot(now, _regions(), _stations(), _coverages(), workdays(), _standards())


def _regions() -> list[RegionRow]:
    merged = RegionChange.objects.filter(kind=ChangeKind.MERGED, into__isnull=False).order_by("on", "id")
    successors = dict(merged.values_list("region_id", "into_id"))
    columns = ("code", "name", "level", "parent_id", "path", "valid_from", "valid_to")
    return [
        RegionRow(code, name, level, parent or "", path, begins, ends, successors.get(code, ""))
        for code, name, level, parent, path, begins, ends in Region.objects.order_by("code").values_list(
            *columns
        )
    ]


def _stations() -> list[StationRow]:
    lines: dict[str, list[str]] = defaultdict(list)
    for station, line in StationLine.objects.order_by("id").values_list("station_id", "line"):
        lines[station].append(line)
    hours: dict[str, list[HoursRow]] = defaultdict(list)
    rows = OpeningHours.objects.order_by("station_id", "weekday", "opens")
    times = rows.values_list("station_id", "weekday", "opens", "closes", "on_days_off")
    for station, weekday, opens, closes, on_days_off in times:
        hours[station].append(HoursRow(int(weekday), opens, closes, on_days_off))
    closures: dict[str, list[ClosureRow]] = defaultdict(list)
    shut = Closure.objects.order_by("starts_on", "id")
    for station, begins, ends, reason in shut.values_list("station_id", "starts_on", "ends_on", "reason"):
        closures[station].append(ClosureRow(begins, ends, reason))
    columns = ("code", "name", "tier", "region_id", "is_built", "takes_matters", "substitute_id", "closed_on")
    stations = Station.objects.order_by("code").values_list(*columns)
    return [
        StationRow(
            code=code,
            name=name,
            tier=tier,
            region=region,
            lines=frozenset(lines.get(code, ())),
            is_built=is_built,
            takes_matters=takes_matters,
            substitute=substitute or "",
            hours=tuple(hours.get(code, ())),
            closures=tuple(closures.get(code, ())),
            closed_on=closed_on,
        )
        for code, name, tier, region, is_built, takes_matters, substitute, closed_on in stations
    ]


def _coverages() -> list[CoverageRow]:
    columns = ("area", "region_id", "station_id", "line", "valid_from", "valid_to")
    return [CoverageRow(*row) for row in Coverage.objects.order_by("id").values_list(*columns)]


def _standards() -> list[Standard]:
    columns = ("tier", "line", "source", "valid_from", "valid_to")
    return [Standard(*row) for row in LineStandard.objects.order_by("id").values_list(*columns)]


def workdays() -> Workdays:
    """Return the calendar as the table has it. Pages and actions take it from `register().workdays`."""
    columns = ("date", "is_workday", "name", "is_estimated")
    rows = CalendarDay.objects.order_by("date").values_list(*columns)
    return Workdays({day: Day(workday, name, estimated) for day, workday, name, estimated in rows})


def regions_below(code: str) -> frozenset[str]:
    """Return the codes of a region and all below it; empty for an unknown code."""
    return register().subtree(code)


def city() -> str:
    """Return the code of the city this house serves."""
    return str(settings.CITY_CODE)


def in_charge(station: Station, charge: Charge, on: date) -> Organisation | None:
    """Return the organisation that operates or supervises the station on that day."""
    tenures = Tenure.objects.current(on).filter(station=station, charge=charge)
    tenure = tenures.select_related("organisation").order_by("-valid_from").first()
    return tenure.organisation if tenure else None
