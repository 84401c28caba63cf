"""An exchange in memory with the client's own verbs: for tests, and to try the seat without telephones.

It passes the same tests as the client on a real Asterisk (tests/integrations/asterisk/test_contract.py).
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from mingbai.integrations.asterisk.words import (
    CONNECTED,
    DISCONNECTED,
    EAR,
    LEG,
    Bridge,
    Channel,
    Event,
    PbxError,
)

SILENCE = b"\xd5" * 800
"""A tenth of a second of nothing, as the exchange writes it."""


@dataclass
class Leg:
    id: str
    state: str = "Ring"
    caller: str = ""
    dialled: str = ""
    endpoint: str = ""
    bridge: str = ""
    is_ours: bool = False
    what: str = LEG
    variables: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    heard_by: list[str] = field(default_factory=list)
    created: float = field(default_factory=time.time)


class FakePbx:
    """The verbs of `Ari`, and what a test makes happen: `call_in`, `pick_up`, `caller_hangs_up`, `crash` …"""

    def __init__(self) -> None:
        self.legs: dict[str, Leg] = {}
        self.rooms: dict[str, str] = {}
        self.passwords: dict[str, str] = {}
        self.online: set[str] = set()
        self.live: dict[str, str] = {}
        self.stored: dict[str, bytes] = {}
        self.sounds: set[str] = {"mingbai/notice", "mingbai/nobody", "mingbai/again"}
        """The office's files; of another one no end is told, as of a missing file."""
        self.tones: dict[str, str] = {}
        """Ringing tones that sound, by playback: in which channel."""
        self.played: list[tuple[str, str]] = []
        self.failing: deque[int] = deque()
        """Statuses with which the next requests fail."""
        self.slow = 0.0
        """Seconds that each answer takes."""
        self.is_down, self.starts = False, 1
        self.heard: asyncio.Queue[Event] = asyncio.Queue()
        self.numbers = itertools.count(1)

    # ── what a test makes happen ──

    def call_in(
        self, number: str = "13987650001", dialled: str = "12348", order: str = "", **variables: str
    ) -> str:
        leg = Leg(f"in.{next(self.numbers)}", caller=number, dialled=dialled, is_ours=True)
        leg.variables = variables
        self.legs[leg.id] = leg
        self._tell("StasisStart", leg, args=["inbound", dialled, order])
        return leg.id

    def pick_up(self, channel: str) -> None:
        """A rung phone is answered."""
        leg = self.legs[channel]
        leg.state, leg.is_ours = "Up", True
        self._tell("StasisStart", leg, args=[leg.what])

    def hangs_up(self, channel: str, cause: int = 16) -> None:
        if leg := self.legs.pop(channel, None):
            for ear in leg.heard_by:
                self.hangs_up(ear)
            self._end_recording(channel)
            if leg.is_ours:
                self._tell("StasisEnd", leg)
            self._tell("ChannelDestroyed", leg, cause=cause)

    def press(self, channel: str, digit: str) -> None:
        self._tell("ChannelDtmfReceived", self.legs[channel], digit=digit)

    def crash(self) -> None:
        """The exchange dies: every leg, bridge and live recording with it."""
        self.is_down = True
        self.legs.clear()
        self.rooms.clear()
        self.live.clear()
        self.heard.put_nowait({"type": DISCONNECTED})

    def come_back(self) -> None:
        self.is_down, self.starts = False, self.starts + 1
        self.heard.put_nowait({"type": CONNECTED})

    def rung(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.endpoint and leg.state != "Up"]

    # ── the client's verbs ──

    async def close(self) -> None:
        pass

    async def events(self) -> AsyncIterator[Event]:
        yield {"type": CONNECTED}
        while True:
            yield await self.heard.get()

    async def started(self) -> str:
        await self._ready()
        return str(self.starts)

    async def answer(self, channel: str) -> None:
        (await self._leg(channel)).state = "Up"

    async def hang_up(self, channel: str) -> None:
        await self._ready()
        self.hangs_up(channel)

    async def dial(
        self,
        channel: str,
        endpoint: str,
        *,
        caller: str,
        seconds: int,
        what: str = LEG,
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        await self._ready()
        if channel in self.legs:
            raise PbxError(409, "id in use")
        if endpoint not in self.online:
            return False
        made = Leg(channel, "Ringing", caller=caller, endpoint=endpoint, what=what)
        made.headers = dict(headers or {})
        self.legs[channel] = made
        return True

    async def play(self, channel: str, sound: str, playback: str) -> None:
        await self._leg(channel)
        self.played.append((channel, sound))
        if sound in self.sounds:
            told = {"id": playback, "state": "done", "target_uri": f"channel:{channel}"}
            self.heard.put_nowait({"type": "PlaybackFinished", "playback": told})

    async def ring_tone(self, channel: str, playback: str) -> None:
        await self._leg(channel)
        self.tones[playback] = channel

    async def stop_playing(self, playback: str) -> None:
        await self._ready()
        self.tones.pop(playback, None)

    async def is_playing(self, playback: str) -> bool:
        await self._ready()
        return self.tones.get(playback) in self.legs

    async def music(self, channel: str, *, on: bool) -> None:
        await self._leg(channel)

    async def mute(self, channel: str, *, on: bool) -> None:
        await self._leg(channel)

    async def channels(self) -> list[Channel]:
        await self._ready()
        return [
            Channel(leg.id, leg.state, leg.caller, leg.dialled, leg.created) for leg in self.legs.values()
        ]

    async def variable(self, channel: str, name: str) -> str:
        await self._ready()
        return self.legs[channel].variables.get(name, "") if channel in self.legs else ""

    async def held_by_us(self) -> frozenset[str]:
        await self._ready()
        return frozenset(leg.id for leg in self.legs.values() if leg.is_ours)

    async def bridge(self, bridge: str, kind: str) -> None:
        await self._ready()
        self.rooms.setdefault(bridge, kind)

    async def bridges(self) -> list[Bridge]:
        await self._ready()
        return [Bridge(name, self._inside(name)) for name in self.rooms]

    async def join(self, bridge: str, *channels: str) -> None:
        legs = [await self._leg(channel) for channel in channels]
        if bridge not in self.rooms:
            raise PbxError(404, "no bridge")
        for leg in legs:
            leg.bridge = bridge

    async def leave(self, bridge: str, channel: str) -> None:
        await self._ready()
        if leg := self.legs.get(channel):
            leg.bridge = ""

    async def end_bridge(self, bridge: str) -> None:
        await self._ready()
        for leg in self.legs.values():
            leg.bridge = "" if leg.bridge == bridge else leg.bridge
        self.rooms.pop(bridge, None)

    async def listen(self, channel: str, ear: str, way: str) -> None:
        heard = await self._leg(channel)
        if ear in self.legs:
            raise PbxError(409, "id in use")
        self.legs[ear] = Leg(ear, "Up", is_ours=True, what=EAR)
        heard.heard_by.append(ear)
        self._tell("StasisStart", self.legs[ear], args=[EAR])

    async def record(self, channel: str, name: str) -> None:
        await self._leg(channel)
        self.live[name] = channel

    async def stop_recording(self, name: str) -> None:
        await self._ready()
        if self.live.pop(name, None):
            self.stored[name] = SILENCE

    async def recordings(self) -> list[str]:
        await self._ready()
        return sorted(self.stored)

    async def recording(self, name: str) -> bytes | None:
        await self._ready()
        return self.stored.get(name)

    async def forget_recording(self, name: str) -> None:
        await self._ready()
        self.stored.pop(name, None)

    async def give_password(self, seat: str, password: str) -> None:
        await self._ready()
        if password:
            self.passwords[seat] = password
        else:
            self.passwords.pop(seat, None)

    async def is_reachable(self, endpoint: str) -> bool:
        await self._ready()
        return endpoint in self.online

    # ── inside ──

    async def _ready(self) -> None:
        await asyncio.sleep(self.slow)
        if self.is_down:
            raise PbxError(0, "down")
        if self.failing:
            raise PbxError(self.failing.popleft(), "failing")

    async def _leg(self, channel: str) -> Leg:
        await self._ready()
        if channel not in self.legs:
            raise PbxError(404, "no channel")
        return self.legs[channel]

    def _inside(self, bridge: str) -> frozenset[str]:
        return frozenset(leg.id for leg in self.legs.values() if leg.bridge == bridge)

    def _end_recording(self, channel: str) -> None:
        for name in [name for name, of in self.live.items() if of == channel]:
            self.live.pop(name)
            self.stored[name] = SILENCE

    def _tell(self, kind: str, leg: Leg, **more: object) -> None:
        channel = {
            "id": leg.id,
            "state": leg.state,
            "caller": {"number": leg.caller},
            "dialplan": {"exten": leg.dialled},
        }
        self.heard.put_nowait({"type": kind, "channel": channel, **more})
