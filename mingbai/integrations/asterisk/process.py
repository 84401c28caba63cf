"""The hotline process: hears the exchange, asks the line what follows, tells exchange and database.

It is the exchange's only client. It may be killed at any moment: who talks goes on talking, who waits goes
on waiting, and the next process finds them by the names of channels and bridges (rules/adopting.py).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.hotline.actions import ratings, switch
from mingbai.hotline.actions.arrivals import bring_order
from mingbai.hotline.enums import CallEnd, Step, Unreached, Want
from mingbai.hotline.queries import live
from mingbai.hotline.rules.adopting import Found, adopt
from mingbai.hotline.rules.line import Line
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import Do, Note, Out, Reply, Said, Sit, leg_parts
from mingbai.integrations.asterisk import orders
from mingbai.integrations.asterisk.doing import (
    Exchange,
    Hands,
    Way,
    is_ear,
)
from mingbai.integrations.asterisk.fallback import Fallbacks
from mingbai.integrations.asterisk.fetching import Fetching
from mingbai.integrations.asterisk.sounds import put_sounds
from mingbai.integrations.asterisk.wants import Asked, asked_of
from mingbai.integrations.asterisk.words import (
    CONNECTED,
    DISCONNECTED,
    REACHED,
    Channel,
    Event,
    PbxError,
)
from mingbai.integrations.asterisk.writing import Writer

log = structlog.get_logger(__name__)
T = TypeVar("T")
TICK = 0.25
"""Seconds between two looks at the seats: a "ready" is obeyed within this."""
_BEAT_EVERY, _NIGHT_EVERY, _SWEEP_EVERY = 2.0, 10.0, 1.0
_LEFT_OVER_EVERY = 600.0
_SOUNDS_EVERY, _FALLBACK_EVERY = 5.0, 10.0
_WHY_WITHIN = 1.0
_NORMAL = frozenset({16, 17, 19, 21, 26, 31, 32})
"""Causes of a hang-up by a person (ITU-T Q.850); others are lines that broke."""
_WHY = dict.fromkeys((17, 21), Unreached.BUSY) | dict.fromkeys((1, 3, 20, 27, 28), Unreached.AWAY)
_WANT_GOOD_FOR = 10.0
"""Seconds after which what a seat wanted is not done any more: the process was away."""


class Hotline:
    """One line: a station, its exchange and its machine."""

    def __init__(self, ari: Exchange, station: str, policy: Policy | None = None) -> None:
        self.ari, self.station = ari, station
        self.line = Line(policy or Policy())
        self.writer = Writer()
        self.hands = Hands(ari, self, self.line.policy)
        self.fetching = Fetching(ari, self.writer)
        self.numbers: dict[str, tuple[str, str]] = {}
        """Caller's and dialled number of the calls that are here."""
        self.passwords: dict[str, str] = {}
        self.night = ""
        self.is_connected, self.broke_at, self.started = False, 0.0, ""
        self.is_first = True
        self.fallbacks = Fallbacks(station)
        self.due: dict[str, float] = {}
        self.wanted: dict[str, str] = {}
        """Passwords by seat, as the database wants them."""
        self.ways: dict[str, Way] = {}
        """How the telephones are reached that are called for a caller, by leg."""
        self.followed: set[int] = set()
        self.asked: list[Asked] = []

    async def run(self) -> None:
        """Until cancelled."""
        tasks = [self.writer.run(), self._hear(), self._tick(), self._sweep()]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self.ari.close()

    # ── what the hands tell back ──

    def in_vain(self, leg: str) -> None:
        self._follow(self.line.leg_gone(leg, time.time(), why=Unreached.AWAY))

    def unreached(self, key: str) -> None:
        self._follow(self.line.left(key, time.time()))

    def recorded(self, key: str) -> None:
        self.writer.later(partial(switch.expect_recording, by=SYSTEM, key=key))

    def graded(self, key: str, digit: str) -> None:
        self.writer.later(partial(ratings.grade_call, by=RESIDENT, key=key, digit=digit))

    def way_of(self, leg: str) -> Way:
        return self.ways.get(leg, Way(""))

    def number_of(self, key: str) -> str:
        return self.numbers.get(key, ("", ""))[0]

    def night_number(self) -> str:
        return self.night

    # ── what follows ──

    def _follow(self, out: Iterable[Out]) -> None:
        for one in out:
            if isinstance(one, Do):
                self.hands.do(one)
            elif isinstance(one, Note):
                self._note(one)
            elif isinstance(one, Reply):
                self._reply(one)
            else:
                self.writer.later(partial(_sit, self.station, one))

    def _note(self, note: Note) -> None:
        at = _moment(note.at)
        if note.step == Step.OFFERED:
            number, dialled = self.numbers.get(note.key, ("", ""))
            self.writer.later(
                partial(switch.offer, by=SYSTEM, station=self.station, key=note.key, at=at, number=number,
                        dialled=dialled)
            )  # fmt: skip
            return
        self.writer.later(
            partial(switch.note, by=SYSTEM, key=note.key, step=note.step, at=at, seat=note.seat, why=note.why)
        )
        if note.step == Step.ANSWERED:
            self.writer.later(partial(orders.continue_matter, note.key))
        if note.step == Step.ENDED:
            self.numbers.pop(note.key, None)
            self.hands.cleared(note.key)
            self.ways = {leg: way for leg, way in self.ways.items() if not leg.endswith(f".{note.key}")}

    def _reply(self, one: Reply) -> None:
        if one.command:
            told = partial(switch.reply, by=SYSTEM, command=int(one.command), state=one.state)
            self.writer.later(partial(told, at=_moment(one.at), why=one.why))

    # ── what seats want ──

    def _follow_wants(self) -> None:
        """What seats asked for since the last look. Late is said to be so: nobody expects it any more."""
        for asked in self.asked:
            if asked.pk in self.followed:
                continue
            self.followed.add(asked.pk)
            at, one = time.time(), asked.wanted
            if not self.is_connected or at - asked.at > _WANT_GOOD_FOR:
                self._follow(self.line.too_late(one, at))
                continue
            if one.what == Want.DIAL:
                self.numbers[one.key] = (asked.number, "")
            out = self.line.wanted(one, at)
            self.ways |= {do.leg: asked.way for do in out if isinstance(do, Do) and do.verb == "call"}
            self._follow(out)
        self.asked = []

    # ── events ──

    async def _hear(self) -> None:
        async for event in self.ari.events():
            try:
                await self._event(event)
            except PbxError as error:
                log.warning("hotline.event", type=event["type"], error=str(error))

    async def _event(self, event: Event) -> None:
        if event["type"] == CONNECTED:
            await self._connected()
        elif event["type"] == DISCONNECTED:
            if self.is_connected:
                self.broke_at = time.time()
            self.is_connected = False
        elif event["type"] == "PlaybackFinished":
            was_heard = event["playback"]["state"] == "done"
            self.hands.playback_ended(event["playback"]["id"], was_heard=was_heard)
        elif channel := event.get("channel"):
            self._of_channel(event, channel["id"], time.time())

    def _of_channel(self, event: Event, channel: str, at: float) -> None:
        if is_ear(channel):
            return
        match event["type"]:
            case "StasisStart" if leg_parts(channel):
                self._follow(self.line.picked_up(channel, at))
            case "StasisStart" if event["args"][:1] == [REACHED]:
                self._follow(self.line.reached(channel, at))
            case "StasisStart":
                self._came_in(channel, event["channel"], event["args"], at)
            case "ChannelDtmfReceived":
                self.line.pressed(channel, event["digit"])
                self.hands.pressed(channel, event["digit"])
            case "StasisEnd" if leg_parts(channel):
                # Why it ended comes with the next event; should that one be lost, the line was cut.
                asyncio.get_running_loop().call_later(_WHY_WITHIN, self._gone, channel, 0, at)
            case "StasisEnd" | "ChannelDestroyed":
                self._gone(channel, int(event.get("cause") or 0), at)
            case "ChannelHold" | "ChannelUnhold":
                self._follow(self.line.held(channel, at, on=event["type"] == "ChannelHold"))

    def _came_in(self, key: str, channel: Event, args: list[str], at: float) -> None:
        self.numbers[key] = (channel["caller"]["number"][:32], channel["dialplan"]["exten"])
        # The caller is answered and queued at once; who they are is asked beside it.
        has_number = bool(live.plain_phone(self.number_of(key)))
        self._follow(self.line.offered(key, at, has_number=has_number))
        self.writer.later(partial(bring_order, by=SYSTEM, key=key, order="".join(args[2:3])))
        asyncio.get_running_loop().create_task(self._look_up(key))

    async def _look_up(self, key: str) -> None:
        """What is known of the caller; where the database is away, the queue works without."""
        number, dialled = self.numbers.get(key, ("", ""))
        try:
            known = await self.writer.ask(lambda: live.about(number, timezone.now(), dialled))
        except Exception as error:  # whatever it is: a caller is not lost for it
            log.warning("hotline.about", error=type(error).__name__)
            return
        if caller := self.line.callers.get(key):
            caller.county, caller.spoke_with = known.county, known.spoke_with
            caller.has_number = bool(known.phone)

    def _gone(self, channel: str, cause: int, at: float) -> None:
        if leg_parts(channel):
            why = _WHY.get(cause, Unreached.NO_ANSWER)
            self._follow(self.line.leg_gone(channel, at, was_cut=cause not in _NORMAL, why=why))
        else:
            self.hands.gone(channel)
            self._follow(self.line.left(channel, at))

    # ── the beginning, and after the exchange was away ──

    async def _connected(self) -> None:
        """Take over what the exchange has; what it has no more ended while nobody watched."""
        started = await self._insist(self.ari.started)
        channels = await self._insist(self.ari.channels)
        ours = await self._insist(self.ari.held_by_us)
        rooms = {one.id: one.channels for one in await self._insist(self.ari.bridges)}
        if self.is_first:
            known, since = await self._from_database()
        else:
            since = {one.key: one.since for one in self.line.callers.values()}
            known = {one.key: one.phase == "talking" for one in self.line.callers.values()}
        if self.started not in ("", started):
            self._all_broke()
            known = {}
        self.line.callers.clear()
        legs = [one.id for one in channels if leg_parts(one.id)]
        callers = [one for one in channels if one.id in ours and not leg_parts(one.id) and not is_ear(one.id)]
        callers = await self._still_on(callers)
        self.numbers |= {one.id: (one.caller, one.dialled) for one in callers}
        found = [Found(one.id, since.get(one.id, one.created or time.time())) for one in callers]
        answered = frozenset(key for key, was in known.items() if was)
        self._follow(adopt(self.line, found, legs, rooms, known, answered, time.time()))
        self.started, self.is_connected, self.is_first = started, True, False
        self.passwords.clear()
        for one in callers:
            await self._look_up(one.id)
        log.info("hotline.connected", callers=len(callers), legs=len(legs))

    async def _still_on(self, callers: list[Channel]) -> list[Channel]:
        """Without those whose call is over, and who were only asked how it was: they are let go."""
        keys = [one.id for one in callers if one.id not in self.hands.keys]
        over = await self._ask_until_told(lambda: live.calls_here(keys, over=True))
        for key in over:
            self.hands.do(Do("hang_up", key))
        return [one for one in callers if one.id in keys and one.id not in over]

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask an exchange that has just come back until it answers."""
        for _try in range(20):
            try:
                return await ask()
            except PbxError as error:
                if not error.may_pass:
                    raise
                await asyncio.sleep(0.3)
        return await ask()

    def _all_broke(self) -> None:
        """The exchange was started anew: every call of before broke off when it went."""
        for key in list(self.line.callers):
            self._follow(self.line.left(key, self.broke_at or time.time(), CallEnd.LINE))

    async def _from_database(self) -> tuple[dict[str, bool], dict[str, float]]:
        """Open calls and since when, and who sits where; waits for the database as long as it takes."""
        rows = await self._ask_until_told(lambda: live.open_calls(self.station))
        said = await self._ask_until_told(lambda: live.staffed(self.station))
        self._follow(self.line.seats_are(said, time.time()))
        return {row.key: row.was_answered for row in rows}, {row.key: row.offered for row in rows}

    async def _ask_until_told(self, question: Callable[[], T]) -> T:
        while True:
            try:
                return await self.writer.ask(question)
            except Exception as error:
                log.warning("hotline.start", error=str(error)[:200])
                await asyncio.sleep(0.5)

    # ── time ──

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            if not self.is_first:
                await self._look()
                if self.is_connected:
                    self._follow(self.line.tick(time.time(), night=self.night))

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self.due.get(what, 0.0):
            return False
        self.due[what] = now + every
        return True

    async def _look(self) -> None:
        """Who sits where now. Only when all that happened is written: else the database tells the past."""
        if not self.writer.is_idle:
            return
        try:
            said = await self.writer.ask(self._read)
        except Exception as error:
            log.warning("hotline.look", error=str(error)[:200])
            return
        if self.writer.is_idle:
            self._follow(self.line.seats_are(said, time.time()))
            self._follow_wants()

    def _read(self) -> list[Said]:
        now = timezone.now()
        if self._is_due("night", _NIGHT_EVERY):
            self.night = live.night_phone(self.station, now)
        if self._is_due("beat", _BEAT_EVERY):
            switch.beat(by=SYSTEM, station=self.station, at=now, has_exchange=self.is_connected)
        self.wanted = {one.seat: one.secret for one in live.passwords(self.station, now)}
        self.asked = [asked_of(row) for row in live.commands(self.station)]
        return live.staffed(self.station)

    async def _sweep(self) -> None:
        """Passwords of seats, and recordings of ended calls."""
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            if not self.is_connected:
                continue
            try:
                await self._give_passwords()
                await self.fetching.fetch()
                if self._is_due("sounds", _SOUNDS_EVERY):
                    await self.writer.ask(partial(put_sounds, self.station))
                if self._is_due("fallback", _FALLBACK_EVERY):
                    await self.writer.ask(self.fallbacks.land)
                if self._is_due("left over", _LEFT_OVER_EVERY):
                    await self.fetching.clear()
            except PbxError as error:
                log.warning("hotline.sweep", error=str(error))
            except Exception as error:
                log.warning("hotline.sweep", error=repr(error)[:200])

    async def _give_passwords(self) -> None:
        for seat, secret in self.wanted.items():
            if self.passwords.get(seat) != secret:
                await self.ari.give_password(seat, secret)
                self.passwords[seat] = secret


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())


def _sit(station: str, sit: Sit) -> None:
    switch.sit(
        by=SYSTEM, station=station, seat=sit.seat, busy=sit.busy, at=_moment(sit.at), key=sit.key,
        pause=sit.pause,
    )  # fmt: skip
