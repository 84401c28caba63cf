"""What of a content goes into the index: its words, the sound of its title, and the filters it answers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mingbai.knowledge.rules.words import cut, words

MOST_SOUND = 24
"""Characters of a title or name whose pinyin is kept."""


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
    """`names` and `sounds` weigh little: what a thing is called by beside its title, and its pinyin."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    names: tuple[str, ...]
    sounds: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.title, *self.body, *self.names))


def tokens(entry: Entry) -> Tokens:
    """The words of title, body and names, and the pinyin of title and names.

    An article's title is its law's: the same for hundreds, it must not weigh like a question's own words
    (measured on the real questions: 2 points of recall).
    """
    title, names = words(entry.title), [word for name in entry.names for word in words(name)]
    if entry.kind == "article":
        title, names = [], [*title, *names]
    sounds = dict.fromkeys(_sounds((entry.title, *entry.names)))
    return Tokens(tuple(title), tuple(words(entry.body)), tuple(names), tuple(sounds))


def _sounds(named: Iterable[str]) -> Iterable[str]:
    """Of short titles and names: a whole question nobody types in pinyin."""
    for name in named:
        if len(name) > MOST_SOUND:
            continue
        pieces = [piece for piece in cut(name) if is_chinese(piece)]
        for piece in (*pieces, "".join(pieces)):
            if len(piece) > 1:
                yield pinyin(piece)
                yield initials(piece)


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    """Loaded by the first text that is spelled: its tables take some 50 MB."""
    from pypinyin import Style, lazy_pinyin

    return tuple(one.lower() for one in lazy_pinyin(text, style=Style.NORMAL))


def pinyin(text: str) -> str:
    """Toneless pinyin in one piece, other signs as they are: "劳动仲裁" → "laodongzhongcai"."""
    return "".join(_syllables(text))


def initials(text: str) -> str:
    """First letters: "劳动仲裁" → "ldzc"."""
    return "".join(one[:1] for one in _syllables(text))


def is_chinese(text: str) -> bool:
    return bool(text) and all("\u3400" <= sign <= "\u9fff" for sign in text)
