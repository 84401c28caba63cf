"""A plain measure of likeness: shared pairs of characters, rare ones counting more."""

from collections import Counter
from collections.abc import Sequence
from math import log

from mingbai.knowledge.rules.words import clean


def character_pairs(text: str) -> list[str]:
    """The pairs of neighbouring letters of a text in their order, without punctuation and blanks."""
    letters = "".join(sign for sign in clean(text) if sign.isalnum())
    return [letters[at : at + 2] for at in range(len(letters) - 1)]


def pairs(text: str) -> frozenset[str]:
    return frozenset(character_pairs(text))


def rank(query: str, candidates: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
    """(ref, text) → (ref, weighted Jaccard within 0 and 1), best first; what shares nothing is left out."""
    asked = pairs(query)
    held = [(ref, pairs(text)) for ref, text in candidates]
    counts = Counter(pair for _ref, found in held for pair in found)
    weight = {pair: log(1 + len(held) / counts[pair]) for pair in counts}
    new = log(1 + len(held)) if held else 1.0
    scored = []
    for ref, found in held:
        both = sum(weight[pair] for pair in asked & found)
        if both:
            union = sum(weight.get(pair, new) for pair in asked | found)
            scored.append((ref, both / union))
    return sorted(scored, key=lambda one: (-one[1], one[0]))
