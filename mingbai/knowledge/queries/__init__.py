"""Reads of knowledge: the one search box, similar questions, and the articles' texts for what is learned."""

from mingbai.knowledge.queries.hits import Answered, Hit
from mingbai.knowledge.queries.keepers import keepers_of
from mingbai.knowledge.queries.laws import (
    article_hit,
    article_texts,
    cited_articles,
    law_names,
    named_articles,
)
from mingbai.knowledge.queries.learned import likely_articles
from mingbai.knowledge.queries.offices import nearest
from mingbai.knowledge.queries.search import look_up, search
from mingbai.knowledge.queries.similar import similar_questions, texts_alike
from mingbai.knowledge.queries.topics import (
    Proposals,
    Proposed,
    external_code,
    external_codes,
    proposals,
    proposed_topics,
)

__all__ = [
    "Answered",
    "Hit",
    "Proposals",
    "Proposed",
    "article_hit",
    "article_texts",
    "keepers_of",
    "law_names",
    "cited_articles",
    "external_code",
    "external_codes",
    "likely_articles",
    "look_up",
    "named_articles",
    "nearest",
    "proposals",
    "proposed_topics",
    "search",
    "similar_questions",
    "texts_alike",
]
