"""The passage of a text that answers, with the words that were found in it; parts, never markup."""

from collections.abc import Iterable
from typing import NamedTuple

WIDTH = 90


class Part(NamedTuple):
    """A piece of plain text; whoever shows it escapes it and marks the hits."""

    text: str
    is_hit: bool


def passage(text: str, words: Iterable[str], *, width: int = WIDTH) -> tuple[Part, ...]:
    """The `width` characters with most of the words in them, hits apart; "…" where text was left out."""
    flat = " ".join(text.split())
    spans = _spans(flat, words)
    start = _start(flat, spans, width)
    end = min(len(flat), start + width)
    parts = marked(flat[start:end], words)
    head = (Part("…", False),) if start else ()
    tail = (Part("…", False),) if end < len(flat) else ()
    return (*head, *parts, *tail)


def marked(text: str, words: Iterable[str]) -> tuple[Part, ...]:
    """The whole text in parts; overlapping and touching hits are one. Joined, the parts are the text."""
    parts, at = [], 0
    for begin, end in _spans(text, words):
        if begin > at:
            parts.append(Part(text[at:begin], False))
        parts.append(Part(text[begin:end], True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], False))
    return tuple(parts)


def _spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    low = text.lower()
    if len(low) != len(text):
        low = text  # a letter whose small form is two: positions would slip
    found = []
    for word in {word.rstrip("*") for word in words}:
        at = low.find(word) if word else -1
        while at >= 0:
            found.append((at, at + len(word)))
            at = low.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _start(text: str, spans: list[tuple[int, int]], width: int) -> int:
    """Where the window begins: the hit from which most hit characters follow, with a little before it."""
    if not spans or len(text) <= width:
        return 0
    weights = [
        (
            sum(min(end, first + width) - begin for begin, end in spans if first <= begin < first + width),
            -first,
        )
        for first, _end in spans
    ]
    first = -max(weights)[1]
    return max(0, min(first - width // 6, len(text) - width))
