"""What of a content goes into the index: its words, the sound of its title, and the filters it answers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from mingbai.knowledge.rules.words import cut, words

MOST_SOUND = 24
"""Characters of a title whose pinyin is kept: longer ones nobody types."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document to be. `names` are other words it is called by; dates are first and last day."""

    kind: str
    ref: str
    title: str
    body: str
    names: tuple[str, ...] = ()
    line: str = ""
    law: int | None = None
    region: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    title: tuple[str, ...]
    body: tuple[str, ...]
    sounds: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.title, *self.body))


def tokens(entry: Entry) -> Tokens:
    """The words of title and names, of the body, and the pinyin of the title's words and of its names."""
    named = (entry.title, *entry.names)
    title = [word for name in named for word in words(name)]
    return Tokens(tuple(title), tuple(words(entry.body)), tuple(dict.fromkeys(_sounds(named))))


def _sounds(named: Iterable[str]) -> Iterable[str]:
    for name in named:
        pieces = [piece for piece in cut(name[:MOST_SOUND]) if is_chinese(piece)]
        for piece in (*pieces, "".join(pieces)):
            if len(piece) > 1:
                yield pinyin(piece)
                yield initials(piece)


@lru_cache(maxsize=20_000)
def pinyin(text: str) -> str:
    """Toneless pinyin in one piece, other signs as they are: "劳动仲裁" → "laodongzhongcai"."""
    return "".join(lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)).lower()


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """First letters: "劳动仲裁" → "ldzc"."""
    return "".join(one[:1] for one in lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def is_chinese(text: str) -> bool:
    return bool(text) and all("\u3400" <= sign <= "\u9fff" for sign in text)
