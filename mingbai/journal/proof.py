"""The proof that the history is whole: every entry, link, head and seal, in one pass and in bounded memory.

An entry is proven by what follows it: the next entry's `prev`, the head of its chain, a seal. So each chain
is walked from its end to its beginning. What must be looked up between the tables (heads, sealed hashes)
goes through a scratch database on disk, since a city's chains do not fit in memory.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from mingbai.journal.guards import missing_guards
from mingbai.journal.models import Chain, Entry, Seal
from mingbai.journal.rules import Leaf, entry_hash, fields_of, seal_root

SHOWN = 20
_FIELDS = (
    *("id", "chain", "seq", "at", "actor", "actor_name", "verb", "place", "data"),
    *("sealed", "prev", "hash"),
)
_SCRATCH = """
CREATE TABLE head (name TEXT PRIMARY KEY, seq INTEGER, hash TEXT, unsealed INTEGER) WITHOUT ROWID;
CREATE TABLE leaf (chain TEXT, seq INTEGER, hash TEXT, PRIMARY KEY (chain, seq, hash)) WITHOUT ROWID;
CREATE TABLE root (root TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Where the history is not right. `order` is the row id of the entry (or of the one after the gap)."""

    name: str
    why: str
    order: float = float("inf")

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


@dataclass(slots=True)
class Report:
    """What the proof found; `uncovered` are the last entries that no seal vouches for yet."""

    entries: int = 0
    chains: int = 0
    seals: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    uncovered_entries: int = 0
    uncovered: list[str] = field(default_factory=list)
    missing_guards: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.problem_count == 0

    @property
    def seals_whole(self) -> bool:
        return all(problem.order >= 0 for problem in self.problems)

    @property
    def first(self) -> Problem | None:
        return self.problems[0] if self.problems else None

    def found(self, problem: Problem) -> None:
        self.problem_count += 1
        self.problems = sorted([*self.problems, problem], key=lambda one: one.order)[:SHOWN]

    def not_covered(self, chain: str, first: int, last: int) -> None:
        self.uncovered_entries += last - first + 1
        if len(self.uncovered) < SHOWN:
            self.uncovered.append(f"{chain}#{first}" + (f"–{last}" if last > first else ""))


class Row(NamedTuple):
    """An entry as it is stored, lighter than a model instance."""

    id: int
    chain: str
    seq: int
    at: object
    actor: str
    actor_name: str
    verb: str
    place: str
    data: str
    sealed: bytes
    prev: str
    hash: str

    @property
    def true_hash(self) -> str:
        return entry_hash(self.prev, fields_of(self), bytes(self.sealed))  # type: ignore[arg-type]


def prove(exported: Path | None = None) -> Report:
    """Walk everything on one snapshot of the database; `exported` holds roots that were kept outside."""
    report = Report()
    with _scratch() as scratch, _snapshot():
        if exported:
            _load_exported(scratch, exported)
        _walk_seals(scratch, report)
        _load_heads(scratch)
        _walk_chains(scratch, report)
        _walk_remains(scratch, report)
        report.missing_guards = missing_guards(connection)
    return report


@contextmanager
def _scratch() -> Iterator[sqlite3.Connection]:
    scratch = sqlite3.connect("")  # a nameless file that is gone with its connection
    scratch.isolation_level = None
    try:
        scratch.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCRATCH} BEGIN;")
        yield scratch
    finally:
        scratch.close()


@contextmanager
def _snapshot() -> Iterator[None]:
    """All reads see the same moment while writers go on, or a busy city would look broken."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would take SQLite's one write lock for the whole proof (transaction_mode IMMEDIATE).
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


# ── seals ──


def _load_exported(scratch: sqlite3.Connection, path: Path) -> None:
    with path.open(encoding="utf-8") as lines:
        roots = (json.loads(line) for line in lines if line.strip())
        scratch.executemany("INSERT OR IGNORE INTO root VALUES (?, ?)", ((r["root"], r["id"]) for r in roots))


def _walk_seals(scratch: sqlite3.Connection, report: Report) -> None:
    last = ""
    for seal in Seal.objects.order_by("id").iterator(chunk_size=20):
        report.seals += 1
        leaves = _leaves(seal)
        name = f"seal#{seal.pk}"
        if seal.prev != last:
            report.found(Problem(name, "与前一封存不相连（之前的封存被改动或删除）", -1 / seal.pk))
        elif leaves is None or len(leaves) != seal.count or seal_root(last, seal.at, leaves) != seal.root:
            report.found(Problem(name, "封存内容与其根不符", -1 / seal.pk))
        else:
            scratch.executemany("INSERT OR IGNORE INTO leaf VALUES (?, ?, ?)", leaves)
        scratch.execute("DELETE FROM root WHERE root = ?", (seal.root,))
        last = seal.root
    for (number,) in scratch.execute("SELECT id FROM root ORDER BY id LIMIT ?", (SHOWN,)):
        report.found(Problem(f"seal#{number}", "导出时存在的封存已被删除或改动", -1 / number))


def _leaves(seal: Seal) -> list[Leaf] | None:
    try:
        return [(str(chain), int(seq), str(digest)) for chain, seq, digest in json.loads(seal.leaves)]
    except (ValueError, TypeError):
        return None


# ── chains ──


def _load_heads(scratch: sqlite3.Connection) -> None:
    heads = Chain.objects.order_by("name").values_list("name", "seq", "hash", "unsealed")
    scratch.executemany("INSERT INTO head VALUES (?, ?, ?, ?)", heads.iterator(chunk_size=5000))


def _walk_chains(scratch: sqlite3.Connection, report: Report) -> None:
    walk: _Walk | None = None
    # Backwards in both, as the one index (chain, seq) can be read; no sort of the whole table.
    entries = Entry.objects.order_by("-chain", "-seq").values_list(*_FIELDS)
    for row in map(Row._make, entries.iterator(chunk_size=2000)):
        report.entries += 1
        if walk is None or walk.name != row.chain:
            if walk:
                walk.end(report)
            walk = _Walk.start(scratch, row)
        walk.step(row)
    if walk:
        walk.end(report)


def _walk_remains(scratch: sqlite3.Connection, report: Report) -> None:
    """What is still in the scratch names chains of which not one entry is left."""
    gone = "SELECT name FROM head WHERE seq > 0 UNION SELECT chain FROM leaf ORDER BY 1"
    for (name,) in scratch.execute(gone):
        report.found(Problem(f"{name}#1", "整条链的条目都不见了"))


@dataclass(slots=True)
class _Walk:
    """One chain, from its end to its beginning; `wrong` is the earliest entry found not to be right."""

    name: str
    top: int
    head: tuple[int, str, int] | None
    leaves: dict[int, set[str]]
    seq: int
    expected: str | None = None
    id: int = 0
    wrong: Problem | None = None
    doubted_from: int = 0
    """A seal did not fit here; which entry was rewritten lies between the next lower good seal and this."""

    @classmethod
    def start(cls, scratch: sqlite3.Connection, row: Row) -> "_Walk":
        name = row.chain
        head = scratch.execute("SELECT seq, hash, unsealed FROM head WHERE name = ?", (name,)).fetchone()
        leaves: dict[int, set[str]] = {}
        for seq, digest in scratch.execute("SELECT seq, hash FROM leaf WHERE chain = ?", (name,)):
            leaves.setdefault(seq, set()).add(digest)
        scratch.execute("DELETE FROM head WHERE name = ?", (name,))
        scratch.execute("DELETE FROM leaf WHERE chain = ?", (name,))
        walk = cls(name, row.seq, head, leaves, row.seq + 1, id=row.id)
        walk._check_end(row)
        return walk

    def _check_end(self, row: Row) -> None:
        """The head says where the chain ends; a seal may know that it went further."""
        furthest = max([self.head[0] if self.head else 0, *self.leaves])
        if furthest > row.seq:
            self._wrong(row.seq + 1, "从这一条起被截去")
        elif self.head is None or self.head[:2] != (row.seq, row.hash):
            self._wrong(row.seq, "与链首记录不符")

    def step(self, row: Row) -> None:
        digest, self.id = row.true_hash, row.id
        if row.seq != self.seq - 1:
            self._wrong(row.seq + 1, "缺少这一条")
            self.expected = None
        self.seq = row.seq
        if digest != row.hash or (self.expected is not None and digest != self.expected):
            self._wrong(row.seq, "内容与哈希不符")
            # Its own `prev` may be what was altered: the one before is asked only whether it fits itself.
            self.expected = None
            return
        self.expected = row.prev
        self._compare_with_seals(digest)

    def _compare_with_seals(self, digest: str) -> None:
        known = self.leaves.get(self.seq)
        if known is None:
            return
        if known != {digest}:
            self.doubted_from = self.doubted_from or self.seq
        elif self.doubted_from:
            self._rewritten(self.seq + 1)

    def _rewritten(self, first: int) -> None:
        among = f"第 {first}–{self.doubted_from} 条中" if first < self.doubted_from else "这一条"
        self._wrong(first, f"{among}有封存之后被改写的")
        self.doubted_from = 0

    def _wrong(self, seq: int, why: str) -> None:
        self.wrong = Problem(f"{self.name}#{seq}", why, self.id)

    def end(self, report: Report) -> None:
        if self.doubted_from:
            self._rewritten(1)
        if self.seq != 1:
            self._wrong(1, "链的开头被截去")
        elif self.expected:
            self._wrong(1, "首条不应有前一哈希")
        report.chains += 1
        covered = max([seq for seq in self.leaves if seq <= self.top], default=0)
        if self.wrong is None and covered < self.top and self._says_sealed() and report.seals_whole:
            self._wrong(covered + 1, "标为已封存，但没有封存包含它")
        if self.wrong:
            report.found(self.wrong)
        if covered < self.top:
            report.not_covered(self.name, covered + 1, self.top)

    def _says_sealed(self) -> bool:
        return self.head is not None and not self.head[2]
