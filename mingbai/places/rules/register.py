"""Register: an immutable snapshot of regions, stations, service areas and the calendar, and its questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from mingbai.core.workdays import Workdays
from mingbai.places.enums import Level, Line
from mingbai.places.rules.lines import SEED, Standard, lacks
from mingbai.places.rules.opening import DEFAULT_HOURS, ClosureRow, HoursRow, Opening

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region; `parent`, `successor` are codes or "". `valid_to` is its last day."""

    code: str
    name: str
    level: str
    parent: str
    path: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""

    @property
    def is_absorbed(self) -> bool:
        """True from the day on which a merged region hangs under its successor."""
        return bool(self.successor) and self.successor == self.parent

    def is_valid(self, on: date) -> bool:
        return self.has_begun(on) and not self.has_ended(on)

    def has_begun(self, on: date) -> bool:
        return self.valid_from is None or self.valid_from <= on

    def has_ended(self, on: date) -> bool:
        return self.valid_to is not None and self.valid_to < on


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station; `substitute` is a code or "". `hours` is empty where none are registered."""

    code: str
    name: str
    tier: str
    region: str
    lines: frozenset[str] = frozenset()
    is_built: bool = True
    takes_matters: bool = False
    substitute: str = ""
    hours: tuple[HoursRow, ...] = ()
    closures: tuple[ClosureRow, ...] = ()
    closed_on: date | None = None

    def is_closed(self, on: date) -> bool:
        return self.closed_on is not None and self.closed_on <= on

    @property
    def opening(self) -> Opening:
        return Opening(self.hours or DEFAULT_HOURS, self.closures, self.is_built, self.closed_on)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A service area: from the first to the last day this region is served by that station."""

    area: str
    region: str
    station: str
    line: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, line: str, on: date) -> bool:
        valid = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return valid and self.line in ("", line)


