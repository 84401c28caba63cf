"""Django's SQLite backend with a fair queue of writers (the module's name is what Django looks for).

SQLite lets a second writer sleep and try again, up to 100 ms at a time: at 32 connections that, not the disk,
makes the tail. Here each writing transaction first takes a lock on a file beside the database; the kernel
wakes the next one at once, and frees the lock of a killed process. A program that does not know of the file
(sqlite3, a backup) still meets SQLite's own lock.
"""

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base

_IN_MEMORY = (":memory:", "mode=memory")


# Django's hooks of a transaction are not in its type stubs, hence the four ignores.
class DatabaseWrapper(base.DatabaseWrapper):
    """One lock file per connection object, held from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._queue: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._enter_queue()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_queue()
            raise

    def _enter_queue(self) -> None:
        name = str(self.settings_dict["NAME"])
        if any(mark in name for mark in _IN_MEMORY):
            return
        if self._queue is None:
            self._queue = os.open(f"{name}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._queue, fcntl.LOCK_EX)

    def _leave_queue(self) -> None:
        if self._queue is not None:
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            queue, self._queue = self._queue, None
            if queue is not None:
                os.close(queue)
