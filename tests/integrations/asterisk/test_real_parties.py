"""Third parties on a real Asterisk with real voices: passed on, in vain, asked, three, called back."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import steering
from mingbai.hotline.actions.recordings import play_recording
from mingbai.hotline.actions.steering import To
from mingbai.hotline.enums import Busy, CallEnd, CommandState, Recording, Target, Want
from mingbai.hotline.models import Call, Seat, SeatCommand
from tests.cases.factories import City, make_case, make_city
from tests.integrations.asterisk.conftest import line_at_work
from tests.integrations.asterisk.test_real_line import _sweep_up, calls, sit_down, until
from tests.process import wait_until
from tests.sipp import Sipp, pbx
from tests.tones import tones

__all__ = ["_sweep_up"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
OUTSIDE = To(Target.NUMBER, number="13700002222")


@pytest.fixture
def city(transactional_db: None) -> Iterator[City]:
    yield make_city()
    connection.close()


def want(city: City, what: Want, to: To | None = None) -> None:
    wait_until(lambda: Seat.objects.filter(busy=Busy.TALKING).exists())
    steering.want(by=SYSTEM, worker=city.users["alice"].worker, what=what, to=to)


def command() -> SeatCommand:
    return SeatCommand.objects.order_by("pk")[SeatCommand.objects.count() - 1]


def is_state(state: CommandState) -> Any:
    return lambda: command().state == state


def test_passed_on_to_12345_with_both_numbers_and_heard_there(city: City, exchange: pbx.Pbx, sipp: Sipp):
    sit_down(city, "phone-1", "alice")
    case = make_case()
    with line_at_work(exchange):
        sipp.phone(1)
        sipp.carrier(talk_ms=1500)
        caller = sipp.call(header=f"X-Order-Number: {case.number}")
        until(talks=1)
        wait_until(lambda: calls()["1"].case_id == case.pk)
        time.sleep(0.5)  # the agent says something
        want(city, Want.PASS, To(Target.OTHER_LINE))
        wait_until(is_state(CommandState.DONE))
        caller.wait(20)
        until(over=1)
        call = calls()["1"]
        assert (call.ended_by, call.giver, call.worker) == (CallEnd.OTHER, city.owner, city.owner)
        sent = sipp.heard()
        assert f"X-Case-Number: {case.number}" in sent and f"X-Order-Number: {case.number}" in sent
        wait_until(lambda: Call.objects.get().recording == Recording.KEPT, seconds=20)
        left, right = tones(play_recording(by=SYSTEM, call=Call.objects.get()))
        # Each voice in its channel: the caller's alone left; agent, music and 12345 right.
        assert left[600] == 1 and max(left[900], left[1500], left[440]) < 0.02
        assert right[600] < 0.001 and min(right[900], right[1500]) > 0.02


@pytest.mark.parametrize(
    ("status", "why"), [("486 Busy Here", "busy"), ("603 Decline", "busy"), ("480 Gone", "no_answer")]
)
def test_passed_on_in_vain_the_caller_is_back(
    city: City, exchange: pbx.Pbx, sipp: Sipp, status: str, why: str
):
    sit_down(city, "phone-1", "alice")
    with line_at_work(exchange):
        sipp.phone(1)
        sipp.carrier(status=status)
        caller = sipp.call()
        until(talks=1)
        want(city, Want.PASS, OUTSIDE)
        wait_until(is_state(CommandState.FAILED), seconds=20)
        # The same sipp answers its next call as well: the agent has the caller again.
        wait_until(
            lambda: [e.kind for e in Call.objects.get().events.all()].count("answered") == 2, seconds=20
        )
        assert command().why in (why, "away") and caller.poll() is None
        assert Call.objects.get().transferred_at is None


def test_asked_first_then_three_then_the_agent_goes(city: City, exchange: pbx.Pbx, sipp: Sipp):
    sit_down(city, "phone-1", "alice")
    with line_at_work(exchange):
        agent = sipp.phone(1)
        far = sipp.carrier()
        caller = sipp.call()
        until(talks=1)
        want(city, Want.CONSULT, OUTSIDE)
        wait_until(is_state(CommandState.TALKING), seconds=20)
        asked = command()
        want(city, Want.MEET)
        wait_until(is_state(CommandState.DONE))
        want(city, Want.LEAVE)
        wait_until(is_state(CommandState.DONE))
        wait_until(lambda: Call.objects.get().transferred_at)
        assert (caller.poll(), far.poll()) == (None, None) and agent.poll() is None or agent.poll() == 0
        asked.refresh_from_db()
        assert asked.state == CommandState.DONE


def test_a_call_back_reaches_the_resident_and_is_recorded(city: City, exchange: pbx.Pbx, sipp: Sipp):
    sit_down(city, "phone-1", "alice")
    case = make_case()
    with line_at_work(exchange):
        sipp.phone(1)
        sipp.carrier(talk_ms=2000)
        steering.call_out(by=SYSTEM, worker=city.owner, number=OUTSIDE.number, case=case)
        until(over=1)
        call = Call.objects.get()
        assert call.is_out and call.answered_at and (call.case, call.ended_by) == (case, CallEnd.CALLER)
        wait_until(lambda: Call.objects.get().recording == Recording.KEPT, seconds=20)
        left, right = tones(play_recording(by=SYSTEM, call=Call.objects.get()))
        assert left[1500] == 1 and right[900] == 1 and left[900] < 0.02 and right[1500] < 0.02


def test_the_caller_presses_how_it_was(city: City, exchange: pbx.Pbx, sipp: Sipp):
    sit_down(city, "phone-1", "alice")
    sound = Path(exchange.home) / "var/sounds/mingbai/rate.wav"
    pbx.tone(sound, 500, 0.3, 0.1)
    try:
        with line_at_work(exchange):
            sipp.phone(1, ring_ms=100, talk_ms=600)
            caller = sipp.call(press=("1", 3_000))
            until(over=1)
            assert calls()["1"].ended_by == CallEnd.AGENT
            wait_until(lambda: Call.objects.get().grade == 5, seconds=20)
            assert caller.wait(20) == 0
    finally:
        sound.unlink()
