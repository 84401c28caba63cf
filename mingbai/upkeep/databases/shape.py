"""What upkeep asks of a database."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mingbai.upkeep.facts import Facts


@dataclass(frozen=True, slots=True)
class Scratch:
    """A copy nobody else uses; `env` makes a process of ours work on it."""

    facts: Facts
    env: Mapping[str, str]


class Database(Protocol):
    """`vendor` stands in the backup's head: a dump of one is no dump of the other."""

    vendor: str

    def dump(self, to: Path) -> Facts:
        """Write one consistent moment to a file while others write on; return what is in it."""

    def load(self, dumped: Path) -> None:
        """Put a dump in the place of what is there: all of it or nothing."""

    def scratch(self, dumped: Path, folder: Path) -> AbstractContextManager[Scratch]:
        """Load a dump beside, look, take it away."""

    def learn(self) -> None:
        """Let the planner of statements know how many rows its indexes find."""

    def others(self) -> int:
        """How many other sessions this machine's folder does not know of."""
