"""An article named in a text: "劳动合同法 38条", "第三十八条", "民法典1079", "ldhtf 38"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingbai.knowledge.rules.indexing import initials, is_chinese
from mingbai.knowledge.rules.numerals import NUMERAL, to_int
from mingbai.knowledge.rules.words import clean

_WITH_SIGN = re.compile(rf"第?\s*({NUMERAL})\s*条(?:\s*之\s*({NUMERAL}))?")
_BARE = re.compile(r"^(.{2,40}?)\s*第?\s*([0-9]{1,4})$")
_MARKS = re.compile(r"[《》〈〉<>\"“”'()（）\s]+")
_CITED = re.compile(rf"(.{{2,80}}?)第({NUMERAL})条(?:之({NUMERAL}))?(?:第.*)?")
MOST = 5
"""Articles looked up for one text."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`before`: what stands before the number, where the law's name is looked for; "" means any law."""

    before: str
    number: int
    suffix: int = 0


def references(text: str) -> list[Reference]:
    """Every article that the text names by number, in its order, at most MOST.

    >>> references("《劳动合同法》第三十八条")
    [Reference(before='劳动合同法', number=38, suffix=0)]
    """
    asked = clean(text)
    found = []
    last = 0
    for match in _WITH_SIGN.finditer(asked):
        if one := _reference(asked[last : match.start()], match.group(1), match.group(2)):
            found.append(one)
        last = match.end()
    if not found and (bare := _BARE.match(asked)) and (one := _reference(bare.group(1), bare.group(2), None)):
        found.append(one)
    return found[:MOST]


def _reference(before: str, number: str, suffix: str | None) -> Reference | None:
    try:
        one = Reference(_MARKS.sub("", before), to_int(number), to_int(suffix) if suffix else 0)
    except ValueError:
        return None
    return one if one.number else None


def cited(text: str) -> Reference | None:
    """The one article that a text cites and nothing else: law, 第…条, 之…; None for anything else.

    >>> cited("《劳动合同法》第三十八条")
    Reference(before='劳动合同法', number=38, suffix=0)
    """
    asked = _MARKS.sub("", clean(text))
    match = _CITED.fullmatch(asked)
    return _reference(match.group(1), match.group(2), match.group(3)) if match else None


def law_of(before: str, names: Mapping[int, Iterable[str]]) -> int | None:
    """Which law the words before a number name: the longest name they end with; else a name they shorten.

    `names`: law → all its names. None when they name none of them.
    """
    ends = [(len(name), law) for law, held in names.items() for name in held if before.endswith(clean(name))]
    if ends:
        return max(ends)[1]
    short = [
        (rank, len(name), law)
        for law, held in names.items()
        for name in held
        if (rank := _shortens(before, clean(name))) is not None
    ]
    return min(short)[2] if short else None


def _shortens(asked: str, name: str) -> int | None:
    """0: its beginning; 1: its initials; 2: some of its characters in their order ("劳合法")."""
    if len(asked) < 2:
        return None
    if name.startswith(asked):
        return 0
    if asked.isascii():
        return 1 if is_chinese(name) and initials(name) == asked else None
    rest = iter(name)
    return 2 if len(asked) >= 3 and asked[0] == name[0] and all(sign in rest for sign in asked) else None
