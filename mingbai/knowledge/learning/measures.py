"""How good a ranking is, and cross-validation that a second run repeats."""

from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import sha256
from statistics import fmean
from typing import Any

FOLDS = 5


def found_within(ranked: Sequence[Sequence[str]], right: Sequence[Collection[str]], most: int = 10) -> float:
    """Share of the questions with a right answer among the first `most` (hit rate, 0 to 1)."""
    return fmean(bool(set(each[:most]) & set(held)) for each, held in zip(ranked, right, strict=True))


def recall_within(ranked: Sequence[Sequence[str]], right: Sequence[Collection[str]], most: int = 10) -> float:
    """Mean share of a question's right answers that are among the first `most` (0 to 1)."""
    shares = (len(set(each[:most]) & set(held)) / len(held) for each, held in zip(ranked, right, strict=True))
    return fmean(shares)


def reciprocal_rank(ranked: Sequence[Sequence[str]], right: Sequence[Collection[str]]) -> float:
    """Mean of 1 / place of the first right answer; 0 where there is none (MRR)."""
    return fmean(_first(each, held) for each, held in zip(ranked, right, strict=True))


def _first(ranked: Sequence[str], right: Collection[str]) -> float:
    return next((1 / place for place, one in enumerate(ranked, start=1) if one in right), 0.0)


def folds(ids: Sequence[Any], many: int = FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """Yield (places to learn from, places to ask) `many` times; where a row is depends on its id alone."""
    order = sorted(range(len(ids)), key=lambda place: sha256(str(ids[place]).encode()).digest())
    for one in range(many):
        asked = order[one::many]
        held = set(asked)
        yield [place for place in range(len(ids)) if place not in held], asked


def cross_validated(
    ids: Sequence[Any], answer: Callable[[list[int], list[int]], Sequence[Any]], many: int = FOLDS
) -> list[Any]:
    """Return for every row what `answer(learn_from, asked)` says of it when it was not learned from."""
    found: list[Any] = [None] * len(ids)
    for learned, asked in folds(ids, many):
        for place, said in zip(asked, answer(learned, asked), strict=True):
            found[place] = said
    return found
