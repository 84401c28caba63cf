"""Calls through the exchange as the hotline process writes them, and somebody on a seat."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import seats, switch
from mingbai.hotline.enums import Busy, Step
from mingbai.hotline.models import Call, Seat
from mingbai.people.models import Worker
from tests.cases.factories import CITY

_keys = count(1)
PHONE = "13987650001"


def make_call(
    *steps: str, number: str = PHONE, seat: str = "", at: datetime | None = None, why: str = ""
) -> Call:
    """A call with these steps, a second apart; `why` is that of the last one."""
    at, key = at or timezone.now() - timedelta(minutes=5), f"mingbai-test.{next(_keys)}"
    call = switch.offer(by=SYSTEM, station=CITY, key=key, at=at, number=number, dialled="12348")
    for nth, step in enumerate(steps, start=1):
        told = why if nth == len(steps) else ""
        later = at + timedelta(seconds=nth)
        switch.note(by=SYSTEM, key=key, step=Step(step), at=later, seat=seat, why=told)
    call.refresh_from_db()
    return call


def take_seat(worker: Worker, name: str = "seat-1", voice: str = "browser", *, ready: bool = True) -> Seat:
    seat = seats.sign_in(by=SYSTEM, worker=worker, station=CITY, name=name, voice=voice)
    return seats.say(by=SYSTEM, worker=worker, state="ready") if ready else seat


def put_through(call: Call, seat: Seat, busy: Busy = Busy.TALKING) -> None:
    switch.sit(by=SYSTEM, station=CITY, seat=seat.name, busy=busy, at=timezone.now(), key=call.channel)
    seat.refresh_from_db()
