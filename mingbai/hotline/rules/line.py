"""The line as a state machine without any I/O: what happens goes in, what is to be done comes out.

A caller waits, rings, talks or is being forwarded; a seat is free, rings, talks or wraps up. Times are
seconds since the epoch. Every method returns what to do, in order: `Do` for the exchange, `Note` and `Sit`
for the database. What is heard too late or twice does nothing, or takes down what stands without a use.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from mingbai.hotline.enums import Busy, CallEnd, PauseReason, SeatState, Step
from mingbai.hotline.rules.queue import Chair, Match, Policy, Waiting, matches, when_nobody

NIGHT = "night"
"""The name of the night's telephone in a leg, where a seat's stands else."""
Verb = Literal["queue", "ring", "hush", "connect", "requeue", "hang_up", "forward", "promise"]


@dataclass(frozen=True, slots=True)
class Do:
    """For the exchange. `leg` names the other side's channel; `seat` where it rings."""

    verb: Verb
    key: str
    leg: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """For the history of the call."""

    key: str
    step: Step
    at: float
    seat: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sit:
    """What the line makes of a seat from now on; `pause` also stops giving it calls, with the reason."""

    seat: str
    busy: Busy
    at: float
    key: str = ""
    pause: str = ""


Out = Do | Note | Sit


@dataclass(slots=True)
class Caller:
    key: str
    since: float
    county: str = ""
    spoke_with: str = ""
    has_number: bool = True
    phase: Literal["waiting", "ringing", "talking", "forwarding", "leaving"] = "waiting"
    seat: str = ""
    leg: str = ""
    leg_since: float = 0.0
    tries: int = 0
    tried: frozenset[str] = frozenset()
    is_first: bool = False
    was_forwarded: bool = False
    is_held: bool = False
    waits_since: float = 0.0
    """From when the wait is counted that ends in a promise; `since` keeps the order."""


