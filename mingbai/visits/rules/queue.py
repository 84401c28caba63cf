"""The order in which a hall calls, and how long it may take: pure, visible, the same for everybody.

Whom the law puts first (老年人权益保障法, 残疾人保障法, 军人地位和权益保障法) is put forward by so many
minutes as the hall says: nobody who has waited longer than that is overtaken. A booked visitor who came in
time is called at their time.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mingbai.visits.enums import Priority

BOOKED_AHEAD = timedelta(minutes=60)
LETTERS = {
    "consultation": "A",
    "legal_aid": "B",
    "mediation": "C",
    "notary": "D",
    "counsel": "E",
    "approval": "F",
    "forensic": "G",
    "arbitration": "H",
    "exam": "J",
}
"""The letter of each line's numbers; no I, which reads like a 1."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits. `starts_at` and `ends_at` are those of a booking, None for a walk-in."""

    pk: int
    since: datetime
    priority: str = Priority.NONE
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def turn_of(one: Waiting, now: datetime, head_start: timedelta) -> datetime:
    """The moment by which their turn is reckoned: the earlier, the sooner they are called."""
    if one.starts_at is not None and one.ends_at is not None:
        came_in_time = one.since < one.ends_at
        if came_in_time and now >= one.starts_at:
            return one.starts_at - BOOKED_AHEAD
    return one.since - head_start if one.priority else one.since


def in_order(rows: Iterable[Waiting], now: datetime, head_start: timedelta) -> list[int]:
    """The keys of those who wait, who is called first first."""
    return [
        one.pk for one in sorted(rows, key=lambda one: (turn_of(one, now, head_start), one.since, one.pk))
    ]


# ── how long ──

USUAL = 12.0
"""Minutes of a service where today tells nothing yet."""
LEAST_SEEN = 3
LONGEST = 120.0
"""A service that seems to have taken longer was not ended when it was over."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes from `low` to `high`, in fives; `is_guess` where too little was seen today."""

    low: int
    high: int
    is_guess: bool


def estimate(ahead: int, minutes: Sequence[float], windows: int) -> Estimate | None:
    """How long until one is called with so many before them; None where no window is at work.

    `minutes` are today's services of the line: the quarter that was quickest and that which was slowest
    bound what is said, so that it is no promise.
    """
    if windows < 1:
        return None
    seen = [one for one in minutes if 0 < one <= LONGEST]
    is_guess = len(seen) < LEAST_SEEN
    quick, slow = (USUAL * 0.6, USUAL * 1.6) if is_guess else _quarters(seen)
    low, high = ahead * quick / windows, (ahead + 1) * slow / windows
    return Estimate(int(low // 5 * 5), max(5, int(-(-high // 5) * 5)), is_guess)


def _quarters(seen: list[float]) -> tuple[float, float]:
    first, _middle, last = statistics.quantiles(seen, n=4, method="inclusive")
    return first, last
