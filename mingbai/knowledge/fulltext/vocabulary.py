"""The words of the index with their pinyin and in how many documents they stand: plain SQL, both engines."""

from collections.abc import Mapping, Sequence

from django.db import connection

from mingbai.knowledge.models import Term
from mingbai.knowledge.rules.indexing import initials, is_chinese, pinyin

_BATCH = 150
"""Rows of one statement: SQLite allows some thousand parameters, PostgreSQL more."""


def add(slot: int, counts: Mapping[str, int]) -> None:
    """Add to the counts of words, new ones with their sound; ordered, so that two writers never cross."""
    rows = [row for word, count in sorted(counts.items()) if (row := _row(slot, word, count))]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(part))
            cursor.execute(
                "INSERT INTO knowledge_term (slot, text, pinyin, initials, documents)"
                f" VALUES {places} ON CONFLICT (slot, text)"
                " DO UPDATE SET documents = knowledge_term.documents + excluded.documents",
                [value for row in part for value in row],
            )


def _row(slot: int, word: str, count: int) -> tuple[int, str, str, str, int] | None:
    if len(word) < 2 or len(word) > 40:
        return None
    if not is_chinese(word):
        return slot, word, "", "", count
    return slot, word, pinyin(word)[:128], initials(word)[:32], count


def documents(slot: int, words: Sequence[str]) -> dict[str, int]:
    """In how many documents each word stands, for those that stand in any. Single characters count little."""
    rows = Term.objects.filter(slot=slot, text__in=list(words)[:200])
    return dict(rows.values_list("text", "documents"))
