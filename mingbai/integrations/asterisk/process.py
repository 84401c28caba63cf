"""The hotline process: hears the exchange, asks the line what follows, tells exchange and database.

It is the exchange's only client. It may be killed at any moment: who talks goes on talking, who waits goes
on waiting, and the next process finds them by the names of channels and bridges (rules/adopting.py).
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import structlog
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.hotline.actions import ratings, switch
from mingbai.hotline.actions.telling import History, News, Offered, Recorded, tell
from mingbai.hotline.enums import CallEnd, Step, Unreached, Want
from mingbai.hotline.queries import live
from mingbai.hotline.rules.adopting import Found, adopt
from mingbai.hotline.rules.line import Line
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import Do, Note, Out, Reply, Sit, leg_parts
from mingbai.integrations.asterisk import orders
from mingbai.integrations.asterisk.doing import (
    Exchange,
    Hands,
    Way,
    is_ear,
)
from mingbai.integrations.asterisk.sweeping import Sweep
from mingbai.integrations.asterisk.wants import Asked
from mingbai.integrations.asterisk.watching import Due, Watch
from mingbai.integrations.asterisk.words import (
    CONNECTED,
    DISCONNECTED,
    REACHED,
    Channel,
    Event,
    PbxError,
)
from mingbai.integrations.asterisk.writing import Desk, Writer

log = structlog.get_logger(__name__)
T = TypeVar("T")
TICK = 0.25
"""Seconds between two looks at what seats want, and of the line's own clock."""
_BEAT_EVERY, _SWEEP_EVERY = 2.0, 1.0
_SWITCH = 0.0005
"""Seconds after which a thread that computes lets another go on: who writes must not hold up who hears."""
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
        self.writer, self.reader = Writer(self._tell, undone=lambda: self.open_calls.clear()), Desk()
        self.hands = Hands(ari, self, self.line.policy)
        self.due = Due()
        self.watch, self.sweep = Watch(station, self.due), Sweep(ari, station, self.due)
        self.came: dict[str, Offered] = {}
        """What is known of the calls that are here: the caller's number and more."""
        self.is_connected, self.broke_at, self.started = False, 0.0, ""
        self.is_first = True
        self.ways: dict[str, Way] = {}
        """How the telephones are reached that are called for a caller, by leg."""
        self.followed: set[int] = set()
        """What seats wanted and the line has followed, until the database does not ask it any more."""
        self.told: dict[str, int] = {}
        """By seat, which number the last news of it has at the writer."""
        self.open_calls: dict[str, History] = {}
        """The writer's, of calls that are not over."""
        self.looks: set[asyncio.Task[None]] = set()
        self.beaten = 0
        """Which number the last beat has at the writer."""

    async def run(self) -> None:
        """Until cancelled."""
        sys.setswitchinterval(_SWITCH)
        tasks = [self.writer.run(), self._hear(), self._tick(), self._look(), self._sweep()]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self.ari.close()

    def close(self) -> None:
        """End the threads, once `run` is over; what is not written by now is lost, and adopted next time."""
        for desk in (self.writer, self.reader, self.sweep.desk):
            desk.close()

    # ── what the hands tell back ──

    def in_vain(self, leg: str) -> None:
        self._follow(self.line.leg_gone(leg, time.time(), why=Unreached.AWAY))

    def unreached(self, key: str) -> None:
        self._follow(self.line.left(key, time.time()))

    def recorded(self, key: str) -> None:
        self.writer.later(Recorded(key))

    def graded(self, key: str, digit: str) -> None:
        self.writer.later(partial(ratings.grade_call, by=RESIDENT, key=key, digit=digit))

    def way_of(self, leg: str) -> Way:
        return self.ways.get(leg, Way(""))

    def asks(self, key: str) -> str:
        """The telephone of the seat that waits while somebody else's rings for this caller; "" for none."""
        caller = self.line.callers.get(key)
        if caller is None:
            return ""
        asks_third = caller.third is not None and not caller.third.is_up and caller.is_parked
        return caller.leg if asks_third or caller.phase == "reaching" else ""

    def number_of(self, key: str) -> str:
        return self.came[key].number if key in self.came else ""

    def night_number(self) -> str:
        return self.watch.night

    # ── what follows ──

    def _follow(self, out: Iterable[Out]) -> None:
        for one in out:
            if isinstance(one, Do):
                self.hands.do(one)
            elif isinstance(one, Sit):
                self.told[one.seat] = self.writer.later(one)
            elif isinstance(one, Reply):
                if one.command:
                    self.writer.later(one)
            else:
                self._note(one)

    def _note(self, note: Note) -> None:
        if note.step == Step.OFFERED:
            came = self.came.setdefault(note.key, Offered(note.key, note.at))
            came.at = note.at
            self.writer.later(came)
            return
        self.writer.later(note)
        if note.step == Step.ENDED:
            self.came.pop(note.key, None)
            self.hands.cleared(note.key)
            for leg in [leg for leg in self.ways if leg.endswith(f".{note.key}")]:
                del self.ways[leg]

    def _tell(self, news: Sequence[News]) -> None:
        for key in tell(by=SYSTEM, station=self.station, news=news, open_calls=self.open_calls):
            orders.continue_matter(key)

    def _serve(self) -> None:
        """Somebody came or a seat became free: nobody waits for the clock."""
        if self.is_connected:
            self._follow(self.line.serve(time.time(), night=self.watch.night))

    # ── what seats want ──

    def _follow_wants(self, wants: Iterable[Asked]) -> None:
        """What seats asked for since the last look. Late is said to be so: nobody expects it any more."""
        wants = list(wants)
        new = [asked for asked in wants if asked.pk not in self.followed]
        self.followed = {asked.pk for asked in wants}
        for asked in new:
            at, one = time.time(), asked.wanted
            if not self.is_connected or at - asked.at > _WANT_GOOD_FOR:
                self._follow(self.line.too_late(one, at))
                continue
            if one.what == Want.DIAL:
                self.came[one.key] = Offered(one.key, at, asked.number)
            out = self.line.wanted(one, at)
            self.ways |= {do.leg: asked.way for do in out if isinstance(do, Do) and do.verb == "call"}
            self._follow(out)

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
        self._serve()

    def _came_in(self, key: str, channel: Event, args: list[str], at: float) -> None:
        number, dialled = channel["caller"]["number"][:32], channel["dialplan"]["exten"]
        self.came.setdefault(key, Offered(key, at, number, dialled, "".join(args[2:3])))
        # The caller is answered and queued at once; who they are is asked beside it.
        has_number = bool(live.plain_phone(number))
        self._follow(self.line.offered(key, at, has_number=has_number, is_known=False))
        task = asyncio.get_running_loop().create_task(self._look_up(key))
        self.looks.add(task)
        task.add_done_callback(self.looks.discard)

    async def _look_up(self, key: str) -> None:
        """What is known of the caller; where the database is away, the queue works without."""
        if (came := self.came.get(key)) is None:
            return
        try:
            known = await self.reader.ask(lambda: live.about(came.number, timezone.now(), came.dialled))
        except Exception as error:  # whatever it is: a caller is not lost for it
            log.warning("hotline.about", error=type(error).__name__)
            return
        came.known, has_number = known, bool(known.phone)
        self.line.known(key, county=known.county, spoke_with=known.spoke_with, has_number=has_number)
        self._serve()

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
        legs = [one.id for one in channels if leg_parts(one.id)]
        callers = [one for one in channels if one.id in ours and not leg_parts(one.id) and not is_ear(one.id)]
        callers = await self._still_on(callers)
        # From here on without a pause: what became of a seat is written at once, not first this, then that.
        if self.started not in ("", started):
            self._all_broke()
            known = {}
        self.line.callers.clear()
        self.came |= {
            one.id: Offered(one.id, one.created, one.caller[:32], one.dialled)
            for one in callers
            if one.id not in self.came
        }
        found = [Found(one.id, since.get(one.id, one.created or time.time())) for one in callers]
        answered = frozenset(key for key, was in known.items() if was)
        self._follow(adopt(self.line, found, legs, rooms, known, answered, time.time()))
        self.started, self.is_connected, self.is_first = started, True, False
        self.sweep.passwords.clear()
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
                return await self.reader.ask(question)
            except Exception as error:
                log.warning("hotline.start", error=str(error)[:200])
                await asyncio.sleep(0.5)

    # ── time ──

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            if self.is_connected:
                self._follow(self.line.tick(time.time(), night=self.watch.night))

    async def _look(self) -> None:
        """Who sits where now, and what seats want. Of a seat of which something is not written yet the
        database tells the past: that one is left as it is until the next look."""
        while True:
            await asyncio.sleep(TICK)
            if self.is_first:
                continue
            self._beat()
            written = self.writer.written
            try:
                seen = await self.reader.ask(self.watch.read)
            except Exception as error:
                log.warning("hotline.look", error=str(error)[:200])
                continue
            self.told = {seat: number for seat, number in self.told.items() if number > written}
            if seen.seats is not None:
                self._follow(self.line.seats_are(seen.seats, time.time(), but=self.told))
            self._follow_wants(seen.wants)
            self._serve()

    def _beat(self) -> None:
        """The process is alive, and writes: while the database is away the next beat waits for the last."""
        if self.writer.written >= self.beaten and self.due("beat", _BEAT_EVERY):
            self.beaten = self.writer.later(self._alive)

    def _alive(self) -> None:
        now = timezone.now()
        switch.beat(by=SYSTEM, station=self.station, at=now, has_exchange=self.is_connected)

    async def _sweep(self) -> None:
        """Passwords of seats, recordings of ended calls, sounds, the exchange's own records."""
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            if self.is_connected:
                await self.sweep.once(self.watch.wanted)
