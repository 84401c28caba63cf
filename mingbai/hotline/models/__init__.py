"""Calls and what happened to them; seats, who sits there and what they want; calls that are announced."""

from mingbai.hotline.models.calls import Call, CallEvent, CallQuerySet
from mingbai.hotline.models.commands import ExpectedCall, SeatCommand
from mingbai.hotline.models.seats import Pulse, Seat

__all__ = ["Call", "CallEvent", "CallQuerySet", "ExpectedCall", "Pulse", "Seat", "SeatCommand"]
