"""A day of a line, call by call: what the planner's promise is held against."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from random import Random

from mingbai.hotline.rules.staffing import GOAL_SECONDS, Traffic

HALF = 1800.0


@dataclass(frozen=True, slots=True)
class Caller:
    """When they come, how long they wait at most, how long they keep a seat; seconds."""

    came: float
    patience: float
    handling: float


def in_time(callers: Iterable[Caller], seats_at: Callable[[float], int]) -> float:
    """The share that is answered within the goal; first come, first served. Seats change over time."""
    ends: list[float] = []
    waiting: deque[Caller] = deque()
    good = count = 0

    def free_until(now: float) -> None:
        nonlocal good
        while waiting:
            one = waiting[0]
            seats = seats_at(one.came)
            start = one.came if len(ends) < seats else max(one.came, ends[0])
            if start > now:
                return
            waiting.popleft()
            if one.came + one.patience < start or not seats:
                continue
            while ends and len(ends) >= seats and ends[0] <= start:
                heapq.heappop(ends)
            heapq.heappush(ends, start + one.handling)
            good += start - one.came <= GOAL_SECONDS

    for one in callers:
        count += 1
        free_until(one.came)
        while ends and ends[0] <= one.came and not waiting:
            heapq.heappop(ends)
        waiting.append(one)
    free_until(inf)
    return good / count


def simulated(halves: list[tuple[Traffic, int]], random: Random) -> float:
    """A day drawn as the planner thinks of it."""

    def seats_at(at: float) -> int:
        return halves[min(len(halves) - 1, int(at // HALF))][1]

    return in_time(drawn([traffic for traffic, _seats in halves], random), seats_at)


def drawn(halves: list[Traffic], random: Random) -> list[Caller]:
    """Callers of a day: Poisson within each half hour, patience and handling exponential."""
    found = []
    for n, traffic in enumerate(halves):
        at = n * HALF
        while traffic.per_hour and (at := at + random.expovariate(traffic.per_hour / 3600)) < (n + 1) * HALF:
            patience = random.expovariate(1 / traffic.patience) if traffic.patience < inf else inf
            found.append(Caller(at, patience, random.expovariate(1 / traffic.handling)))
    return found
