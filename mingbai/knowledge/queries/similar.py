"""Texts alike: answered questions beside what a resident types, and among texts given from above."""

from collections.abc import Callable, Iterable, Sequence

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.fulltext import Damaged
from mingbai.knowledge.models import Answer
from mingbai.knowledge.queries.hits import Hit
from mingbai.knowledge.queries.search import any_of, asked_for, with_score
from mingbai.knowledge.rules.alike import rank as bigram_rank
from mingbai.knowledge.rules.words import question_words

Rank = Callable[[str, Sequence[tuple[str, str]]], list[tuple[str, float]]]
"""(query, [(ref, text)]) → [(ref, score)], best first, score within 0 and 1."""
POOL = 50
"""Candidates that full text brings before they are measured."""


def similar_questions(text: str, limit: int = 5, *, rank: Rank = bigram_rank) -> list[Hit]:
    """Published answers whose question is like the text, most alike first; never raises for any text."""
    asked = asked_for(text, (Kind.ANSWER,), POOL)
    if not question_words(asked.text):
        return []
    try:
        hits = {hit.ref: hit for hit in any_of(asked, asked.text)}
    except Damaged:
        return []
    questions = Answer.objects.filter(pk__in=[int(ref) for ref in hits]).values_list("pk", "question")
    ranked = rank(asked.text, [(str(pk), question) for pk, question in questions.order_by("pk")])
    return [with_score(hits[ref], score) for ref, score in ranked[:limit]]


def texts_alike(
    text: str, candidates: Iterable[tuple[str, str]], limit: int = 5, *, rank: Rank = bigram_rank
) -> list[tuple[str, float]]:
    """Which of the given (opaque reference, text) are like the text: (reference, 0 to 1), best first."""
    return rank(text, list(candidates))[:limit]
