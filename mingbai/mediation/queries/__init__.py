"""Reads of mediation that serve more than one page, one file per question."""

from mingbai.mediation.queries.committees import findings_of, numbers_on
from mingbai.mediation.queries.matters import (
    draft_of,
    effective_of,
    mediators_of,
    parties_of,
    terms_of,
)

__all__ = [
    "draft_of",
    "effective_of",
    "findings_of",
    "mediators_of",
    "numbers_on",
    "parties_of",
    "terms_of",
]
