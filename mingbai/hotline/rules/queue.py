"""Who speaks with whom next; pure. Times are seconds of one steady clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The line's own settings, in seconds. GB/T 33358-2016 asks for an answer within 15 s."""

    county_first: float = 10.0
    """How long a caller is kept for the people of their own county while one of them is busy."""
    ring: float = 20.0
    """How long a telephone rings before the next one does, and its seat is paused."""
    ring_out: float = 45.0
    """The same for a telephone outside that a caller is passed to, or that is asked to join."""
    rate_within: float = 8.0
    """How long a caller may take to press 1–5 after the agent hung up; 0 asks for nothing."""
    longest: float = 600.0
    """After so long a wait the caller is promised a call back."""
    wrap: float = 60.0
    """After so long a wrap-up ends by itself."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller in the queue. `since` is when they came in, wherever they have been meanwhile."""

    key: str
    since: float
    county: str = ""
    spoke_with: str = ""
    is_first: bool = False
    """Cut off while talking: goes before everybody."""
    tried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chair:
    """A staffed seat. `county` "" is somebody for all of them; `idle_since` None is busy or paused."""

    name: str
    idle_since: float | None = None
    county: str = ""
    worker: str = ""
    is_back_soon: bool = False
    """Talking or wrapping up: will be free again without anybody's doing."""
    is_paused: bool = False
    """Whoever sits there, if anybody still does, takes no calls."""


@dataclass(frozen=True, slots=True)
class Match:
    key: str
    seat: str
    why: str = ""
    """ "same", "county", or "" for the longest idle one."""


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Cut off first, then the longest waiting; the key makes two of one moment certain."""
    return sorted(waiting, key=lambda one: (not one.is_first, one.since, one.key))


def matches(waiting: Iterable[Waiting], chairs: Iterable[Chair], now: float, policy: Policy) -> list[Match]:
    """Whom to ring for whom, all at once: nobody twice, nobody overtaken but for the sake of a county."""
    every, found = {chair.name: chair for chair in chairs}, []
    free = {name: chair for name, chair in every.items() if chair.idle_since is not None}
    for caller in in_order(waiting):
        if match := _match(caller, free, every, now, policy):
            found.append(match)
            del free[match.seat]
    return found


def _match(
    caller: Waiting, free: Mapping[str, Chair], every: Mapping[str, Chair], now: float, policy: Policy
) -> Match | None:
    same = [chair for chair in free.values() if caller.spoke_with and chair.worker == caller.spoke_with]
    if same and same[0].name not in caller.tried:
        return Match(caller.key, same[0].name, "same")
    own = [chair for chair in free.values() if caller.county and chair.county == caller.county]
    if own:
        return Match(caller.key, _longest_idle(own, caller), "county")
    if _is_kept(caller, every, now, policy):
        return None
    return Match(caller.key, _longest_idle(list(free.values()), caller)) if free else None


def _is_kept(caller: Waiting, every: Mapping[str, Chair], now: float, policy: Policy) -> bool:
    """Whether it is worth waiting for somebody of the caller's own county who will be free soon."""
    soon = any(chair.is_back_soon and chair.county == caller.county for chair in every.values())
    return bool(caller.county) and soon and now - caller.since < policy.county_first


def _longest_idle(chairs: list[Chair], caller: Waiting) -> str:
    """Those who did not answer this caller before come last."""
    return min(chairs, key=lambda one: (one.name in caller.tried, one.idle_since, one.name)).name


def when_nobody(
    caller: Waiting, chairs: Iterable[Chair], night: str, now: float, policy: Policy, *, was_forwarded: bool
) -> str:
    """ "wait", "forward" to the night's telephone, or "promise" a call back."""
    there = list(chairs)
    # A seat that somebody forgot to sign out of, paused as it did not answer, must not keep the night's
    # telephone from ringing.
    if night and not was_forwarded and all(one.is_paused for one in there):
        return "forward"
    if there:
        return "promise" if now - caller.since >= policy.longest else "wait"
    return "promise"