@dataclass(slots=True)
class Place:
    """A staffed seat as the line sees it. `idle_since` counts from when it could have taken a call."""

    name: str
    worker: str = ""
    county: str = ""
    state: SeatState = SeatState.READY
    busy: Busy = Busy.FREE
    since: float = 0.0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the database says of a staffed seat: who sits there, and what they said."""

    name: str
    state: SeatState
    since: float
    worker: str = ""
    county: str = ""
    is_wrapping: bool = False


def leg_name(seat: str, number: int, key: str) -> str:
    """The channel of the other side: whoever reads it knows both ends, after any restart."""
    return f"leg.{seat}.{number}.{key}"


def leg_parts(leg: str) -> tuple[str, int, str] | None:
    """Seat, number of the try and caller; None for a channel that is no leg of ours."""
    parts = leg.split(".", 3)
    if len(parts) != 4 or parts[0] != "leg" or not parts[2].isdigit():
        return None
    return parts[1], int(parts[2]), parts[3]


@dataclass
class Line:
    policy: Policy = field(default_factory=Policy)
    callers: dict[str, Caller] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    # ── callers ──

    def offered(
        self, key: str, at: float, *, county: str = "", spoke_with: str = "", has_number: bool = True
    ) -> list[Out]:
        """A call came in; a second word of the same one is no other call."""
        if key in self.callers:
            return []
        self.callers[key] = Caller(key, at, county, spoke_with, has_number, waits_since=at)
        return [Note(key, Step.OFFERED, at), Do("queue", key), Note(key, Step.QUEUED, at)]

    def left(self, key: str, at: float, by: CallEnd = CallEnd.CALLER) -> list[Out]:
        """The caller is gone, whatever they were doing."""
        caller = self.callers.pop(key, None)
        if caller is None:
            return []
        out: list[Out] = [Do("hush", key, caller.leg, caller.seat)] if caller.leg else []
        # Who was told that nobody is there and promised a call was let go by us.
        end = CallEnd.LINE if caller.phase == "leaving" else by
        out.append(Note(key, Step.ENDED, at, caller.seat, end))
        return [*out, *self._released(caller, at)]

    def _released(self, caller: Caller, at: float) -> list[Out]:
        place = self.places.get(caller.seat)
        if place is None or place.key != caller.key:
            return []
        return self._sit(place, Busy.WRAP if caller.phase == "talking" else Busy.FREE, at, caller.key)

    # ── the other side ──

    def picked_up(self, leg: str, at: float) -> list[Out]:
        """Somebody took it off; where the caller is gone or another was quicker, it is put on again."""
        caller = self._of_leg(leg)
        if caller is None or caller.phase not in ("ringing", "forwarding"):
            return [] if caller else [Do("hush", "", leg)]
        was_forward = caller.phase == "forwarding"
        caller.phase, caller.is_first = "talking", False
        out: list[Out] = [Do("connect", caller.key, leg, caller.seat)]
        step = Step.FORWARDED if was_forward else Step.ANSWERED
        out += [Note(caller.key, step, at, caller.seat)]
        if was_forward:
            out.append(Note(caller.key, Step.ANSWERED, at, caller.seat))
        if place := self.places.get(caller.seat):
            out += self._sit(place, Busy.TALKING, at, caller.key)
        return out

    def leg_gone(self, leg: str, at: float, *, was_cut: bool = False, is_away: bool = False) -> list[Out]:
        """The other side rang in vain (`is_away`: nobody stands there), hung up, or was cut off talking."""
        caller = self._of_leg(leg)
        if caller is None:
            return []
        if caller.phase == "talking":
            return self._cut(caller, at) if was_cut else self._hung_up(caller, at)
        return self._in_vain(caller, at, PauseReason.AWAY if is_away else PauseReason.NO_ANSWER)

    def _hung_up(self, caller: Caller, at: float) -> list[Out]:
        del self.callers[caller.key]
        out: list[Out] = [
            Do("hang_up", caller.key),
            Note(caller.key, Step.ENDED, at, caller.seat, CallEnd.AGENT),
        ]
        return [*out, *self._released(caller, at)]

    def _cut(self, caller: Caller, at: float) -> list[Out]:
        """The caller did nothing wrong: told so, and first in the queue."""
        out: list[Out] = [Do("requeue", caller.key), Note(caller.key, Step.REQUEUED, at, caller.seat)]
        if place := self.places.get(caller.seat):
            out += self._sit(place, Busy.FREE, at, pause=PauseReason.AWAY)
        caller.phase, caller.seat, caller.leg = "waiting", "", ""
        caller.is_first, caller.is_held, caller.waits_since = True, False, at
        return out

    def _in_vain(self, caller: Caller, at: float, reason: PauseReason) -> list[Out]:
        out: list[Out] = [Note(caller.key, Step.UNANSWERED, at, caller.seat)]
        if place := self.places.get(caller.seat):
            out += self._sit(place, Busy.FREE, at, pause=reason)
        caller.was_forwarded = caller.was_forwarded or caller.phase == "forwarding"
        caller.tried |= {caller.seat}
        caller.phase, caller.seat, caller.leg = "waiting", "", ""
        return out

    def held(self, leg: str, at: float, *, on: bool) -> list[Out]:
        """The agent put the caller on hold, or came back."""
        caller = self._of_leg(leg)
        if caller is None or caller.phase != "talking" or caller.is_held == on:
            return []
        caller.is_held = on
        return [Note(caller.key, Step.HELD if on else Step.RESUMED, at, caller.seat)]

    def _of_leg(self, leg: str) -> Caller | None:
        """The caller whose other side this is now; None for a leg that is stale."""
        parts = leg_parts(leg)
        caller = self.callers.get(parts[2]) if parts else None
        return caller if caller and caller.leg == leg else None

    # ── seats ──

    def seats_are(self, said: Iterable[Said], at: float) -> list[Out]:
        """Take over who sits where, and what they said; a seat in the middle of a call keeps it."""
        rows = {row.name: row for row in said}
        for name in [name for name in self.places if name not in rows]:
            place = self.places[name]
            if place.busy not in (Busy.RINGING, Busy.TALKING):
                del self.places[name]
        for row in rows.values():
            self._take(row)
        out: list[Out] = []
        for place in self.places.values():
            if place.busy == Busy.WRAP and at - place.since >= self.policy.wrap:
                out += self._sit(place, Busy.FREE, at, place.key)
        return out

    def _take(self, row: Said) -> None:
        busy = Busy.WRAP if row.is_wrapping else Busy.FREE
        place = self.places.setdefault(row.name, Place(row.name, state=row.state, busy=busy, since=row.since))
        if (place.state, place.worker) != (row.state, row.worker) and place.busy == Busy.FREE:
            place.since = row.since
        place.worker, place.county, place.state = row.worker, row.county, row.state
        if place.busy == Busy.WRAP and not row.is_wrapping:
            place.busy, place.key, place.since = Busy.FREE, "", row.since

    def _sit(self, place: Place, busy: Busy, at: float, key: str = "", pause: str = "") -> list[Out]:
        place.busy, place.since = busy, at
        place.key = key if busy != Busy.FREE else ""
        if pause:
            place.state = SeatState.PAUSE
        return [Sit(place.name, busy, at, place.key, pause)]

    # ── time ──

    def tick(self, at: float, *, night: str = "") -> list[Out]:
        """Ring whom it is time to ring; give up where nobody takes it off or nobody is there."""
        out: list[Out] = []
        for caller in list(self.callers.values()):
            if caller.phase in ("ringing", "forwarding") and at - caller.leg_since >= self.policy.ring:
                out.append(Do("hush", caller.key, caller.leg, caller.seat))
                out += self._in_vain(caller, at, PauseReason.NO_ANSWER)
        for match in matches(self._waiting(), self.chairs(), at, self.policy):
            out += self._ring(match, at)
        for caller in [one for one in self.callers.values() if one.phase == "waiting"]:
            out += self._nobody(caller, at, night)
        return out

    def _waiting(self) -> list[Waiting]:
        return [
            Waiting(one.key, one.since, one.county, one.spoke_with, one.is_first, one.tried)
            for one in self.callers.values()
            if one.phase == "waiting"
        ]

    def chairs(self) -> list[Chair]:
        """The staffed seats as the queue sees them."""
        return [
            Chair(
                place.name,
                place.since if (place.state, place.busy) == (SeatState.READY, Busy.FREE) else None,
                place.county,
                place.worker,
                place.state == SeatState.READY and place.busy in (Busy.TALKING, Busy.WRAP),
                place.state == SeatState.PAUSE and place.busy not in (Busy.RINGING, Busy.TALKING),
            )
            for place in self.places.values()
        ]

    def _ring(self, match: Match, at: float) -> list[Out]:
        caller, place = self.callers[match.key], self.places[match.seat]
        leg = self._called(caller, match.seat, at)
        caller.phase = "ringing"
        out: list[Out] = [Do("ring", caller.key, leg, match.seat)]
        out.append(Note(caller.key, Step.RINGING, at, match.seat, match.why))
        return [*out, *self._sit(place, Busy.RINGING, at, caller.key)]

    def _called(self, caller: Caller, seat: str, at: float) -> str:
        caller.tries += 1
        caller.seat, caller.leg_since = seat, at
        caller.leg = leg_name(seat, caller.tries, caller.key)
        return caller.leg

    def _nobody(self, caller: Caller, at: float, night: str) -> list[Out]:
        one = Waiting(caller.key, caller.waits_since)
        what = when_nobody(one, self.chairs(), night, at, self.policy, was_forwarded=caller.was_forwarded)
        if what == "forward":
            leg = self._called(caller, NIGHT, at)
            caller.phase = "forwarding"
            return [Do("forward", caller.key, leg, NIGHT), Note(caller.key, Step.RINGING, at, NIGHT)]
        if what == "promise":
            caller.phase = "leaving"
            said: list[Out] = [Do("promise", caller.key)]
            return [*said, Note(caller.key, Step.PROMISED, at)] if caller.has_number else said
        return []
