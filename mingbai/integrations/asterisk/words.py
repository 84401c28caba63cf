"""What is said to and heard from an exchange, and how it fails; the client and the fake share it."""

from dataclasses import dataclass, field
from typing import Any

APP = "hotline"
"""The name under which ops/asterisk/extensions.conf hands calls over."""
LEG, REACHED, EAR = "leg", "reached", "ear"
"""What a channel that we made is: the other side of a caller, somebody we call, a listener that records."""
RING_TONE = "450/1000,0/4000"
"""What a caller in China hears while it rings: 450 Hz, one second in five (ITU-T E.180, supplement 2)."""
CONNECTED, DISCONNECTED = "Connected", "Disconnected"
"""Events of our own: the stream of events stands (again), or broke."""
HEARD = (
    "StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelDtmfReceived", "ChannelHold", "ChannelUnhold",
    "PlaybackFinished",
)  # fmt: skip
"""Events of the exchange that something follows from; of each call it tells some sixty more."""
Event = dict[str, Any]


class PbxError(Exception):
    """The exchange refused or failed: `status` as HTTP says it, 0 when it did not answer at all."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text}"[:200])
        self.status = status

    @property
    def is_gone(self) -> bool:
        """What was meant is not there any more: mostly a caller who hung up a moment before."""
        return self.status in (404, 409, 410, 412, 422)

    @property
    def may_pass(self) -> bool:
        """Worth another try: it was away, slow or in trouble."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True, slots=True)
class Channel:
    """A leg of a call. `caller` is the number as the exchange got it; `created`: seconds since the epoch."""

    id: str
    state: str
    caller: str = field(default="", repr=False)
    dialled: str = ""
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class Bridge:
    id: str
    channels: frozenset[str]
