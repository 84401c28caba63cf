"""What the hotline needs of an exchange, asked of the fake and of a real Asterisk by the same tests."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.asterisk.words import CONNECTED, Event, PbxError
from tests.aside import run_aside
from tests.sipp import Sipp, pbx

PHONE = "13987650001"


@dataclass
class World:
    """An exchange with its callers and phones, heard from the first event on."""

    ari: Any
    call: Callable[[int], None]
    pick_up: Callable[[str], Awaitable[None]]
    phone: Callable[[int], str]
    with_order: Callable[[str], None]
    pressing: Callable[[str], None]
    after_answer: Callable[[str], None]
    heard: list[Event] = field(default_factory=list)

    async def until(self, kind: str, **wanted: Any) -> Event:
        """The first event of this kind about this channel; waits for it."""
        for _ in range(400):
            for event in self.heard:
                if event["type"] == kind and all(_has(event, *pair) for pair in wanted.items()):
                    return event
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {kind} {wanted} in {[event['type'] for event in self.heard]}")

    async def caller(self) -> str:
        """A caller who was answered; the channel."""
        self.call(60_000)
        channel = str((await self.until("StasisStart"))["channel"]["id"])
        await self.ari.answer(channel)
        return channel


def _has(event: Event, name: str, value: str) -> bool:
    return bool((event.get(name) or {}).get("id") == value)


@asynccontextmanager
async def world(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    found = _fake() if kind == "fake" else _real(request)

    async def listen() -> None:
        async for event in found.ari.events():
            found.heard.append(event)

    listener = asyncio.create_task(listen())
    try:
        await found.until(CONNECTED)
        await _clear(found)
        yield found
    finally:
        await _clear(found)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await found.ari.close()


async def _clear(found: World) -> None:
    """One exchange serves many tests: none finds what another left there."""
    for channel in await found.ari.channels():
        await found.ari.hang_up(channel.id)
    for room in await found.ari.bridges():
        await found.ari.end_bridge(room.id)


def _fake() -> World:
    fake = FakePbx()

    async def pick_up(channel: str) -> None:
        fake.pick_up(channel)

    def phone(number: int) -> str:
        fake.online.add(f"PJSIP/phone-{number}")
        return f"PJSIP/phone-{number}"

    def call(_ms: int = 0, order: str = "") -> None:
        fake.call_in(PHONE, order=order)

    digits: list[str] = []

    def pressing(digit: str) -> None:
        digits.append(digit)
        call()

    return World(
        fake, call, pick_up, phone, lambda order: call(order=order), pressing,
        lambda channel: fake.press(channel, digits[0]),
    )  # fmt: skip


def _real(request: pytest.FixtureRequest) -> World:
    exchange: pbx.Pbx = request.getfixturevalue("exchange")
    sipp: Sipp = request.getfixturevalue("sipp")

    async def pick_up(_channel: str) -> None:
        """Its phone answers by itself after a moment."""

    def phone(number: int) -> str:
        sipp.phone(number)
        return f"PJSIP/phone-{number}"

    return World(
        Ari(exchange.url, exchange.password),
        lambda ms: sipp.call(PHONE, talk_ms=ms) and None,
        pick_up,
        phone,
        # What is no number of an order does not get through to us.
        lambda order: sipp.call(PHONE, header=f"X-Order-Number: {order}, <'>;") and None,
        lambda digit: sipp.call(PHONE, press=(digit, 300)) and None,
        lambda _channel: None,
    )


def on_both(test: Callable[[World], Awaitable[None]]) -> Callable[..., None]:
    """Run an async test on the fake and on the real thing."""

    @pytest.mark.parametrize("kind", ["fake", "asterisk"])
    def run(kind: str, request: pytest.FixtureRequest) -> None:
        async def inside() -> None:
            async with world(kind, request) as found:
                await test(found)

        run_aside(inside)

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


@on_both
async def test_a_call_comes_in_with_number_and_dialled_number(found: World):
    found.call(60_000)
    event = await found.until("StasisStart")
    assert event["args"][0] == "inbound" and event["channel"]["caller"]["number"] == PHONE
    channel = event["channel"]["id"]
    (listed,) = await found.ari.channels()
    assert (listed.id, listed.caller, listed.state) == (channel, PHONE, "Ring")
    assert abs(listed.created - time.time()) < 60 and await found.ari.started() == await found.ari.started()
    await found.ari.answer(channel)
    (listed,) = await found.ari.channels()
    assert listed.state == "Up" and await found.ari.held_by_us() == {channel}


@on_both
async def test_a_caller_waits_is_joined_to_a_phone_and_recorded(found: World):
    caller, room, leg = await found.caller(), "talk.1", "leg.1"
    await found.ari.bridge("hold", "holding")
    await found.ari.bridge("hold", "holding")
    await found.ari.join("hold", caller)
    assert [one.channels for one in await found.ari.bridges()] == [frozenset({caller})]
    await found.ari.dial(leg, found.phone(1), caller=PHONE, seconds=10)
    await found.pick_up(leg)
    assert (await found.until("StasisStart", channel=leg))["args"] == ["leg"]
    await found.ari.bridge(room, "mixing")
    await found.ari.join(room, caller, leg)
    for way in ("in", "out"):
        await found.ari.listen(caller, f"ear.{way}.1", way)
        await found.ari.record(f"ear.{way}.1", f"talk-{way}")
    assert (await found.until("StasisStart", channel="ear.in.1"))["args"] == ["ear"]
    inside = {one.id: one.channels for one in await found.ari.bridges()}
    assert inside == {"hold": frozenset(), room: frozenset({caller, leg})}
    await asyncio.sleep(0.3)
    await found.ari.stop_recording("talk-out")
    await found.ari.hang_up(leg)
    assert (await found.until("ChannelDestroyed", channel=leg))["cause"] in (16, 0)
    await found.until("StasisEnd", channel=leg)
    await found.ari.hang_up(caller)
    await found.until("StasisEnd", channel="ear.in.1")
    await found.ari.end_bridge(room)
    for name in ("talk-in", "talk-out"):
        for _ in range(100):
            if blob := await found.ari.recording(name):
                break
            await asyncio.sleep(0.05)
        assert len(blob) >= 800 and blob[:4] != b"RIFF" and name in await found.ari.recordings()
        await found.ari.forget_recording(name)
        assert await found.ari.recording(name) is None and name not in await found.ari.recordings()


@on_both
async def test_whoever_is_moved_to_the_music_and_back_is_in_one_room_only(found: World):
    caller = await found.caller()
    await found.ari.bridge("hold", "holding")
    await found.ari.bridge("room", "mixing")
    for room in ("hold", "room", "hold", "room"):
        await found.ari.join(room, caller)
        for _ in range(50):
            inside = {one.id: one.channels for one in await found.ari.bridges()}
            if caller in inside[room]:
                break
            await asyncio.sleep(0.02)
        assert [name for name, members in inside.items() if caller in members] == [room]
    await found.ari.end_bridge("room")
    await found.ari.end_bridge("hold")


@on_both
async def test_somebody_is_called_and_joins_as_what_they_are(found: World):
    headers = {"X-Case-Number": "2611234567894"}
    await found.ari.dial("out-1", found.phone(1), caller="", seconds=10, what="reached", headers=headers)
    await found.pick_up("out-1")
    assert (await found.until("StasisStart", channel="out-1"))["args"] == ["reached"]


@on_both
async def test_a_call_brings_the_order_of_another_hotline_along(found: World):
    found.with_order("12345-20261130-000187")
    event = await found.until("StasisStart")
    assert event["args"] == ["inbound", "12348", "12345-20261130-000187"]


@on_both
async def test_a_key_that_the_caller_presses_is_heard(found: World):
    found.pressing("3")
    channel = str((await found.until("StasisStart"))["channel"]["id"])
    await found.ari.answer(channel)
    found.after_answer(channel)
    assert (await found.until("ChannelDtmfReceived", channel=channel))["digit"] == "3"


@on_both
async def test_a_phone_that_is_not_there_is_told_at_once(found: World):
    assert not await found.ari.dial("leg.2", "PJSIP/seat-1", caller=PHONE, seconds=5)
    assert not await found.ari.is_reachable("PJSIP/seat-1")


@on_both
async def test_a_phone_that_rings_can_be_hushed(found: World):
    caller = await found.caller()
    assert await found.ari.dial("leg.3", found.phone(2), caller=PHONE, seconds=5)
    await found.ari.hang_up("leg.3")
    for _ in range(50):
        if {one.id for one in await found.ari.channels()} == {caller}:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it rings on")


@on_both
async def test_what_is_gone_is_told_as_gone(found: World):
    for ask in (found.ari.answer("nobody"), found.ari.play("nobody", "mingbai/notice", "p1"),
                found.ari.join("nowhere", "nobody")):  # fmt: skip
        with pytest.raises(PbxError) as told:
            await ask
        assert told.value.is_gone and not told.value.may_pass
    await found.ari.hang_up("nobody")
    await found.ari.leave("nowhere", "nobody")
    await found.ari.end_bridge("nowhere")
    await found.ari.stop_recording("nothing")
    assert await found.ari.recording("nothing") is None
    assert await found.ari.variable("nobody", "X") == ""


@on_both
async def test_a_sound_is_played_and_its_end_told(found: World):
    caller = await found.caller()
    await found.ari.play(caller, "mingbai/notice", "notice.1")
    event = await found.until("PlaybackFinished")
    assert (event["playback"]["id"], event["playback"]["state"]) == ("notice.1", "done")


@on_both
async def test_a_sound_that_is_not_there_is_gone_at_once_and_never_done(found: World):
    caller = await found.caller()
    await found.ari.play(caller, "mingbai/nothing", "nothing.1")
    for _ in range(100):
        if not await found.ari.is_playing("nothing.1"):
            break
        await asyncio.sleep(0.02)
    assert not await found.ari.is_playing("nothing.1")
    told = [event["playback"]["state"] for event in found.heard if event["type"] == "PlaybackFinished"]
    assert "done" not in told


@on_both
async def test_a_seat_gets_a_password_and_loses_it(found: World):
    await found.ari.give_password("seat-1", "geheim-1")
    await found.ari.give_password("seat-1", "geheim-2")
    await found.ari.give_password("seat-1", "")
    await found.ari.give_password("seat-1", "")


@on_both
async def test_somebody_is_held_and_muted(found: World):
    caller = await found.caller()
    for on in (True, False):
        await found.ari.music(caller, on=on)
        await found.ari.mute(caller, on=on)


def test_a_wrong_password_is_told_at_once(exchange: pbx.Pbx):
    async def ask() -> None:
        ari = Ari(exchange.url, "wrong")
        with pytest.raises(PbxError) as told:
            await ari.channels()
        assert told.value.status == 401 and not told.value.may_pass
        await ari.close()

    run_aside(ask)


def test_an_exchange_that_is_away_may_come_back():
    async def ask() -> None:
        ari = Ari(f"http://127.0.0.1:{pbx.free_port()}", "any")
        with pytest.raises(PbxError) as told:
            await ari.channels()
        assert told.value.may_pass and not told.value.is_gone
        await ari.close()

    run_aside(ask)


def test_an_exchange_that_never_answers_is_one_that_may_come_back():
    async def ask() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            ari = Ari(f"http://127.0.0.1:{silent.getsockname()[1]}", "any")
            ari.patience = 0.2  # five seconds else
            with pytest.raises(PbxError) as told:
                await ari.channels()
            assert told.value.may_pass
            await ari.close()

    run_aside(ask)
