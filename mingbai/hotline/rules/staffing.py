"""How many seats a half hour needs; pure. Calls per hour, seconds, shares between 0 and 1.

Two models of the field. Erlang C: nobody gives up. Erlang A: callers give up, each after a patience that is
exponential. Both take arrivals as Poisson within the half hour and the handling time as exponential.
Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities" (1917); C. Palm, "Research
on telephone traffic carried by full availability groups" (1957); O. Garnett, A. Mandelbaum, M. Reiman,
"Designing a call center with impatient customers" (2002).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, lgamma, log

from mingbai.hotline.rules.wall import WITHIN

GOAL_SECONDS, GOAL_SHARE = WITHIN.total_seconds(), 0.95
"""What the bureau promises of its line; a call is answered in time when it is within the seconds."""
_MOST_SEATS = 500
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Traffic:
    """One half hour: calls per hour, seconds that one keeps a seat (talking and wrapping up), and the mean
    patience in seconds; inf where nobody was ever seen to give up."""

    per_hour: float
    handling: float
    patience: float = inf

    @property
    def load(self) -> float:
        """Erlangs: how many seats would be busy if there were enough of them."""
        return self.per_hour * self.handling / 3600


def waits(seats: int, load: float) -> float:
    """Erlang C: the share of callers who wait at all; 1 where the seats cannot keep up."""
    if load <= 0:
        return 0.0
    if seats <= load:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion
    for n in range(1, seats + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / seats * (1 - blocked))


def in_time(traffic: Traffic, seats: int, seconds: float = GOAL_SECONDS) -> float:
    """The share of all callers whom somebody answers within the seconds."""
    if traffic.per_hour <= 0:
        return 1.0
    if seats <= 0:
        return 0.0
    if traffic.patience == inf:
        hurry = (seats - traffic.load) / traffic.handling
        return 1 - waits(seats, traffic.load) * exp(-hurry * seconds) if hurry > 0 else 0.0
    return sum(
        share * _answered(ahead, seats, traffic, seconds) for ahead, share in _found_ahead(traffic, seats)
    )


def _found_ahead(traffic: Traffic, seats: int) -> Iterator[tuple[int, float]]:
    """Erlang A in balance: how many callers one finds waiting, with its share; -1 is a free seat."""
    calls, served, leaves = traffic.per_hour / 3600, 1 / traffic.handling, 1 / traffic.patience
    weights, weight, k = [1.0], 1.0, 0
    while k < seats or weight > _NEGLIGIBLE * sum(weights):
        k += 1
        weight *= calls / (min(k, seats) * served + max(0, k - seats) * leaves)
        weights.append(weight)
    whole = sum(weights)
    yield -1, sum(weights[:seats]) / whole
    yield from ((k - seats, weight / whole) for k, weight in enumerate(weights) if k >= seats)


def _answered(ahead: int, seats: int, traffic: Traffic, seconds: float) -> float:
    """Of those who find so many waiting before them, who neither gives up nor waits for longer.

    The wait V of somebody who stays is a sum of exponentials whose rates rise by one step, the rate of giving
    up: exp(-V / patience) is Beta distributed. Staying so long has the probability exp(-V / patience), so the
    share is that variable's mean where V is short enough.
    """
    if ahead < 0:
        return 1.0
    pace = seats * traffic.patience / traffic.handling
    stays = pace / (pace + ahead + 1)
    return stays * _beta_whole(ahead + 1, pace + 1, -seconds / traffic.patience)


def _beta_whole(a: int, b: float, log_rest: float) -> float:
    """The regularised incomplete beta function at 1 - exp(log_rest), its first parameter a whole number."""
    log_y = log(-expm1(log_rest))
    terms = (exp(lgamma(b + i) - lgamma(b) - lgamma(i + 1) + i * log_y + b * log_rest) for i in range(a))
    return max(0.0, 1 - sum(terms))


def needed(traffic: Traffic, share: float = GOAL_SHARE, seconds: float = GOAL_SECONDS) -> int:
    """The fewest seats with which so large a share is answered in time; 0 where nobody calls."""
    if traffic.per_hour <= 0:
        return 0
    return next(
        n for n in range(1, _MOST_SEATS + 1) if n == _MOST_SEATS or in_time(traffic, n, seconds) >= share
    )


def patience_of(waited: float, gave_up: int) -> float:
    """Mean patience from what was seen: all seconds waited, by whoever, and how many gave up. inf for none.

    The maximum-likelihood estimate where the answered ones are censored.
    """
    return waited / gave_up if gave_up and waited > 0 else inf


@dataclass(frozen=True, slots=True)
class Half:
    """One half hour of one weekday: `weekday` 0 is Monday, `slot` 0 begins at midnight."""

    weekday: int
    slot: int
    traffic: Traffic
    seats: int
    """Those the goal asks for."""
    rostered: int

    @property
    def missing(self) -> int:
        return max(0, self.seats - self.rostered)

    @property
    def reached(self) -> float:
        """What those on the roster reach."""
        return in_time(self.traffic, self.rostered)


def is_small(halves: Sequence[Half]) -> bool:
    """A line where figures say nothing that words do not say better: one seat and a reserve."""
    return max((half.seats for half in halves), default=0) <= 2
