"""What the wall of a line says of some calls; pure. Counted by `queries.figures.COUNTS`, and nowhere else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(seconds=15)
"""The service level that the field reports: 15 秒接听率."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a group of calls. Rates are shares and None where there is nothing to divide by: never 100 %.

    `abandoned` hung up before anybody answered. `waits` and `works` are how many waits and handling times
    were measured, `waiting` and `working` their sums in seconds.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_time: int = 0
    measured: int = 0
    waits: int = 0
    waiting: float = 0.0
    works: int = 0
    working: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        names = self.__dataclass_fields__
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def waited(self) -> float | None:
        """Mean seconds until an answer (平均等待)."""
        return _share(self.waiting, self.waits)

    @property
    def handled(self) -> float | None:
        """Mean seconds of talking and wrapping up (平均处理时长)."""
        return _share(self.working, self.works)

    @property
    def answer_rate(self) -> float | None:
        return _share(self.answered, self.offered)

    @property
    def in_time_rate(self) -> float | None:
        return _share(self.in_time, self.measured)

    @property
    def abandon_rate(self) -> float | None:
        return _share(self.abandoned, self.offered)


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one half hour ("09:30"), seat and county, counted."""

    half: str
    seat: str
    county: str
    tally: Tally


def by(groups: Iterable[Group], key: Callable[[Group], str]) -> dict[str, Tally]:
    """A tally for each key, in the keys' order."""
    found: dict[str, Tally] = {}
    for one in groups:
        found[key(one)] = found.get(key(one), Tally()) + one.tally
    return {name: found[name] for name in sorted(found)}


def occupancy(busy: float, since: datetime, now: datetime) -> float | None:
    """The share of the time since signing in that went into calls and the work after them; None at once."""
    whole = (now - since).total_seconds()
    return None if whole < 1 else min(1.0, busy / whole)


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
