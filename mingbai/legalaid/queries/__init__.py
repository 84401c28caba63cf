"""Reads of legal aid that serve more than one page, one file per question."""

from mingbai.legalaid.queries.catalogue import catalogue_on, line_on
from mingbai.legalaid.queries.review import Review, review_of, terms_of

__all__ = ["Review", "catalogue_on", "line_on", "review_of", "terms_of"]