@dataclass(frozen=True)
class Register:
    """All regions and stations by code. Questions about an unknown code raise KeyError, except where said."""

    token: str
    regions: Mapping[str, RegionRow]
    stations: Mapping[str, StationRow]
    coverages: Mapping[str, tuple[CoverageRow, ...]]
    workdays: Workdays
    standards: tuple[Standard, ...]
    _ancestors: Mapping[str, tuple[RegionRow, ...]] = field(repr=False)
    _subtrees: Mapping[str, frozenset[str]] = field(repr=False)
    _children: Mapping[str, tuple[RegionRow, ...]] = field(repr=False)
    _stations_at: Mapping[str, tuple[StationRow, ...]] = field(repr=False)

    def ancestors(self, code: str) -> tuple[RegionRow, ...]:
        """Return the region itself first, the root last; empty for an unknown code."""
        return self._ancestors.get(code, ())

    def subtree(self, code: str) -> frozenset[str]:
        """Return the codes of the region and all below it, with those merged into it; empty if unknown."""
        return self._subtrees.get(code, frozenset())

    def children(self, code: str, on: date) -> tuple[RegionRow, ...]:
        """Return what people choose below a region on that day; "" gives the roots.

        What was merged into the region is passed through: its villages are the region's now.
        """
        found: list[RegionRow] = []
        for row in self._children.get(code, ()):
            if row.is_valid(on):
                found.append(row)
            elif row.has_ended(on) and row.is_absorbed:
                found += self.children(row.code, on)
        return tuple(found)

    def stations_at(self, region: str) -> tuple[StationRow, ...]:
        """Return the stations that lie in the region itself, the region's own first."""
        return self._stations_at.get(region, ())

    def coverage_of(self, region: str, line: str, on: date) -> CoverageRow | None:
        """Return the service area laid over exactly this region, if any: one for the line before one for all,
        then the newest. A station that is not there to serve covers nothing."""
        fitting = [
            row
            for row in self.coverages.get(region, ())
            if row.holds(line, on) and self._serves(row.station, on)
        ]
        return max(fitting, key=lambda row: (bool(row.line), row.valid_from), default=None)

    def _serves(self, station: str, on: date) -> bool:
        row = self.stations.get(station)
        return row is not None and row.is_built and not row.is_closed(on)

    def is_open(self, station: str, at: datetime) -> bool:
        """True when the station's doors are open at this moment (aware)."""
        return self.stations[station].opening.is_open(at, self.workdays)

    def hours_on(self, station: str, day: date) -> list[HoursRow]:
        """Return the opening hours of a day, earliest first; empty when shut."""
        return self.stations[station].opening.hours_on(day, self.workdays)

    def next_opening(self, station: str, at: datetime) -> datetime | None:
        """Return when the doors next open after `at`; None when they do not within a year."""
        return self.stations[station].opening.next_opening(at, self.workdays)

    def current(self, code: str, on: date) -> str:
        """Return the code that stands for a region on a day: itself, or what it was merged into.

        A region that ended without a successor, or has not begun, is its parent's; a root stays itself.
        """
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            row = self.regions[code]
            if row.has_ended(on) and row.successor in self.regions:
                code = row.successor
            elif not row.is_valid(on) and row.parent in self.regions:
                code = row.parent
        return code

    def city_of(self, code: str) -> str:
        """Return the code of the city; "" when there is none above."""
        return self._of_level(code, Level.CITY)

    def county_of(self, code: str) -> str:
        """Return the code of the county; "" for the city itself."""
        return self._of_level(code, Level.COUNTY)

    def _of_level(self, code: str, level: str) -> str:
        # The topmost: a county merged into another hangs under it.
        return next((row.code for row in reversed(self.ancestors(code)) if row.level == level), "")

    def path_names(self, code: str) -> str:
        """Return "抚顺市 新抚区 …" from the root to the region, without what was merged away in between."""
        rows = self.ancestors(code)
        kept = [row for n, row in enumerate(rows) if not n or not row.is_absorbed]
        return " ".join(row.name for row in reversed(kept))

    def lacks(self, station: str, on: date) -> tuple[Line, ...]:
        """Return the lines that the station's tier must offer and it does not."""
        row = self.stations[station]
        return lacks(row.tier, row.lines, self.standards, on)


def snapshot(
    token: str,
    regions: Iterable[RegionRow],
    stations: Iterable[StationRow],
    coverages: Iterable[CoverageRow] = (),
    workdays: Workdays | None = None,
    standards: Iterable[Standard] = SEED,
) -> Register:
    """Arrange the rows for the questions above; the order of codes is kept."""
    by_code = {row.code: row for row in sorted(regions, key=lambda row: row.code)}
    ancestors = {code: tuple(_upwards(code, by_code)) for code in by_code}
    subtrees: dict[str, set[str]] = {}
    for code, above in ancestors.items():
        for row in above:
            subtrees.setdefault(row.code, set()).add(code)
    there = sorted(stations, key=lambda row: (row.code != row.region, row.code))
    return Register(
        token=token,
        regions=MappingProxyType(by_code),
        stations=MappingProxyType({row.code: row for row in sorted(there, key=lambda row: row.code)}),
        coverages=_grouped((row.region, row) for row in coverages),
        workdays=workdays or Workdays({}),
        standards=tuple(standards),
        _ancestors=MappingProxyType(ancestors),
        _subtrees=MappingProxyType({code: frozenset(below) for code, below in subtrees.items()}),
        _children=_grouped((row.parent if row.parent in by_code else "", row) for row in by_code.values()),
        _stations_at=_grouped((row.region, row) for row in there),
    )


def _upwards(code: str, regions: Mapping[str, RegionRow]) -> Iterable[RegionRow]:
    for part in reversed(regions[code].path.split(".")):
        if part in regions:
            yield regions[part]


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for key, row in pairs:
        groups.setdefault(key, []).append(row)
    return MappingProxyType({key: tuple(rows) for key, rows in groups.items()})
