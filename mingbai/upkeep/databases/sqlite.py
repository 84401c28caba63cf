"""SQLite: the online backup API in one step on one read snapshot; in WAL mode writers go on meanwhile."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.utils import timezone

from mingbai.core.refused import Refused
from mingbai.upkeep.archive import damaged, sync_folder
from mingbai.upkeep.databases.shape import Scratch
from mingbai.upkeep.facts import Facts, facts_of

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE "
    "'CREATE VIRTUAL%'"
)

_LOOKED_AT = 1000
_EMPTY = """
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT tbl_name, name, '1 1' FROM sqlite_master AS made
WHERE type = 'index' AND tbl_name IN (SELECT tbl FROM sqlite_stat1)
AND NOT EXISTS (SELECT 1 FROM sqlite_stat1 WHERE idx = made.name)
"""


class SQLite:
    vendor = "sqlite"

    def dump(self, to: Path) -> Facts:
        # A connection of its own: Django's may be inside a transaction, and another thread's.
        with closing(sqlite3.connect(_path(), timeout=20)) as source, closing(sqlite3.connect(to)) as copy:
            # The copy is whole or thrown away, so its own journal and syncs would be for nothing.
            copy.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
            source.backup(copy, pages=-1)
        return _look(to)

    def load(self, dumped: Path) -> None:
        """One rename. The old database stays beside, named by the day, until the operator removes it."""
        _check(dumped)
        path = _path()
        connection.close()
        if path.exists() and path.stat().st_size:
            _put_aside(path)
        dumped.replace(path)
        sync_folder(path.parent)

    @contextmanager
    def scratch(self, dumped: Path, folder: Path) -> Iterator[Scratch]:
        _check(dumped)
        yield Scratch(_look(dumped), {"MINGBAI_DATA": str(folder), "DATABASE_URL": ""})

    def learn(self) -> None:
        """What the planner should know of sizes: without it, it believes that every index finds ten rows.

        A thousand rows of each index are looked at, which takes a fraction of a second at any size. An index
        in which nothing stands gets no line by itself, and would be taken for one of a million rows.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={_LOOKED_AT}")
            cursor.execute("ANALYZE")
            cursor.execute(_EMPTY)
            cursor.execute("ANALYZE sqlite_master")  # reads what was written

    def others(self) -> int:
        """Processes that hold the file open without having said so: a command, a sqlite3 at a prompt."""
        connection.close()
        return len(_holders(_path()) - {os.getpid()})


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _holders(file: Path) -> set[int]:
    """By /proc, as far as this user may look; elsewhere than on Linux nobody is seen."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if entry.readlink() == file:
                found.add(int(entry.parts[2]))
        except OSError:
            continue  # gone meanwhile, or another user's
    return found


def _look(file: Path) -> Facts:
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as copy:
        tables = [name for (name,) in copy.execute(_TABLES)]
        return facts_of(tables, lambda query: copy.execute(query))


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as copy:
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise damaged(f"数据库打不开：{error}") from error
    if found != "ok":
        raise damaged(f"数据库内部不一致：{found}")


def _put_aside(path: Path) -> None:
    """Link the old database under another name, its write-ahead log brought into it.

    A log left behind would be taken for the new file's own; where the old database is too broken for that,
    its log goes along under its own name.
    """
    try:
        with closing(sqlite3.connect(path, timeout=5)) as old:
            busy = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.DatabaseError:
        busy = 0  # it is broken, which is why somebody restores
    if busy:
        raise Refused("数据库正在使用，请先停下服务再恢复。", code="in_use")
    aside = path.with_name(f"{path.name}.before-restore-{timezone.localtime():%Y%m%d-%H%M%S-%f}")
    os.link(path, aside)
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if log.exists() and log.stat().st_size:
        log.replace(aside.with_name(aside.name + "-wal"))
    log.unlink(missing_ok=True)
    index.unlink(missing_ok=True)
