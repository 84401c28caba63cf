"""What a hotline process makes of the calls it finds when it starts; pure.

The exchange says which channels and rooms there are, the database which calls had no end yet. Where they
differ the exchange is right about what is, and the database about what was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingbai.hotline.enums import Busy, CallEnd, Step
from mingbai.hotline.rules.line import Line
from mingbai.hotline.rules.shapes import Caller, Do, Note, Out, Sit, Third, leg_parts

ROOM = "talk."
HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Found:
    """One caller's channel that the exchange has. `since`: when it came in, as far as known."""

    key: str
    since: float
    county: str = ""
    spoke_with: str = ""
    has_number: bool = True


def adopt(
    line: Line,
    found: Iterable[Found],
    legs: Iterable[str],
    rooms: Mapping[str, frozenset[str]],
    open_calls: Iterable[str],
    answered: frozenset[str],
    at: float,
) -> list[Out]:
    """Fill an empty line. `rooms`: members by bridge; `answered`: open calls whose answer is in the database.

    Who talks goes on talking, who waits keeps the place, a leg without its caller is hung up, and a call
    whose channel is gone ended while nobody watched. All that are in a caller's room talk together, the
    caller too who heard music meanwhile; a third that only rang is let go.
    """
    known, callers = frozenset(open_calls), {one.key: one for one in found}
    out: list[Out] = []
    for key in sorted(known - callers.keys()):
        out.append(Note(key, Step.ENDED, at, "", CallEnd.UNOBSERVED))
    for one in sorted(callers.values(), key=lambda one: (one.since, one.key)):
        if one.key not in known:
            out += [Note(one.key, Step.OFFERED, one.since), Note(one.key, Step.QUEUED, one.since)]
        out += _caller(line, one, rooms.get(ROOM + one.key, frozenset()), answered, at)
    used = {caller.leg for caller in line.callers.values()}
    used |= {caller.third.leg for caller in line.callers.values() if caller.third}
    out += [Do("hush", "", leg) for leg in sorted(legs) if leg not in used]
    return [*out, *_seats(line, at)]


def _seats(line: Line, at: float) -> list[Out]:
    """Every seat as it is now: one whose call is over has its paperwork to do."""
    talking = {caller.key for caller in line.callers.values() if caller.phase == "talking"}
    out: list[Out] = []
    for place in line.places.values():
        if place.busy in (Busy.RINGING, Busy.TALKING) and place.key not in talking:
            place.busy = Busy.WRAP if place.busy == Busy.TALKING else Busy.FREE
            place.key, place.since = "", at
        out.append(Sit(place.name, place.busy, place.since, place.key))
    return out


def _caller(line: Line, one: Found, room: frozenset[str], answered: frozenset[str], at: float) -> list[Out]:
    caller = Caller(one.key, one.since, one.county, one.spoke_with, one.has_number)
    caller.waits_since = at if one.key in answered else one.since
    line.callers[one.key] = caller
    legs = sorted(
        (name for name in room if leg_parts(name)), key=lambda name: (leg_parts(name) or ("", 0))[1]
    )
    if legs:
        out: list[Out] = [] if one.key in room else [Do("unpark", one.key)]
        return [*out, *_talking(line, caller, legs, answered, at)]
    caller.is_first = one.key in answered
    return [Do("queue", one.key)]


def _talking(line: Line, caller: Caller, legs: list[str], answered: frozenset[str], at: float) -> list[Out]:
    """The first leg is the agent's, a later one a third's."""
    seat, number, _key = leg_parts(legs[0]) or ("", 0, "")
    caller.phase, caller.leg, caller.seat, caller.tries = "talking", legs[0], seat, number
    for leg in legs[1:2]:
        other, number, _key = leg_parts(leg) or ("", 0, "")
        caller.third, caller.tries = Third(leg, other, "", at, is_up=True), number
    out: list[Out] = [] if caller.key in answered else [Note(caller.key, Step.ANSWERED, at, seat)]
    for name in (seat, caller.third.seat if caller.third else ""):
        if place := line.places.get(name):
            place.busy, place.key, place.since = Busy.TALKING, caller.key, at
    return out
