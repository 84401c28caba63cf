"""Calls and what happened to them; seats and what they want; quality inspection; announcements."""

from mingbai.hotline.models.calls import Call, CallEvent, CallQuerySet
from mingbai.hotline.models.commands import ExpectedCall, SeatCommand
from mingbai.hotline.models.quality import Draw, Inspection, ScoreSheet
from mingbai.hotline.models.seats import Pulse, Seat
from mingbai.hotline.models.sounds import Announcement

__all__ = [
    "Announcement",
    "Call",
    "CallEvent",
    "CallQuerySet",
    "Draw",
    "ExpectedCall",
    "Inspection",
    "Pulse",
    "ScoreSheet",
    "Seat",
    "SeatCommand",
]
