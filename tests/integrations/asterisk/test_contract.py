"""What the hotline needs of an exchange, asked of the fake and of a real Asterisk by the same tests."""

import asyncio
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
        yield found
    finally:
        for channel in await found.ari.channels():
            await found.ari.hang_up(channel.id)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await found.ari.close()


def _fake() -> World:
    fake = FakePbx()

    async def pick_up(channel: str) -> None:
        fake.pick_up(channel)

    def phone(number: int) -> str:
        fake.online.add(f"PJSIP/phone-{number}")
        return f"PJSIP/phone-{number}"

    return World(fake, lambda _ms: None if fake.call_in(PHONE) else None, pick_up, phone)


def _real(request: pytest.FixtureRequest) -> World:
    exchange: pbx.Pbx = request.getfixturevalue("exchange")
    sipp: Sipp = request.getfixturevalue("sipp")

    async def pick_up(_channel: str) -> None:
        """Its phone answers by itself after a moment."""

    def phone(number: int) -> str:
        sipp.phone(number)
        return f"PJSIP/phone-{number}"

    return World(
        Ari(exchange.url, exchange.password), lambda ms: sipp.call(PHONE, talk_ms=ms) and None, pick_up, phone
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
    await found.ari.record(room, "talk-1")
    inside = {one.id: one.channels for one in await found.ari.bridges()}
    assert inside == {"hold": frozenset(), room: frozenset({caller, leg})}
    await asyncio.sleep(0.2)
    await found.ari.stop_recording("talk-1")
    await found.ari.hang_up(leg)
    assert (await found.until("ChannelDestroyed", channel=leg))["cause"] in (16, 0)
    await found.until("StasisEnd", channel=leg)
    await found.ari.hang_up(caller)
    await found.ari.end_bridge(room)
    for _ in range(100):
        if blob := await found.ari.recording("talk-1"):
            break
        await asyncio.sleep(0.05)
    assert blob[:4] == b"RIFF" and "talk-1" in await found.ari.recordings()
    await found.ari.forget_recording("talk-1")
    assert await found.ari.recording("talk-1") is None and "talk-1" not in await found.ari.recordings()


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
