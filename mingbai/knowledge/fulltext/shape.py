"""What goes in and out of either engine."""

from dataclasses import dataclass
from typing import NamedTuple


class Damaged(Exception):
    """The index cannot be read; the content itself is whole, and the index can be made anew from it."""


@dataclass(frozen=True, slots=True)
class Row:
    """Words of one document (`id` of its row in knowledge_document) by field; each word is letters only."""

    id: int
    title: tuple[str, ...]
    body: tuple[str, ...]
    names: tuple[str, ...]
    kind: str
    law: int | None = None
    region: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """Filters; empty means any. `regions`: the places a document may be for, "" among them."""

    kinds: tuple[str, ...] = ()
    laws: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Found(NamedTuple):
    id: int
    score: float
    """Higher is better; comparable within one engine and one question only."""
