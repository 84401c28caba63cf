"""What the line wants done, told to the exchange: in order for each caller, side by side for all of them.

An exchange in trouble is asked again; a caller who is gone meanwhile is no error.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog

from mingbai.hotline.rules.adopting import HOLD, ROOM
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import Do
from mingbai.hotline.rules.targets import key_grade
from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.asterisk.words import EAR, REACHED, PbxError

log = structlog.get_logger(__name__)
Exchange = Ari | FakePbx
NOTICE, NOBODY, AGAIN = "mingbai/notice", "mingbai/nobody", "mingbai/again"
RATE, THANKS = "mingbai/rate", "mingbai/thanks"
"""Sounds of the office: what is recorded is announced; nobody is there; the agent was cut off; how was it,
press 1 to 5; thank you."""
_PAUSES = (0.3, 0.6, 1.2, 2.0, 3.0, 3.0)
_SOUND_LASTS, _LOOK_EVERY = 15.0, 0.5
REACH_FOR = 50
"""Seconds for which somebody's telephone rings whom we call."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a telephone is reached, and what goes along in SIP."""

    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Ears(Protocol):
    """Who hears what came of it."""

    def in_vain(self, leg: str) -> None: ...
    def unreached(self, key: str) -> None: ...
    def recorded(self, key: str) -> None: ...
    def graded(self, key: str, digit: str) -> None: ...
    def number_of(self, key: str) -> str: ...
    def night_number(self) -> str: ...
    def way_of(self, leg: str) -> Way: ...
    def asks(self, key: str) -> str: ...


_START = "call-"
_OF_LEG = frozenset({"ring", "forward", "call", "hush"})
"""What is done to a telephone that is called, and needs nothing of the caller's own channel."""


def recording_names(key: str) -> tuple[str, str]:
    """Of the caller's voice, and of the others'."""
    return f"{_START}{key}-in", f"{_START}{key}-out"


def recording_key(name: str) -> str:
    """The caller whose recording this is; "" where it is none of ours."""
    key = name.removeprefix(_START)
    return key.removesuffix("-in").removesuffix("-out") if key != name else ""


def ear_name(key: str, way: str) -> str:
    return f"{EAR}.{way}.{key}"


def is_ear(channel: str) -> bool:
    return channel.startswith(f"{EAR}.")


