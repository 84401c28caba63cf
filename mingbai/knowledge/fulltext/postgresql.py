"""tsvector with GIN in a column of the documents' own table; lexemes are written as they are, unparsed.

A server's locale decides whether its parser takes Chinese for letters: so no parser sees our words.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from mingbai.knowledge.fulltext.shape import Damaged, Facets, Found, Row
from mingbai.knowledge.rules.matching import Match, Words

WEIGHTS = "{0.3, 0.3, 0.7, 1.0}"
"""Of D (names), C (unused), B (body) and A (title) in ts_rank."""
INDEX = "knowledge_document_vector"
MOST_RANKED = 8_000
"""Documents that are ranked for one search, as ts_rank reads each of their vectors: of a single word that
stands in more of them, those beyond are alike enough to be left out."""
_MOST_POSITION = 16_383


def create(slot: int) -> None:
    """The column and its index, where they are missing: both slots share them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE knowledge_document ADD COLUMN IF NOT EXISTS vector tsvector")
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON knowledge_document USING gin (vector)")


def put(slot: int, rows: Iterable[Row]) -> None:
    values = [(_vector(row), row.id) for row in rows]
    with _reading(), connection.cursor() as cursor:
        cursor.executemany("UPDATE knowledge_document SET vector = %s::tsvector WHERE id = %s", values)


def remove(slot: int, ids: Sequence[int]) -> None:
    """Nothing to do: the vector goes with its row."""


def settle(slot: int) -> None:
    """After many writes: work off GIN's list of pending entries, which every search would read through
    (measured: 7 of 10 ms), and let the planner count the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [INDEX])
        cursor.execute("ANALYZE knowledge_document")


def find(slot: int, match: Match, facets: Facets, limit: int) -> list[Found]:
    """The best `limit` documents by ts_rank. Raises Damaged."""
    expression = _expression(match)
    if not expression:
        return []
    where, values = _filters(facets)
    sql = (
        "SELECT id, ts_rank(%s::float4[], vector, %s::tsquery, 1) AS score FROM ("
        f" SELECT id, vector FROM knowledge_document WHERE vector @@ %s::tsquery AND slot = %s{where}"
        f" LIMIT {MOST_RANKED}) AS found ORDER BY score DESC, id LIMIT %s"
    )
    with _reading(), connection.cursor() as cursor:
        cursor.execute(sql, [WEIGHTS, expression, expression, slot, *values, limit])
        return [Found(pk, float(score)) for pk, score in cursor.fetchall()]


def answers(slot: int) -> bool:
    """False when the newest document has no vector: then it cannot be found."""
    with _reading(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT vector IS NOT NULL FROM knowledge_document WHERE slot = %s ORDER BY id DESC LIMIT 1",
            [slot],
        )
        return all(has for (has,) in cursor.fetchall())


def faults(slot: int, *, deep: bool = True) -> list[str]:
    """What is wrong with the slot's index, in words."""
    try:
        with _reading(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM knowledge_document WHERE slot = %s AND vector IS NULL", [slot]
            )
            bare = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                " WHERE relname = %s AND indisvalid AND indisready",
                [INDEX],
            )
            has_index = cursor.fetchone()[0]
    except Damaged as damage:
        return [str(damage)]
    found = [f"{bare} 条文档没有索引"] if bare else []
    return found if has_index else [*found, f"索引 {INDEX} 缺失或无效"]


def _vector(row: Row) -> str:
    """'word':1A,5A 'other':2B …: positions run over the fields, so that repetitions count."""
    places: dict[str, list[str]] = {}
    position = 0
    for words, weight in ((row.title, "A"), (row.body, "B"), (row.names, "")):
        for word in words:
            position = min(position + 1, _MOST_POSITION)
            places.setdefault(word, []).append(f"{position}{weight}")
    # Letters and digits only (`Row`): nothing in them needs doubling, and there are millions of them.
    return " ".join(f"'{word}':{','.join(at[:200])}" for word, at in places.items())


def _filters(facets: Facets) -> tuple[str, list[list[Any]]]:
    wanted = (
        ("kind", facets.kinds),
        ("law", facets.laws),
        ("region", facets.regions),
        ("line", facets.lines),
    )
    held = [(column, list(values)) for column, values in wanted if values]
    return "".join(f" AND {column} = ANY(%s)" for column, _ in held), [values for _, values in held]


def _expression(match: Match) -> str:
    return " | ".join(
        f"({' & '.join(_group(group) for group in conjunction)})" for conjunction in match if conjunction
    )


def _group(group: tuple[Words, ...]) -> str:
    return f"({' | '.join('(' + ' & '.join(map(_lexeme, words)) + ')' for words in group)})"


def _lexeme(word: str) -> str:
    return f"{_quoted(word.rstrip('*'))}{':*' if word.endswith('*') else ''}"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


@contextmanager
def _reading() -> Iterator[None]:
    """A broken or missing index, in our words; a savepoint where a caller's transaction must stay usable."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            yield
    except (InternalError, ProgrammingError) as error:
        raise Damaged(str(error)) from error
