"""Need, capacity and coverage of each place and skill, before anybody is sent and with what is planned."""

from collections.abc import Iterable
from dataclasses import dataclass

from mingbai.servicedays.rules.building import Month
from mingbai.servicedays.rules.inequality import Covered, Inequality, inequality
from mingbai.servicedays.rules.weighing import Held


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One place and skill: people who wait, what the place has itself in the month, what is planned there."""

    county: str
    spot: str
    name: str
    skill: str
    need: int
    urgent: int
    own: int
    planned: int

    @property
    def before(self) -> int:
        """Of the need what the place can do by itself."""
        return min(self.need, self.own)

    @property
    def after(self) -> int:
        """Of the need what can be done with those who are sent."""
        return min(self.need, self.own + self.planned)

    @property
    def missing(self) -> int:
        return self.need - self.after

    @property
    def share(self) -> float | None:
        """Covered share of the need; None where nobody waits."""
        return self.after / self.need if self.need else None


@dataclass(frozen=True)
class Coverage:
    """The table, and how unequal places are without and with service days."""

    rows: tuple[CoverageRow, ...]
    before: Inequality
    after: Inequality
    notes: tuple[str, ...] = ()


def coverage(month: Month, held: Iterable[Held], notes: tuple[str, ...] = ()) -> Coverage:
    """What is missing where, by county, place and skill; places without needs and hands are left out."""
    own, planned = own_capacity(month), planned_capacity(month, held)
    rows = []
    for spot in month.spots:
        here = [skill for code, skill in (*own, *planned) if code == spot.code]
        for skill in dict.fromkeys([*spot.needs, *here]):
            need, urgent = spot.needs.get(skill, (0, 0))
            key = (spot.code, skill)
            rows.append(
                CoverageRow(
                    spot.county,
                    spot.code,
                    spot.name,
                    skill,
                    need,
                    urgent,
                    own.get(key, 0),
                    planned.get(key, 0),
                )
            )
    rows.sort(key=lambda row: (row.county, row.spot, row.skill))
    return Coverage(
        tuple(rows),
        inequality(_covered(rows, after=False)),
        inequality(_covered(rows, after=True)),
        notes,
    )


def own_capacity(month: Month) -> dict[tuple[str, str], int]:
    """What the people who live at a place could do there in the month, by their first skill.

    Who is on the register of a county's or the city's centre lives at no township: that is the imbalance.
    """
    found: dict[tuple[str, str], int] = {}
    for row in month.people:
        if row.spot and row.skills:
            days = min(row.most_days, len(row.free & set(month.dates)))
            key = (row.spot, row.skills[0])
            found[key] = found.get(key, 0) + days * row.capacity
    return found


def planned_capacity(month: Month, held: Iterable[Held]) -> dict[tuple[str, str], int]:
    """Who is sent to a place: a person of the place itself counts as its own, not twice."""
    people = {row.code: row for row in month.people}
    found: dict[tuple[str, str], int] = {}
    for day in held:
        for code, skill in day.team.items():
            row = people.get(code)
            if row is not None and row.spot != day.spot:
                found[day.spot, skill] = found.get((day.spot, skill), 0) + row.capacity
    return found


def _covered(rows: Iterable[CoverageRow], *, after: bool) -> list[Covered]:
    """Places with the sum over their skills."""
    need: dict[str, int] = {}
    done: dict[str, int] = {}
    for row in rows:
        need[row.spot] = need.get(row.spot, 0) + row.need
        done[row.spot] = done.get(row.spot, 0) + (row.after if after else row.before)
    return [Covered(spot, count, done[spot]) for spot, count in need.items() if count]
