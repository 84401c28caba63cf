"""Citations in training data → references as we write them, whatever short name a law is cited by."""

from collections.abc import Iterable, Mapping
from typing import Any

from mingbai.knowledge.rules.numerals import article_name
from mingbai.knowledge.rules.reference import cited
from mingbai.knowledge.rules.words import clean

Names = Mapping[str, Iterable[str]]
"""Title of a law → all names it is called by."""


def references_of(value: Any, titles: Mapping[str, str]) -> list[str]:
    """Return the references that a field holds: text or a list of texts; what cites no article is left out.

    A law that nobody imported keeps the name it is cited by, in case it comes later.
    """
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    found = [_reference(text, titles) for text in texts if isinstance(text, str)]
    return list(dict.fromkeys(ref for ref in found if ref))


def titles_by_name(names: Names) -> dict[str, str]:
    """Every name of a law, as it is compared → its title."""
    return {clean(name): title for title, held in names.items() for name in (title, *held)}


def _reference(text: str, titles: Mapping[str, str]) -> str:
    one = cited(text)
    if one is None:
        return ""
    return f"{titles.get(one.before, one.before)}{article_name(one.number, one.suffix)}"
