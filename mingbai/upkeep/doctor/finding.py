"""What a check says: how bad, in words, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Also the exit code of `manage.py doctor`, as monitoring programs read it."""

    GOOD = 0
    WARN = 1
    BAD = 2

    @property
    def word(self) -> str:
        return ("正常", "注意", "要紧")[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is one sentence in Chinese; `do` is empty where nothing is to be done."""

    level: Level
    says: str
    do: str = ""


def good(says: str) -> Finding:
    return Finding(Level.GOOD, says)


def warn(says: str, do: str) -> Finding:
    return Finding(Level.WARN, says, do)


def bad(says: str, do: str) -> Finding:
    return Finding(Level.BAD, says, do)
