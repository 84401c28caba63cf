"""How the hotline process deals with the database: threads with a connection of their own, and the Writer.

What happened is written in order, each thing until it is done. A database that is locked or away for ten
seconds delays what is written, never a call: reading and the line's clock stand behind no write.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import TypeVar, cast

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from mingbai.hotline.actions.telling import News

log = structlog.get_logger(__name__)
T = TypeVar("T")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_AT_ONCE = 200
"""Things in one transaction at most: some tenths of a second."""
_GATHERS, _LONGEST_GATHERING = 0.1, 0.4
"""Seconds between two transactions, or as long as the last one took: on a busy line what happens meanwhile
goes into one, and who hears has half of the time. After a quiet moment the first thing is written at once."""
Job = Callable[[], object]


class Desk:
    """One thread with one connection, for questions."""

    def __init__(self, name: str = "reader") -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=f"hotline-{name}")

    async def ask(self, question: Callable[[], T]) -> T:
        """Run something in this thread and give its answer. A connection that failed is not used again."""

        def run() -> T:
            try:
                return question()
            except (OperationalError, InterfaceError):
                if not connection.in_atomic_block:
                    connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self.thread, run)

    def close(self) -> None:
        self.thread.submit(lambda: connection.close())  # that of the thread, not ours
        self.thread.shutdown(wait=True)


class Writer(Desk):
    """Writes jobs and news in the order in which they were given; news that follow each other together.

    `tell` writes news, in the transaction in which it is called; `undone` hears that one was taken back.
    `given` and `written` count: what was the n-th to be given is in the database once `written` is n.
    """

    def __init__(
        self, tell: Callable[[Sequence[News]], object], undone: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__("writer")
        self.tell, self.undone = tell, undone
        self.queue: asyncio.Queue[Job | News] = asyncio.Queue()
        self.given = self.written = 0

    def later(self, one: Job | News) -> int:
        """Write this after all that was given before; its number. A job may run again after a failed try."""
        self.queue.put_nowait(one)
        self.given += 1
        return self.given

    async def run(self) -> None:
        clock, again = asyncio.get_running_loop().time, 0.0
        while True:
            some = [await self.queue.get()]
            await asyncio.sleep(max(0.0, again - clock()))
            began = clock()
            while not self.queue.empty() and len(some) < _AT_ONCE:
                some.append(self.queue.get_nowait())
            await self._until_done(some)
            again = clock() + min(max(_GATHERS, clock() - began), _LONGEST_GATHERING)
            self.written += len(some)
            for _one in some:
                self.queue.task_done()

    async def _until_done(self, some: Sequence[Job | News]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.ask(partial(self._write, some))
            except (OperationalError, InterfaceError) as error:
                log.warning("hotline.database", error=str(error)[:200])
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except Exception:
                if len(some) == 1:
                    log.exception("hotline.write")
                    return
                break
            else:
                return
        # The transaction as a whole failed: one bad row must not take along those around it.
        for one in some:
            await self._until_done([one])

    def _write(self, some: Iterable[Job | News]) -> None:
        try:
            with transaction.atomic():
                for is_job, group in groupby(some, callable):
                    if is_job:
                        for job in group:
                            cast(Job, job)()
                    else:
                        self.tell(cast(list[News], list(group)))
        except BaseException:
            self.undone()
            raise

    async def drain(self) -> None:
        """Wait until everything is written."""
        await self.queue.join()
