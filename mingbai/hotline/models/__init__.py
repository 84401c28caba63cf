"""Calls and what happened to them; seats and who sits there."""

from mingbai.hotline.models.calls import Call, CallEvent, CallQuerySet
from mingbai.hotline.models.seats import Pulse, Seat

__all__ = ["Call", "CallEvent", "CallQuerySet", "Pulse", "Seat"]
