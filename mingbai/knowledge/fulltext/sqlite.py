"""FTS5: one ordinary table per slot over words cut by us (the bundled 3.40 has no contentless delete)."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from mingbai.knowledge.fulltext.shape import Damaged, Facets, Found, Row
from mingbai.knowledge.rules.matching import Match, Words

WEIGHTS = (1.5, 1.0, 0.5, 0.0)
"""Of title, body, names and facets in bm25."""

MOST_RANKED = 20_000
"""Documents that one question may bring to be ranked: about 40 ms of bm25."""


def table(slot: int) -> str:
    return f"knowledge_fulltext_{slot:d}"


def create(slot: int) -> None:
    """Make the slot's table empty, whatever state it was in. Raises Damaged when it cannot be dropped."""
    with _reading(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table(slot)}")
        cursor.execute(
            f"CREATE VIRTUAL TABLE {table(slot)} USING fts5"
            "(title, body, names, facets, tokenize='unicode61 remove_diacritics 0', prefix='1 2')"
        )


def put(slot: int, rows: Iterable[Row]) -> None:
    """Write documents; one that is there already is replaced."""
    values = [
        (row.id, " ".join(row.title), " ".join(row.body), " ".join(row.names), " ".join(_facets(row)))
        for row in rows
    ]
    with _reading(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR REPLACE INTO {table(slot)} (rowid, title, body, names, facets)"
            " VALUES (%s, %s, %s, %s, %s)",
            values,
        )


def remove(slot: int, ids: Sequence[int]) -> None:
    with _reading(), connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table(slot)} WHERE rowid = %s", [(one,) for one in ids])


def settle(slot: int) -> None:
    """Nothing to do: FTS5 merges its segments while it is written."""


def find(slot: int, match: Match, facets: Facets, limit: int) -> list[Found]:
    """The best `limit` documents by bm25. Raises Damaged."""
    expression = _expression(match)
    if not expression:
        return []
    filters = "".join(f" AND facets : ({' OR '.join(found)})" for found in _filters(facets))
    sql = (
        f"SELECT rowid, bm25({table(slot)}, {', '.join(map(str, WEIGHTS))}) AS score FROM {table(slot)}"
        f" WHERE {table(slot)} MATCH %s ORDER BY score LIMIT %s"
    )
    within = f"{{title body names}} : ({expression}){filters}"
    with _reading(), connection.cursor() as cursor:
        cursor.execute(sql, [within, limit])
        return [Found(rowid, -score) for rowid, score in cursor.fetchall()]


def answers(slot: int) -> bool:
    """False when the index has lost a document that is there: a torn one may find nothing and not say so."""
    with _reading(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind FROM knowledge_document"
            " WHERE id IN (SELECT max(id) FROM knowledge_document WHERE slot = %s)",
            [slot],
        )
        for pk, kind in cursor.fetchall():
            cursor.execute(
                f"SELECT 1 FROM {table(slot)} WHERE {table(slot)} MATCH %s AND rowid = %s",
                [f'facets : "kind{kind}"', pk],
            )
            return cursor.fetchone() is not None
    return True


def faults(slot: int, *, deep: bool = True) -> list[str]:
    """What is wrong with the slot's index, in words; `deep` lets FTS5 read it whole."""
    try:
        with _reading(), connection.cursor() as cursor:
            # Index rows without a document are no fault: nothing shows them, and a rebuild drops them.
            cursor.execute(
                f"SELECT count(*) FROM knowledge_document AS held LEFT JOIN {table(slot)}_docsize AS indexed"
                " ON indexed.id = held.id WHERE held.slot = %s AND indexed.id IS NULL",
                [slot],
            )
            missing = cursor.fetchone()[0]
            if deep:
                cursor.execute(f"INSERT INTO {table(slot)} ({table(slot)}) VALUES ('integrity-check')")
        found = [f"{missing} 条文档没有索引"] if missing else []
        return found if answers(slot) else [*found, "索引找不到已有的文档"]
    except Damaged as damage:
        return [str(damage)]


def _facets(row: Row) -> list[str]:
    found = [f"kind{row.kind}", f"region{row.region or 'all'}", _line(row.line)]
    return [*found, f"law{row.law}"] if row.law else found


def _line(line: str) -> str:
    """One token: the tokenizer takes an underscore for a blank."""
    return f"line{line.replace('_', '')}"


def _filters(facets: Facets) -> list[list[str]]:
    wanted = (
        [f"kind{kind}" for kind in facets.kinds],
        [f"law{law}" for law in facets.laws],
        [f"region{region or 'all'}" for region in facets.regions],
        [_line(line) for line in facets.lines],
    )
    return [[_quoted(token) for token in tokens] for tokens in wanted if tokens]


def _expression(match: Match) -> str:
    return " OR ".join(
        f"({' AND '.join(_group(group) for group in conjunction)})" for conjunction in match if conjunction
    )


def _group(group: tuple[Words, ...]) -> str:
    return f"({' OR '.join('(' + ' AND '.join(map(_quoted, words)) + ')' for words in group)})"


def _quoted(word: str) -> str:
    """A word as a phrase: no operator of FTS5 is left in it. A star at its end asks for words so begun."""
    bare = word.rstrip("*").replace('"', "")
    return f'"{bare}" *' if word.endswith("*") else f'"{bare}"'


@contextmanager
def _reading() -> Iterator[None]:
    """The engine's word for a broken index, in ours. A locked or full database is none."""
    try:
        yield
    except DatabaseError as error:
        if _is_damage(error):
            raise Damaged(str(error)) from error
        raise


def _is_damage(error: Any) -> bool:
    words = str(error).lower()
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or any(
        sign in words for sign in ("malformed", "no such table", "vtable constructor failed", "fts5")
    )
