"""The line as a state machine without any I/O: what happens goes in, what is to be done comes out.

A caller waits, rings, talks or is being forwarded; a seat is free, rings, talks or wraps up. Times are
seconds since the epoch. Every method returns what to do, in order: `Do` for the exchange, `Note`, `Sit` and
`Reply` for the database. What is heard too late or twice does nothing, or takes down what stands without a
use. What a seat wants of its call (third parties, calls out) is in rules/parties.py.
"""

from collections.abc import Container, Iterable

from mingbai.hotline.enums import Busy, CallEnd, CommandState, PauseReason, SeatState, Step, Unreached
from mingbai.hotline.rules.parties import PAUSED_BY, Parties
from mingbai.hotline.rules.queue import Chair, Match, Waiting, matches, when_nobody
from mingbai.hotline.rules.shapes import (
    NIGHT,
    OUT,
    Caller,
    Do,
    Note,
    Out,
    Place,
    Reply,
    Said,
    Sit,
    leg_name,
    leg_parts,
)

__all__ = ["NIGHT", "Caller", "Do", "Line", "Note", "Out", "Place", "Said", "Sit", "leg_name", "leg_parts"]

LOOKED_UP_WITHIN = 0.25
"""Seconds for which it is waited whether the database knows the caller."""


class Line(Parties):
    # ── callers ──

    def offered(
        self,
        key: str,
        at: float,
        *,
        county: str = "",
        spoke_with: str = "",
        has_number: bool = True,
        is_known: bool = True,
    ) -> list[Out]:
        """A call came in; a second word of the same one is no other call. Who is not `is_known` yet is put
        through to nobody for a moment: until `known`, or LOOKED_UP_WITHIN."""
        if key in self.callers:
            return []
        caller = self.callers[key] = Caller(key, at, county, spoke_with, has_number, waits_since=at)
        caller.is_known = is_known
        return [Note(key, Step.OFFERED, at), Do("queue", key), Note(key, Step.QUEUED, at)]

    def known(self, key: str, *, county: str, spoke_with: str, has_number: bool) -> None:
        """Who calls was found out, or that nothing is known."""
        if caller := self.callers.get(key):
            caller.county, caller.spoke_with, caller.has_number = county, spoke_with, has_number
            caller.is_known = True

    def left(self, key: str, at: float, by: CallEnd = CallEnd.CALLER) -> list[Out]:
        """The caller is gone, whatever they were doing."""
        caller = self.callers.pop(key, None)
        if caller is None:
            return []
        out: list[Out] = [Do("hush", key, caller.leg, caller.seat)] if caller.leg else []
        # Who was told that nobody is there and promised a call was let go by us.
        end = CallEnd.LINE if caller.phase == "leaving" else by
        if caller.phase == "reaching":
            end = CallEnd.UNREACHED
        out.append(Note(key, Step.ENDED, at, caller.seat, end))
        return [*out, *self._third_let_go(caller, at), *self._released(caller, at)]

    def _third_let_go(self, caller: Caller, at: float) -> list[Out]:
        """The call is over or begins anew: whoever was called besides is let go."""
        third, caller.third = caller.third, None
        if third is None:
            return []
        out: list[Out] = [Do("hush", caller.key, third.leg, third.seat)]
        out += self._seat_is(third.seat, Busy.FREE, at, caller.key)
        state = CommandState.DONE if third.is_up else CommandState.FAILED
        return [*out, Reply(third.command, state, at, "" if third.is_up else Unreached.HUNG_UP)]

    def _released(self, caller: Caller, at: float) -> list[Out]:
        out: list[Out] = []
        if caller.command:
            is_done = caller.phase == "talking"
            state = CommandState.DONE if is_done else CommandState.FAILED
            out.append(Reply(caller.command, state, at, "" if is_done else Unreached.HUNG_UP))
        busy = Busy.WRAP if caller.phase == "talking" else Busy.FREE
        return [*out, *self._seat_is(caller.seat, busy, at, caller.key)]

    # ── the other side ──

    def picked_up(self, leg: str, at: float) -> list[Out]:
        """Somebody took it off; where the caller is gone or another was quicker, it is put on again."""
        if (out := self.third_picked_up(leg, at)) is not None:
            return out
        caller = self._of_leg(leg)
        if caller is None or caller.phase not in ("ringing", "forwarding", "passing"):
            return [] if caller else [Do("hush", "", leg)]
        if caller.is_out and caller.phase == "ringing":
            return self._reach(caller, at)
        out = [Do("connect", caller.key, leg, caller.seat)]
        if caller.phase == "passing":
            return [*out, *self._taken_over(caller, at)]
        if caller.phase == "forwarding":
            out.append(Note(caller.key, Step.FORWARDED, at, caller.seat))
        out.append(Note(caller.key, Step.ANSWERED, at, caller.seat))
        caller.phase, caller.is_first = "talking", False
        return [*out, *self._seat_is(caller.seat, Busy.TALKING, at, caller.key)]

    def leg_gone(
        self, leg: str, at: float, *, was_cut: bool = False, why: Unreached = Unreached.NO_ANSWER
    ) -> list[Out]:
        """The other side rang in vain and `why`, hung up, or was cut off talking."""
        if (out := self.third_gone(leg, at, why)) is not None:
            return out
        caller = self._of_leg(leg)
        if caller is None:
            return []
        if caller.phase == "reaching":
            return self._hung_up(caller, at)
        if caller.phase == "talking":
            return self._talk_over(caller, at, was_cut=was_cut)
        return self._in_vain(caller, at, why)

    def _talk_over(self, caller: Caller, at: float, *, was_cut: bool) -> list[Out]:
        """Three together lose nothing when the agent goes. Who goes while asking a third leaves the caller
        to that third; who was cut off while asking did not mean to."""
        if caller.third and not was_cut:
            return self._leave(caller, at, is_gone=True)
        if caller.third and caller.third.is_up and not caller.is_parked:
            return self._leave(caller, at, is_gone=True, pause=PauseReason.AWAY)
        return self._cut(caller, at) if was_cut else self._hung_up(caller, at)

    def _hung_up(self, caller: Caller, at: float) -> list[Out]:
        """Whoever spoke with a seat is asked how it was, whichever of the two had called."""
        del self.callers[caller.key]
        is_agent = caller.seat in self.places
        end = CallEnd.OTHER if caller.seat == OUT else CallEnd.AGENT
        asks = is_agent and caller.phase == "talking" and self.policy.rate_within > 0
        out: list[Out] = [
            Do("rate" if asks else "hang_up", caller.key),
            Note(caller.key, Step.ENDED, at, caller.seat, end),
        ]
        return [*out, *self._released(caller, at)]

    def _cut(self, caller: Caller, at: float) -> list[Out]:
        """The caller did nothing wrong: told so, and first in the queue."""
        out = self._third_let_go(caller, at)
        out += [Do("requeue", caller.key), Note(caller.key, Step.REQUEUED, at, caller.seat)]
        if place := self.places.get(caller.seat):
            out += self._sit(place, Busy.FREE, at, pause=PauseReason.AWAY)
        self._waits_again(caller)
        caller.is_first, caller.waits_since = True, at
        return out

    def _in_vain(self, caller: Caller, at: float, why: Unreached) -> list[Out]:
        if caller.phase == "passing":
            return self._come_back(caller, at, why)
        if caller.is_out and caller.phase == "ringing" and caller.command:
            return self._not_out(caller, at, why)
        out: list[Out] = [Note(caller.key, Step.UNANSWERED, at, caller.seat)]
        if place := self.places.get(caller.seat):
            out += self._sit(place, Busy.FREE, at, pause=PAUSED_BY[why])
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

    def pressed(self, key: str, digit: str) -> None:
        """ "0: a person" while waiting: whoever is free first, rather than the own county's people."""
        caller = self.callers.get(key)
        if digit == "0" and caller and caller.phase == "waiting":
            caller.county = ""

    # ── seats ──

    def seats_are(self, said: Iterable[Said], at: float, but: Container[str] = ()) -> list[Out]:
        """Take over who sits where, and what they said; a seat in the middle of a call keeps it.

        Not of the seats in `but`: what the line made of them was not written when this was read.
        """
        rows = {row.name: row for row in said if row.name not in but}
        for name in [name for name in self.places if name not in rows and name not in but]:
            place = self.places[name]
            if place.busy not in (Busy.RINGING, Busy.TALKING):
                del self.places[name]
        for row in rows.values():
            self._take(row)
        return self._wrapped_up(at)

    def _wrapped_up(self, at: float) -> list[Out]:
        """A wrap-up ends by itself after its time."""
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

    # ── time ──

    def tick(self, at: float, *, night: str = "") -> list[Out]:
        """Ring whom it is time to ring; give up where nobody takes it off or nobody is there."""
        out = self._wrapped_up(at)
        for caller in list(self.callers.values()):
            out += self._rung_too_long(caller, at)
        return [*out, *self.serve(at, night=night)]

    def serve(self, at: float, *, night: str = "") -> list[Out]:
        """Ring for whoever waits: what to do whenever a caller came or a seat became free."""
        waiting = self._waiting(at)
        if not waiting:
            return []
        out = self._wrapped_up(at)
        for match in matches(waiting, self.chairs(), at, self.policy):
            out += self._ring(match, at)
        chairs = self.chairs()
        for one in waiting:
            if (caller := self.callers[one.key]).phase == "waiting":
                out += self._nobody(caller, chairs, at, night)
        return out

    def _rung_too_long(self, caller: Caller, at: float) -> list[Out]:
        third = caller.third
        out: list[Out] = []
        if third and not third.is_up and at - third.since >= self._patience(third.seat):
            out.append(Do("hush", caller.key, third.leg, third.seat))
            out += self._third_over(caller, third, at, Unreached.NO_ANSWER)
        rings = caller.phase in ("ringing", "forwarding", "passing")
        if rings and at - caller.leg_since >= self._patience(caller.seat):
            out.append(Do("hush", caller.key, caller.leg, caller.seat))
            out += self._in_vain(caller, at, Unreached.NO_ANSWER)
        return out

    def _patience(self, seat: str) -> float:
        return self.policy.ring_out if seat == OUT else self.policy.ring

    def _waiting(self, at: float) -> list[Waiting]:
        return [
            Waiting(one.key, one.since, one.county, one.spoke_with, one.is_first, one.tried)
            for one in self.callers.values()
            if one.phase == "waiting" and (one.is_known or at - one.since >= LOOKED_UP_WITHIN)
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

    def _nobody(self, caller: Caller, chairs: list[Chair], at: float, night: str) -> list[Out]:
        one = Waiting(caller.key, caller.waits_since)
        what = when_nobody(one, chairs, night, at, self.policy, was_forwarded=caller.was_forwarded)
        if what == "forward":
            leg = self._called(caller, NIGHT, at)
            caller.phase = "forwarding"
            return [Do("forward", caller.key, leg, NIGHT), Note(caller.key, Step.RINGING, at, NIGHT)]
        if what == "promise":
            caller.phase = "leaving"
            said: list[Out] = [Do("promise", caller.key)]
            return [*said, Note(caller.key, Step.PROMISED, at)] if caller.has_number else said
        return []
