"""What the hotline process writes goes to the database in order, each thing until it is done.

A database that is locked or away for ten seconds delays what is written, never a call.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

log = structlog.get_logger(__name__)
T = TypeVar("T")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0


class Writer:
    """One thread with one connection; a queue of jobs before it."""

    def __init__(self) -> None:
        self.jobs: asyncio.Queue[Callable[[], object]] = asyncio.Queue()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="hotline-database")
        self.is_away = False

    @property
    def is_idle(self) -> bool:
        """Whether all that happened so far is in the database."""
        return self.jobs.empty() and not self.is_away

    def later(self, job: Callable[[], object]) -> None:
        """Write this after all that was asked before. A job may run again after a failed try."""
        self.jobs.put_nowait(job)

    async def run(self) -> None:
        while True:
            await self._until_done(await self.jobs.get())
            self.jobs.task_done()

    async def _until_done(self, job: Callable[[], object]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.ask(job)
            except (OperationalError, InterfaceError) as error:
                self.is_away = True
                log.warning("hotline.database", error=str(error)[:200])
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except Exception:  # one bad row must not hold up all that comes after it
                log.exception("hotline.write")
                break
            else:
                break
        self.is_away = False

    async def ask(self, question: Callable[[], T]) -> T:
        """Run something in the thread of the database and give its answer."""

        def run() -> T:
            try:
                return question()
            finally:
                if not connection.in_atomic_block:
                    close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self.thread, run)

    async def drain(self) -> None:
        """Wait until everything is written."""
        await self.jobs.join()

    def close(self) -> None:
        self.thread.submit(connection.close)
        self.thread.shutdown(wait=True)
