"""The yardstick: raw SQL inserts of the very rows that one intake writes, in the same database."""

import multiprocessing
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

TABLES = (
    "cases_resident",
    "cases_case",
    "cases_clock",
    "cases_submission",
    "journal_entry",
    "journal_chain",
    "notices_notice",
)
Rows = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Database:
    """Where the rows go: a SQLite file, or a PostgreSQL URL."""

    file: Path | None = None
    url: str = ""

    def connect(self) -> Any:
        if self.url:
            return psycopg.connect(self.url, autocommit=True)
        link = sqlite3.connect(str(self.file), timeout=20, isolation_level=None)
        # As the product opens it: a full sync per commit.
        link.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
        return link

    @property
    def mark(self) -> str:
        return "%s" if self.url else "?"

    @property
    def begin(self) -> str:
        return "BEGIN" if self.url else "BEGIN IMMEDIATE"


def written_by(database: Database, intake: Callable[[], None]) -> Rows:
    """The rows, table by table in the order of TABLES, that one intake leaves behind."""
    link = database.connect()
    before = {table: _keys(link, table) for table in TABLES}
    intake()
    found: Rows = []
    for table in TABLES:
        key = "name" if table == "journal_chain" else "id"
        cursor = link.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        found += [
            (table, row)
            for row in (dict(zip(names, values, strict=True)) for values in cursor.fetchall())
            if row[key] not in before[table]
        ]
    link.close()
    return found


def _keys(link: Any, table: str) -> set[Any]:
    key = "name" if table == "journal_chain" else "id"
    return {row[0] for row in link.execute(f"SELECT {key} FROM {table}").fetchall()}


def rate(database: Database, rows: Rows, connections: int, seconds: float) -> float:
    """Commits a second of those rows by so many processes, each with one connection."""
    with multiprocessing.get_context("spawn").Pool(connections) as pool:
        done = pool.starmap(_insert_for, [(database, rows, seconds)] * connections)
    return sum(count / took for count, took in done)


def _insert_for(database: Database, rows: Rows, seconds: float) -> tuple[int, float]:
    link = database.connect()
    started, count = time.perf_counter(), 0
    while (took := time.perf_counter() - started) < seconds:
        link.execute(database.begin)
        _insert(link, database, rows)
        link.execute("COMMIT")
        count += 1
    link.close()
    return count, took


def _insert(link: Any, database: Database, rows: Rows) -> None:
    number = f"{secrets.randbelow(10**13):013d}"
    new = {
        "number": number,
        "partner_number": number,
        "key_hash": secrets.token_hex(32),
        "chain": f"case:{number}",
        "name": f"case:{number}",
    }
    ids: dict[str, int] = {}
    for table, row in rows:
        values = {name: new.get(name, value) for name, value in row.items() if name != "id"}
        if "case_id" in values:
            values["case_id"] = ids["cases_case"]
        for person in ("speaker_id", "party_id"):
            if values.get(person) is not None:
                values[person] = ids["cases_resident"]
        if table == "notices_notice":
            values["event"] = f"case:{number}:received"
        places = ", ".join([database.mark] * len(values))
        names = ", ".join(f'"{name}"' for name in values)
        sql = f"INSERT INTO {table} ({names}) VALUES ({places})"
        back = " RETURNING id" if table in ("cases_case", "cases_resident") else ""
        cursor = link.execute(sql + back, tuple(values.values()))
        if back:
            ids[table] = cursor.fetchone()[0]
