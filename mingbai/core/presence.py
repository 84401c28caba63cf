"""Who works on a data folder: every server and worker holds a shared lock, a restore wants it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_NAME = "in-use"
_held: list[int] = []


class Busy(Exception):
    """Somebody else works on this folder."""


def announce(folder: Path) -> None:
    """Hold the folder as one of several until this process ends; the kernel lets go of a killed one's lock.

    Raises Busy while a restore has it alone.
    """
    handle = _open(folder)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Busy("正在恢复备份，请等它做完再启动。 A restore is running.") from None
    _held.append(handle)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the folder for oneself. Raises Busy when a server or worker runs on it."""
    handle = _open(folder)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("服务还在运行。 The house is running.") from None
        yield
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    return os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
