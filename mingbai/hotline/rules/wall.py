"""What the wall of a line says of some calls; pure. The same definitions as the registry of figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(seconds=15)
"""The service level that the field reports: 15 秒接听率."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One call. `is_measured`: its waiting was measured. `wrapped` ends the work after it."""

    offered: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    wrapped: datetime | None = None
    seat: str = ""
    county: str = ""
    is_measured: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a group of calls. Rates are shares and None where there is nothing to divide by: never 100 %.

    `abandoned` hung up before anybody answered; `waited` and `handled` are means in seconds.
    """

    offered: int
    answered: int
    abandoned: int
    in_time: int
    measured: int
    waited: float | None
    handled: float | None

    @property
    def answer_rate(self) -> float | None:
        return _share(self.answered, self.offered)

    @property
    def in_time_rate(self) -> float | None:
        return _share(self.in_time, self.measured)

    @property
    def abandon_rate(self) -> float | None:
        return _share(self.abandoned, self.offered)


def tally(calls: Iterable[Heard]) -> Tally:
    every = list(calls)
    waits = [_seconds(one.offered, one.answered) for one in every if one.answered and one.is_measured]
    work = [_seconds(one.answered, one.wrapped or one.ended) for one in every if one.answered and one.ended]
    return Tally(
        offered=len(every),
        answered=sum(one.answered is not None for one in every),
        abandoned=sum(one.answered is None and one.ended is not None for one in every),
        in_time=sum(wait <= WITHIN.total_seconds() for wait in waits),
        measured=sum(one.is_measured for one in every),
        waited=_mean(waits),
        handled=_mean(work),
    )


def by(calls: Iterable[Heard], key: Callable[[Heard], str]) -> dict[str, Tally]:
    """A tally for each key, in the keys' order."""
    groups: dict[str, list[Heard]] = {}
    for one in calls:
        groups.setdefault(key(one), []).append(one)
    return {name: tally(groups[name]) for name in sorted(groups)}


def occupancy(calls: Iterable[Heard], since: datetime, now: datetime) -> float | None:
    """The share of the time since signing in that went into calls and the work after them; None at once."""
    whole = (now - since).total_seconds()
    if whole < 1:
        return None
    spans = ((max(one.answered, since), one.wrapped or one.ended or now) for one in calls if one.answered)
    return min(1.0, sum(max(0.0, _seconds(first, last)) for first, last in spans) / whole)


def _seconds(first: datetime | None, last: datetime | None) -> float:
    assert first is not None and last is not None
    return (last - first).total_seconds()


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
