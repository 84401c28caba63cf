"""What the database says that the line must know: who sits where, what seats want, whose night it is."""

import time
from dataclasses import dataclass

from django.utils import timezone

from mingbai.hotline.queries import live
from mingbai.hotline.rules.shapes import Said
from mingbai.integrations.asterisk.wants import Asked, asked_of

_NIGHT_EVERY, _PASSWORDS_EVERY = 10.0, 1.0
_SEATS_EVERY = 0.4
"""So long a "ready" may wait; what a seat wants of its call is looked for each time."""


class Due:
    """What is done every so many seconds, and no more often."""

    def __init__(self) -> None:
        self.next: dict[str, float] = {}

    def __call__(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self.next.get(what, 0.0):
            return False
        self.next[what] = now + every
        return True

    def clear(self) -> None:
        """Everything is due now."""
        self.next.clear()


@dataclass(frozen=True, slots=True)
class Seen:
    """`seats` is None where it was not their turn."""

    seats: list[Said] | None
    wants: list[Asked]


class Watch:
    def __init__(self, station: str, due: Due) -> None:
        self.station, self.due = station, due
        self.night = ""
        """The telephone of whoever is on duty when nobody sits there."""
        self.wanted: dict[str, str] = {}
        """Passwords by seat."""

    def read(self) -> Seen:
        """One query or two; now and then two more. Blocks: not for the event loop."""
        now = timezone.now()
        if self.due("night", _NIGHT_EVERY):
            self.night = live.night_phone(self.station, now)
        if self.due("passwords", _PASSWORDS_EVERY):
            self.wanted = {one.seat: one.secret for one in live.passwords(self.station, now)}
        wants = [asked_of(row) for row in live.commands(self.station)]
        return Seen(live.staffed(self.station) if self.due("seats", _SEATS_EVERY) else None, wants)
