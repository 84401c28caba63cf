"""The planner's instance out of what the house knows: places, needs, people, days; assumptions are said."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from mingbai.servicedays.enums import RuleCode
from mingbai.servicedays.rules.terms import Terms
from mingbai.servicedays.solver.instance import Instance, Need, Person, Place, Point

MOST_NAMES = 8
NOWHERE: Point = (0.0, 0.0)


@dataclass(frozen=True)
class SpotRow:
    """A place that can hold a day. `needs`: skill → (count, urgent).

    `shut`: days on which nothing can be held there (the road is closed, another day is near). `held`: how
    many days of the month are held there anyway, outside the plan.
    """

    code: str
    name: str
    county: str
    point: Point | None = None
    needs: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    shut: frozenset[date] = frozenset()
    held: int = 0


@dataclass(frozen=True)
class PersonRow:
    """Who can be sent: `free` days of the month; `spot` and `county` are where they live."""

    code: str
    name: str
    skills: tuple[str, ...]
    county: str = ""
    spot: str = ""
    point: Point | None = None
    free: frozenset[date] = frozenset()
    most_days: int = 0
    capacity: int = 0


@dataclass(frozen=True)
class Month:
    """All that is known of a month; `dates` in order, those on which a day may be held or is held."""

    dates: tuple[date, ...]
    terms: Terms
    spots: tuple[SpotRow, ...]
    people: tuple[PersonRow, ...]


@dataclass(frozen=True)
class Built:
    """The instance with what its indices mean, and sentences on what had to be assumed."""

    month: Month
    instance: Instance
    notes: tuple[str, ...]

    def day(self, on: date) -> int:
        return self.month.dates.index(on)

    def spot(self, code: str) -> int:
        return self.instance.place_index[code]

    def person(self, code: str) -> int:
        return self.instance.person_index[code]


def build(month: Month, *, keep: Collection[tuple[str, date]] = (), earliest: date | None = None) -> Built:
    """The instance of a month. Before `earliest` nothing new can be held; what is in `keep` stays open."""
    middle = _middles(month.spots)
    spots = [Place(spot.code, spot.name, _at(spot.point, spot.county, middle)) for spot in month.spots]
    instance = Instance(
        days=tuple(day.isoformat() for day in month.dates),
        max_days_per_place=month.terms[RuleCode.MOST_DAYS],
        min_gap_days=month.terms[RuleCode.GAP_DAYS],
        min_team=month.terms.least_team,
        max_km=float(month.terms[RuleCode.MOST_KM]),
        places=tuple(spots),
        needs={
            (t, skill): Need(count, urgent)
            for t, spot in enumerate(month.spots)
            for skill, (count, urgent) in spot.needs.items()
        },
        people=tuple(_person(row, month, middle) for row in month.people),
        closed=frozenset(_closed(month, keep, earliest)),
    )
    return Built(month, instance, tuple(_notes(month)))


def _person(row: PersonRow, month: Month, middle: Mapping[str, Point]) -> Person:
    return Person(
        id=row.code,
        skills=row.skills,
        home=_at(row.point, row.county, middle),
        available=tuple(n for n, day in enumerate(month.dates) if day in row.free),
        max_days=row.most_days,
        capacity=row.capacity,
    )


def _middles(spots: Iterable[SpotRow]) -> dict[str, Point]:
    """The middle of the known points of each county, and of all (""): what stands for an unknown one."""
    known: dict[str, list[Point]] = {}
    for spot in spots:
        if spot.point is not None:
            known.setdefault(spot.county, []).append(spot.point)
            known.setdefault("", []).append(spot.point)
    return {
        county: (
            sum(lat for lat, _lon in points) / len(points),
            sum(lon for _lat, lon in points) / len(points),
        )
        for county, points in known.items()
    }


def _at(point: Point | None, county: str, middle: Mapping[str, Point]) -> Point:
    # Nothing known at all: everybody is everywhere at once, and distance decides nothing.
    return point or middle.get(county) or middle.get("", NOWHERE)


def _closed(
    month: Month, keep: Collection[tuple[str, date]], earliest: date | None
) -> Iterable[tuple[int, int]]:
    for t, spot in enumerate(month.spots):
        if spot.held >= month.terms[RuleCode.MOST_DAYS]:
            yield t, -1
        for n, day in enumerate(month.dates):
            is_kept = (spot.code, day) in keep
            too_soon = earliest is not None and day < earliest and not is_kept
            if too_soon or day in spot.shut:
                yield t, n


def _notes(month: Month) -> Iterable[str]:
    lost = [spot.name for spot in month.spots if spot.point is None]
    if lost:
        yield _(
            "%(count)d 个地点还没有坐标，按所在县区的中间位置估算距离：%(names)s。到现场时定一次位即可。"
        ) % {"count": len(lost), "names": _named(lost)}
    homes = [row.name for row in month.people if row.point is None]
    if homes:
        yield _("%(count)d 人所在站点没有坐标，按所在县区的中间位置估算路程：%(names)s。") % {
            "count": len(homes),
            "names": _named(homes),
        }


def _named(names: list[str]) -> str:
    return "、".join(names[:MOST_NAMES]) + ("……" if len(names) > MOST_NAMES else "")


def left_after(
    needs: Mapping[str, tuple[int, int]], promised: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """What is still needed once the promised capacity has served: urgent ones go first."""
    left = {}
    for skill, (count, urgent) in needs.items():
        less = promised.get(skill, 0)
        if count > less:
            left[skill] = (count - less, max(0, urgent - less))
    return left