class Hands:
    """Does things at the exchange. `lanes` keeps the order of each caller's own."""

    def __init__(self, ari: Exchange, ears: Ears, policy: Policy) -> None:
        self.ari, self.ears, self.policy = ari, ears, policy
        self.lanes: dict[str, asyncio.Task[None]] = {}
        self.announced: set[str] = set()
        self.noticed: set[str] = set()
        self.checks: set[asyncio.Task[None]] = set()
        self.recorded: set[str] = set()
        self.tones: dict[str, str] = {}
        """What lets an agent hear that somebody's telephone rings, by caller: its playback."""
        self.said: dict[str, asyncio.Future[bool]] = {}
        """Sounds that somebody waits for, by playback: whether it was heard."""
        self.keys: dict[str, asyncio.Future[str]] = {}
        """Callers who are asked how it was, and the key they press."""

    def do(self, one: Do) -> None:
        # A telephone is asked to ring while its caller is still being put to the music.
        lane = one.leg if one.verb in _OF_LEG else one.key
        self.lane(lane or one.key or one.leg, lambda: self._do(one))

    def lane(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do this after what was asked before for the same caller."""
        before = self.lanes.get(name)

        async def run() -> None:
            if before:
                await asyncio.wait([before])
            try:
                await work()
            except PbxError as error:
                if not error.is_gone:
                    log.warning("hotline.exchange", error=str(error), lane=name[:8])

        task = self.lanes[name] = asyncio.create_task(run())
        task.add_done_callback(lambda done: self._forget(name, done))

    def _forget(self, name: str, done: asyncio.Task[None]) -> None:
        if self.lanes.get(name) is done:
            del self.lanes[name]
        if not done.cancelled() and (error := done.exception()):
            log.error("hotline.lane", error=repr(error))

    async def _do(self, one: Do) -> None:
        work: dict[str, Callable[[Do], Awaitable[None]]] = {
            "queue": self._queue,
            "ring": self._ring,
            "forward": self._forward,
            "hush": self._hush,
            "connect": self._connect,
            "requeue": self._requeue,
            "hang_up": self._hang_up,
            "promise": self._promise,
            "park": self._park,
            "unpark": self._unpark,
            "call": self._call,
            "join": self._join,
            "reach": self._reach,
            "meet": self._meet,
            "rate": self._rate,
        }
        await work[one.verb](one)

    async def _again(self, ask: Callable[[], Awaitable[object]]) -> object:
        """Ask until it is done; the last failure is told on."""
        for pause in _PAUSES:
            try:
                return await ask()
            except PbxError as error:
                if not error.may_pass:
                    raise
                await asyncio.sleep(pause)
        return await ask()

    # ── the verbs ──

    async def _queue(self, one: Do) -> None:
        await self._again(lambda: self.ari.answer(one.key))
        await self._into_hold(one.key)
        if one.key not in self.announced:
            self.announced.add(one.key)
            try:
                await self.ari.play(one.key, NOTICE, f"notice.{one.key}")
            except PbxError:
                self.announced.discard(one.key)
                raise
            check = asyncio.create_task(self._was_announced(one.key))
            self.checks.add(check)
            check.add_done_callback(self.checks.discard)

    async def _was_announced(self, key: str) -> None:
        """No announcement, no recording: the office may not have put the sound there yet."""
        await asyncio.sleep(_LOOK_EVERY)
        with contextlib.suppress(PbxError):
            if not await self.ari.is_playing(f"notice.{key}") and key not in self.noticed:
                self.announced.discard(key)

    async def _into_hold(self, key: str) -> None:
        """The room of the music is there but for the first caller; where it is not, it is made."""
        try:
            await self._again(lambda: self.ari.join(HOLD, key))
        except PbxError as error:
            if not error.is_gone:
                raise
            await self._again(lambda: self.ari.bridge(HOLD, "holding"))
            await self._again(lambda: self.ari.join(HOLD, key))

    async def _ring(self, one: Do) -> None:
        await self._dial(one, f"PJSIP/{one.seat}", self.ears.number_of(one.key))

    async def _forward(self, one: Do) -> None:
        await self._dial(one, f"PJSIP/{self.ears.night_number()}@trunk", self.ears.number_of(one.key))

    async def _dial(self, one: Do, endpoint: str, caller: str) -> None:
        await self._dial_way(one, Way(endpoint), caller, self.policy.ring)

    async def _dial_way(self, one: Do, way: Way, caller: str, ring: float) -> None:
        seconds = int(ring) + 10  # the line's own clock comes first; this one is for a line that died
        there = await self._again(
            lambda: self.ari.dial(one.leg, way.endpoint, caller=caller, seconds=seconds, headers=way.headers)
        )
        if not there:
            self.ears.in_vain(one.leg)

    async def _call(self, one: Do) -> None:
        """A third telephone, beside the caller or for them."""
        try:
            await self._dial_way(
                one, self.ears.way_of(one.leg), self.ears.number_of(one.key), self.policy.ring_out
            )
        except PbxError:
            self.ears.in_vain(one.leg)
            raise
        self.lane(one.key, lambda: self._tone(one.key))

    async def _tone(self, key: str) -> None:
        """Whoever asks a third, or calls somebody, hears that it rings; in the caller's lane, so that what
        ends it comes after it."""
        if leg := self.ears.asks(key):
            self.tones[key] = f"ring.{leg}"
            await self.ari.ring_tone(leg, self.tones[key])

    async def _no_tone(self, key: str) -> None:
        if playback := self.tones.pop(key, ""):
            await self._again(lambda: self.ari.stop_playing(playback))

    async def _park(self, one: Do) -> None:
        """Out of the room, to the music."""
        await self._into_hold(one.key)

    async def _unpark(self, one: Do) -> None:
        await self._no_tone(one.key)
        await self._again(lambda: self.ari.bridge(ROOM + one.key, "mixing"))
        await self._again(lambda: self.ari.join(ROOM + one.key, one.key))

    async def _join(self, one: Do) -> None:
        await self._no_tone(one.key)
        await self._again(lambda: self.ari.join(ROOM + one.key, one.leg))

    async def _reach(self, one: Do) -> None:
        """The agent waits in the room while the resident's telephone rings."""
        await self._again(lambda: self.ari.bridge(ROOM + one.key, "mixing"))
        await self._again(lambda: self.ari.join(ROOM + one.key, one.leg))
        way = Way(f"PJSIP/{self.ears.number_of(one.key)}@trunk")
        try:
            there = await self._again(
                lambda: self.ari.dial(one.key, way.endpoint, caller="", seconds=REACH_FOR, what=REACHED)
            )
        except PbxError:
            self.ears.unreached(one.key)
            raise
        if not there:
            self.ears.unreached(one.key)
            return
        with contextlib.suppress(PbxError):  # a tone is no reason to end a call
            await self._tone(one.key)

    async def _meet(self, one: Do) -> None:
        """Whom we called hears first that it is recorded; without the announcement it is not."""
        await self._no_tone(one.key)
        if await self._say(one.key, NOTICE):
            self.announced.add(one.key)
        await self._unpark(one)
        await self._record(one.key)

    async def _hush(self, one: Do) -> None:
        await self._again(lambda: self.ari.hang_up(one.leg))

    async def _connect(self, one: Do) -> None:
        room = ROOM + one.key
        await self._again(lambda: self.ari.bridge(room, "mixing"))
        await self._again(lambda: self.ari.join(room, one.key, one.leg))
        await self._record(one.key)

    async def _record(self, key: str) -> None:
        """Both sides of the caller's own channel, each by itself: whoever the others are, and wherever the
        caller is put, goes on being recorded."""
        if key not in self.announced or key in self.recorded:
            return
        self.recorded.add(key)
        self.ears.recorded(key)
        for way, name in zip(("in", "out"), recording_names(key), strict=True):
            ear = ear_name(key, way)
            await self._again(partial(self.ari.listen, key, ear, way))
            await self._again(partial(self.ari.record, ear, name))

    async def _requeue(self, one: Do) -> None:
        await self._again(lambda: self.ari.end_bridge(ROOM + one.key))
        await self._into_hold(one.key)
        await self.ari.play(one.key, AGAIN, f"again.{one.key}")

    async def _hang_up(self, one: Do) -> None:
        await self._again(lambda: self.ari.hang_up(one.key))

    async def _promise(self, one: Do) -> None:
        """Say it to the end, and let the caller go."""
        try:
            await self._again(lambda: self.ari.answer(one.key))
            await self._say(one.key, NOBODY)
        finally:
            await self._again(lambda: self.ari.hang_up(one.key))

    async def _rate(self, one: Do) -> None:
        """The agent has hung up: the caller is asked how it was, and let go. Not recorded any more."""
        key = one.key
        pressed = self.keys[key] = asyncio.get_running_loop().create_future()
        try:
            for name in recording_names(key):
                await self.ari.stop_recording(name)
            await self._again(lambda: self.ari.end_bridge(ROOM + key))
            if await self._say(key, RATE, unless=pressed):
                await asyncio.wait([pressed], timeout=self.policy.rate_within)
            if pressed.done() and (digit := pressed.result()):
                self.ears.graded(key, digit)
                await self._say(key, THANKS)
        finally:
            self.keys.pop(key, None)
            await self._again(lambda: self.ari.hang_up(key))

    async def _say(self, key: str, sound: str, unless: asyncio.Future[str] | None = None) -> bool:
        """Play it to its end, or until `unless`; False where the office has no such sound."""
        name = f"{sound.removeprefix('mingbai/')}.{key}"
        said = self.said[name] = asyncio.get_running_loop().create_future()
        try:
            await self._again(lambda: self.ari.play(key, sound, name))
            awaited = [said] if unless is None else [said, unless]
            for _look in range(int(_SOUND_LASTS / _LOOK_EVERY)):
                await asyncio.wait(awaited, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
                if any(one.done() for one in awaited):
                    break
                if not await self.ari.is_playing(name):
                    # Its end may be on the way; of a sound that is not there nothing is told.
                    await asyncio.wait(awaited, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
                    return said.done() and said.result()
            return said.result() if said.done() else True
        finally:
            self.said.pop(name, None)

    # ── what comes of it ──

    def playback_ended(self, name: str, *, was_heard: bool) -> None:
        what, _dot, key = name.partition(".")
        if (said := self.said.get(name)) and not said.done():
            said.set_result(was_heard)
        elif what == "notice" and was_heard:
            self.noticed.add(key)

    def pressed(self, key: str, digit: str) -> None:
        """A key of somebody who is asked how it was; what is no answer is passed over."""
        if (asked := self.keys.get(key)) and not asked.done() and key_grade(digit):
            asked.set_result(digit)

    def gone(self, key: str) -> None:
        """Nobody is asked any more who hung up."""
        if (asked := self.keys.get(key)) and not asked.done():
            asked.set_result("")

    def cleared(self, key: str) -> None:
        """The call is over: its room goes."""
        self.announced.discard(key)
        self.recorded.discard(key)
        self.tones.pop(key, None)
        self.noticed.discard(key)
        self.lane(key, lambda: self.ari.end_bridge(ROOM + key))

    async def rest(self) -> None:
        """Wait for what is being done."""
        while self.lanes:
            await asyncio.wait(list(self.lanes.values()))
