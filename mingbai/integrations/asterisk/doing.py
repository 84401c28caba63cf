"""What the line wants done, told to the exchange: in order for each caller, side by side for all of them.

An exchange in trouble is asked again; a caller who is gone meanwhile is no error.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from mingbai.hotline.rules.adopting import HOLD, ROOM
from mingbai.hotline.rules.line import Do
from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.asterisk.words import PbxError

log = structlog.get_logger(__name__)
Exchange = Ari | FakePbx
NOTICE, NOBODY, AGAIN = "mingbai/notice", "mingbai/nobody", "mingbai/again"
"""Sounds of the office: what is recorded is announced; nobody is there; the agent was cut off."""
_PAUSES = (0.3, 0.6, 1.2, 2.0, 3.0, 3.0)
_NOBODY_LASTS = 15.0


class Ears(Protocol):
    """Who hears what came of it."""

    def in_vain(self, leg: str, *, is_away: bool) -> None: ...
    def recorded(self, key: str) -> None: ...
    def number_of(self, key: str) -> str: ...
    def night_number(self) -> str: ...


def recording_name(key: str) -> str:
    return f"call-{key}"


class Hands:
    """Does things at the exchange. `lanes` keeps the order of each caller's own."""

    def __init__(self, ari: Exchange, ears: Ears, *, ring: float) -> None:
        self.ari, self.ears, self.ring = ari, ears, ring
        self.lanes: dict[str, asyncio.Task[None]] = {}
        self.announced: set[str] = set()
        self.said: dict[str, asyncio.Event] = {}

    def do(self, one: Do) -> None:
        self.lane(one.key or one.leg, lambda: self._do(one))

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

    async def _into_hold(self, key: str) -> None:
        await self._again(lambda: self.ari.bridge(HOLD, "holding"))
        await self._again(lambda: self.ari.join(HOLD, key))

    async def _ring(self, one: Do) -> None:
        await self._dial(one, f"PJSIP/{one.seat}", self.ears.number_of(one.key))

    async def _forward(self, one: Do) -> None:
        await self._dial(one, f"PJSIP/{self.ears.night_number()}@trunk", self.ears.number_of(one.key))

    async def _dial(self, one: Do, endpoint: str, caller: str) -> None:
        seconds = int(self.ring) + 10  # the line's own clock comes first; this one is for a line that died
        there = await self._again(lambda: self.ari.dial(one.leg, endpoint, caller=caller, seconds=seconds))
        if not there:
            self.ears.in_vain(one.leg, is_away=True)

    async def _hush(self, one: Do) -> None:
        await self._again(lambda: self.ari.hang_up(one.leg))

    async def _connect(self, one: Do) -> None:
        room = ROOM + one.key
        await self._again(lambda: self.ari.bridge(room, "mixing"))
        await self._again(lambda: self.ari.join(room, one.key, one.leg))
        if one.key in self.announced:
            await self._again(lambda: self.ari.record(room, recording_name(one.key)))
            self.ears.recorded(one.key)

    async def _requeue(self, one: Do) -> None:
        await self._again(lambda: self.ari.end_bridge(ROOM + one.key))
        await self._into_hold(one.key)
        await self.ari.play(one.key, AGAIN, f"again.{one.key}")

    async def _hang_up(self, one: Do) -> None:
        await self._again(lambda: self.ari.hang_up(one.key))

    async def _promise(self, one: Do) -> None:
        """Say it to the end, and let the caller go."""
        said = self.said[one.key] = asyncio.Event()
        try:
            await self._again(lambda: self.ari.answer(one.key))
            await self._again(lambda: self.ari.play(one.key, NOBODY, f"nobody.{one.key}"))
            await asyncio.wait_for(said.wait(), _NOBODY_LASTS)
        except TimeoutError:
            pass
        finally:
            self.said.pop(one.key, None)
            await self._again(lambda: self.ari.hang_up(one.key))

    # ── what comes of it ──

    def playback_ended(self, name: str, *, was_heard: bool) -> None:
        what, _dot, key = name.partition(".")
        if what == "notice" and not was_heard:
            # No announcement, no recording: the office has not put the sound there yet.
            self.announced.discard(key)
        elif what == "nobody" and key in self.said:
            self.said[key].set()

    def cleared(self, key: str) -> None:
        """The call is over: its room goes, and with it the recording ends."""
        self.announced.discard(key)
        self.lane(key, lambda: self.ari.end_bridge(ROOM + key))

    async def rest(self) -> None:
        """Wait for what is being done."""
        while self.lanes:
            await asyncio.wait(list(self.lanes.values()))
