"""The lexicon that ships: words of topics and kinds, patterns of risks (data/lexicon.toml)."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_BETWEEN = "有|过|人|再|(?:对|给|跟|向).{1,3}?(?:实施|进行|动|使用)?(?:过|了)?"
"""What may stand between a negation and what it takes away: 未对我实施殴打."""
_FILE = Path(__file__).parents[1] / "data" / "lexicon.toml"


@dataclass(frozen=True, slots=True)
class RiskWords:
    """`needs`, `also`: one word of each must stand in the text too, unless empty; `skip`: words that take the
    clause out."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    topics: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    risks: dict[str, RiskWords]
    negated: re.Pattern[str]
    past: re.Pattern[str]
    still: re.Pattern[str]
    general: re.Pattern[str]
    asks: re.Pattern[str]
    own: re.Pattern[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Read once a process; the patterns of one risk are one expression."""
    held = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Lexicon(
        topics={code: tuple(words.split()) for code, words in held["topics"].items()},
        kinds={code: tuple(words.split()) for code, words in held["kinds"].items()},
        risks={code: _risk(row, held["lists"]) for code, row in held["risks"].items()},
        negated=re.compile(f"(?:{_either(held['negations']['before'])})(?:{_BETWEEN})?$"),
        past=re.compile(_either(held["past"]["marks"])),
        still=re.compile(_either(held["past"]["still"])),
        general=re.compile(_either(held["general"]["marks"])),
        asks=re.compile(_either(held["asks"]["marks"])),
        own=re.compile(_either(held["asks"]["own"])),
    )


def _risk(row: dict[str, Any], lists: dict[str, str]) -> RiskWords:
    whole = "|".join(f"(?:{pattern})" for pattern in row["patterns"])
    # Some words of a list are lists themselves: those stand before the lists that they use.
    for name, words in lists.items():
        whole = whole.replace("{" + name + "}", words)
    needs, also, skip = (tuple(row.get(name, "").split()) for name in ("needs", "also", "skip"))
    return RiskWords(re.compile(whole), needs, also, skip)


def _either(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))
