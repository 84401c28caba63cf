"""The shapes of the line: what is to be done, noted and told, who calls, who sits; pure.

Times are seconds since the epoch.
"""

from dataclasses import dataclass
from typing import Literal

from mingbai.hotline.enums import Busy, CommandState, SeatState, Step, Want

NIGHT, OUT = "night", "out"
"""In a leg, where a seat's name stands else: the night's telephone, and any other telephone outside."""
Verb = Literal[
    "queue", "ring", "hush", "connect", "requeue", "hang_up", "forward", "promise",
    "park", "unpark", "call", "join", "reach", "meet", "rate",
]  # fmt: skip
Phase = Literal["waiting", "ringing", "talking", "forwarding", "leaving", "passing", "reaching"]


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


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of something that a seat wanted."""

    command: str
    state: CommandState
    at: float
    why: str = ""


Out = Do | Note | Sit | Reply


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a seat wants of its call. `to` is a seat's name, or OUT; the number is the exchange's business."""

    id: str
    what: Want
    seat: str
    key: str
    to: str = ""


@dataclass(slots=True)
class Third:
    """A third telephone beside caller and agent: it rings, or it is in the room."""

    leg: str
    seat: str
    command: str
    since: float
    is_up: bool = False


@dataclass(slots=True)
class Caller:
    """`is_out`: we call them. `is_parked`: hears music while the agent asks the third."""

    key: str
    since: float
    county: str = ""
    spoke_with: str = ""
    has_number: bool = True
    phase: Phase = "waiting"
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
    is_out: bool = False
    is_known: bool = True
    """False while it is being looked up who that is."""
    third: Third | None = None
    is_parked: bool = False
    giver: str = ""
    """The seat that passed the caller on, and gets them back where nobody takes them."""
    command: str = ""


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
