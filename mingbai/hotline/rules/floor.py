"""Who is on the line and who sits where, and the small moves that both halves of the machine make; pure."""

from dataclasses import dataclass, field

from mingbai.hotline.enums import Busy, SeatState
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import Caller, Out, Place, Sit, Third, leg_name, leg_parts


@dataclass
class Floor:
    policy: Policy = field(default_factory=Policy)
    callers: dict[str, Caller] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def _of_leg(self, leg: str) -> Caller | None:
        """The caller whose other side this is now; None for a leg that is stale."""
        parts = leg_parts(leg)
        caller = self.callers.get(parts[2]) if parts else None
        return caller if caller and caller.leg == leg else None

    def _of_third(self, leg: str) -> tuple[Caller, Third] | None:
        parts = leg_parts(leg)
        caller = self.callers.get(parts[2]) if parts else None
        if caller is None or caller.third is None or caller.third.leg != leg:
            return None
        return caller, caller.third

    def _next_leg(self, caller: Caller, seat: str) -> str:
        caller.tries += 1
        return leg_name(seat, caller.tries, caller.key)

    def _called(self, caller: Caller, seat: str, at: float) -> str:
        caller.leg, caller.seat, caller.leg_since = self._next_leg(caller, seat), seat, at
        return caller.leg

    def _sit(self, place: Place, busy: Busy, at: float, key: str = "", pause: str = "") -> list[Out]:
        place.busy, place.since = busy, at
        place.key = key if busy != Busy.FREE else ""
        if pause:
            place.state = SeatState.PAUSE
        return [Sit(place.name, busy, at, place.key, pause)]

    def _seat_is(self, name: str, busy: Busy, at: float, key: str) -> list[Out]:
        """Make this of a seat, where it is one and has to do with this caller."""
        place = self.places.get(name)
        if place is None or place.key != key:
            return []
        return self._sit(place, busy, at, key)

    def _waits_again(self, caller: Caller) -> None:
        caller.phase, caller.seat, caller.leg = "waiting", "", ""
        caller.is_held = caller.is_parked = False
        caller.third, caller.command = None, ""
