"""The hub of one process: one poll of the journal a second serves every stream; it has no memory to lose."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections, connection

from mingbai.web.live import news
from mingbai.web.live.news import Listener, News

log = structlog.get_logger(__name__)
T = TypeVar("T")

POLL = 1.0
CHECK_EVERY = 60.0
"""Seconds after which a session's rights are asked again; a sign-out or a new grant is noticed at once."""
HALL_POLL = 0.2
"""Seconds between two looks while a hall's display is open: a called number is shown within half a second."""
HALL = "hall:"
MOST_SCREENS = 60
"""Displays of one station."""
MOST_STREAMS = 2000
MOST_PER_SESSION = 12
_MOST_TOPICS = 8


class Stream:
    """One open page. What it has not taken yet is a set: a slow page costs no more than a quick one."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.topics: set[str] = set()
        self.awake = asyncio.Event()
        self.is_over = False

    def tell(self, topic: str) -> None:
        self.topics.add(topic)
        self.awake.set()

    def end(self) -> None:
        self.is_over = True
        self.awake.set()

    def take(self) -> list[str]:
        """The topics to send now; a flood is told as one "work"."""
        topics, self.topics = sorted(self.topics), set()
        self.awake.clear()
        return topics if len(topics) <= _MOST_TOPICS else ["work"]


class Hub:
    """All streams of this process by session, and the poll that runs while there are any."""

    def __init__(self) -> None:
        self.streams: dict[str, set[Stream]] = defaultdict(set)
        self.listeners: dict[str, Listener] = {}
        self.checked: dict[str, float] = {}
        self.poll: asyncio.Task[None] | None = None
        self.last = 0
        self.known: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        return sum(len(streams) for streams in self.streams.values())

    def has_room(self, session: str) -> bool:
        most = MOST_SCREENS if session.startswith(HALL) else MOST_PER_SESSION
        return self.count < MOST_STREAMS and len(self.streams.get(session, ())) < most

    async def join(self, session: str) -> Stream | None:
        """A new stream for this session; None when it may not listen."""
        listener = await in_database(_listener, session)
        if listener is None:
            return None
        self.listeners[session], self.checked[session] = listener, time.monotonic()
        stream = Stream(session)
        self.streams[session].add(stream)
        if self.poll is None or self.poll.done():
            self.poll = asyncio.create_task(self._poll())
        return stream

    def leave(self, stream: Stream) -> None:
        streams = self.streams[stream.session]
        streams.discard(stream)
        if not streams:
            del self.streams[stream.session]
            self.listeners.pop(stream.session, None)
            self.checked.pop(stream.session, None)

    async def _poll(self) -> None:
        self.last, self.known = -1, frozenset()
        while self.streams:
            try:
                await self._round()
            except DatabaseError as error:
                # The streams stay open: their pages hear again when the database answers again.
                log.warning("live.database", error=str(error))
                await asyncio.sleep(5 * POLL)
            except Exception:  # a poll that died would leave every page deaf without a word
                log.exception("live.round")
            has_hall = any(session.startswith(HALL) for session in self.streams)
            await asyncio.sleep(min(POLL, HALL_POLL) if has_hall else POLL)

    async def _round(self) -> None:
        if self.last < 0:
            self.last, self.known = await in_database(news.known_now)
            return
        fresh = await in_database(news.news_after, self.last, self.known)
        if fresh:
            self.last = max(self.last, fresh[-1].id)
            known = self.known | {one.id for one in fresh}
            self.known = frozenset(number for number in known if number > self.last - news.LOOK_BACK)
        for session in list(self.streams):
            self._tell(session, fresh)
        await self._check(fresh)

    def _tell(self, session: str, fresh: list[News]) -> None:
        listener = self.listeners[session]
        topics = {one.topic for one in fresh if listener.hears(one)}
        for stream in self.streams[session]:
            for topic in topics:
                stream.tell(topic)

    async def _check(self, fresh: list[News]) -> None:
        """Ask again who listens: each minute, and as soon as the history says something of the user."""
        now = time.monotonic()
        users = {one.chain for one in fresh if one.chain.startswith("user:")}
        for session in list(self.streams):
            if session not in self.streams or session.startswith(HALL):
                continue  # its last page went away while another was asked about; a hall has no rights
            age = now - self.checked.get(session, 0.0)
            # The entry of a sign-out may be there a moment before the session is gone: look once more.
            if f"user:{self.listeners[session].user}" in users:
                self.checked[session] = now - CHECK_EVERY + 2 * POLL
            elif age < CHECK_EVERY:
                continue
            await self._check_one(session)

    async def _check_one(self, session: str) -> None:
        old = self.listeners[session]
        found = await in_database(news.listener_of, session)
        if session not in self.streams:
            return
        if self.checked[session] + CHECK_EVERY <= time.monotonic():
            self.checked[session] = time.monotonic()
        if found is None:
            for stream in self.streams[session]:
                stream.end()
        elif found != old:
            self.listeners[session] = found
            for stream in self.streams[session]:
                stream.tell("work")


def _listener(session: str) -> Listener | None:
    """Who listens: a session of the staff, or the display of a station, which anybody may open."""
    if session.startswith(HALL):
        return news.hall_listener(session.removeprefix(HALL))
    return news.listener_of(session)


async def in_database(ask: Callable[..., T], *args: object) -> T:
    """Run a query in the process's one database thread, and give its connection back."""

    def run() -> T:
        try:
            return ask(*args)
        finally:
            if not connection.in_atomic_block:
                close_old_connections()

    return await sync_to_async(run)()
