"""Reads of knowledge: the one search box, similar questions, and the articles' texts for what is learned."""

from mingbai.knowledge.queries.laws import article_texts

__all__ = ["article_texts"]
