"""Case numbers and follow codes: digits only, not guessable, safe against slips of tongue and finger."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Protocol

from stdnum import damm

RANDOM_DIGITS = 10  # 10 digits are 33.2 bits: a guess hits one of 10^6 cases once in 10,000 tries
LENGTH = 2 + RANDOM_DIGITS + 1

_SEPARATORS = re.compile(r"[\s\-‐-―−·._]+")


class Randomness(Protocol):
    """What `secrets` offers; tests pass their own."""

    def randbelow(self, exclusive_upper_bound: int, /) -> int: ...


def new_number(year: int, rng: Randomness = secrets) -> str:
    """Return a fresh number: two digits of the year, ten random digits, a Damm check digit.

    It may collide (once in 10^10 per year); the unique column refuses and the caller draws again.
    """
    body = f"{year % 100:02d}{rng.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return body + damm.calc_check_digit(body)


def is_number(text: str) -> bool:
    """True for 13 plain digits whose check digit holds (see `clean_number` for what people type)."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and damm.is_valid(text)


def clean_number(text: str) -> str:
    """Return what a person typed or pasted without spaces, dashes and full-width forms."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", str(text or "")[:80]))


def group_number(number: str) -> str:
    """Return the number in groups of four, as it is printed and read aloud."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def new_follow_code() -> str:
    """Return the four-digit code for a resident who leaves no phone."""
    return f"{secrets.randbelow(10_000):04d}"
