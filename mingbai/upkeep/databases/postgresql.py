"""PostgreSQL: pg_dump on an exported snapshot; restored in one transaction, so that it is all or nothing."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import psycopg
from django.db import connection, connections
from psycopg import sql

from mingbai.core.refused import Refused
from mingbai.upkeep.archive import damaged
from mingbai.upkeep.databases.shape import Scratch
from mingbai.upkeep.facts import Facts, Rows, facts_of

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_EMPTY = "BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


class PostgreSQL:
    vendor = "postgresql"

    def dump(self, to: Path) -> Facts:
        with _session() as session:
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = str(_one(session, "SELECT pg_export_snapshot()"))
            # The least compression: bytes under encryption do not shrink, their hex spelling does.
            options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
            options += [f"--snapshot={snapshot}", f"--file={to}"]
            # Only the house's own schema: what an operator keeps beside is no business of ours.
            options += [f"--schema={_one(session, 'SELECT current_schema()')}"]
            _run([_program("pg_dump"), *options, *_place()])
            return facts_of(_tables(session), _rows(session))

    def load(self, dumped: Path) -> None:
        _leave()
        _load(dumped, str(connection.settings_dict["NAME"]))

    @contextmanager
    def scratch(self, dumped: Path, folder: Path) -> Iterator[Scratch]:
        name = f"mingbai_check_{secrets.token_hex(4)}"
        with _session(autocommit=True) as session:
            try:
                session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            except psycopg.errors.InsufficientPrivilege:
                raise Refused(
                    "数据库用户不能新建库，无法试恢复。请执行一次：ALTER ROLE 用户名 CREATEDB;",
                    code="no_scratch",
                ) from None
            try:
                _load(dumped, name)
                with _session(name) as copy:
                    facts = facts_of(_tables(copy), _rows(copy))
                yield Scratch(facts, {"MINGBAI_DATA": str(folder), "DATABASE_URL": _url(name)})
            finally:
                session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def learn(self) -> None:
        """Nothing: its autovacuum does."""

    def others(self) -> int:
        _leave()
        with _session(autocommit=True) as session:
            for _ in range(20):
                if not (found := int(_one(session, _OTHERS))):
                    break
                time.sleep(0.1)  # the server sees the end of a session a moment later
            return found


def _leave() -> None:
    """Close what this process itself holds open, its pool as well."""
    connections.close_all()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()


# ── sessions ──


def _parameters(name: str = "") -> dict[str, str]:
    known = connection.settings_dict
    found = {"dbname": name or known["NAME"], "user": known["USER"], "password": known["PASSWORD"]}
    found |= {"host": known["HOST"], "port": known["PORT"]}
    return {key: str(value) for key, value in found.items() if value}


@contextmanager
def _session(name: str = "", *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """One of our own, beside Django's: it may be read-only, or outside any transaction."""
    session = psycopg.connect(**cast(Any, _parameters(name)), autocommit=autocommit)
    try:
        yield session
    finally:
        session.close()


def _one(session: psycopg.Connection[Any], query: str) -> Any:
    row = session.execute(cast(Any, query)).fetchone()
    return row[0] if row else ""


def _tables(session: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in session.execute(_TABLES)]


def _rows(session: psycopg.Connection[Any]) -> Rows:
    def stream(query: str) -> Iterator[tuple[Any, ...]]:
        # A cursor of the server: the heads of a million chains do not belong into our memory.
        with session.cursor(name=f"upkeep_{secrets.token_hex(4)}") as cursor:
            cursor.itersize = 20_000
            cursor.execute(cast(Any, query))
            yield from cursor

    return stream


# ── programs ──


def _program(name: str) -> str:
    """Debian keeps a server's own version out of PATH; an older pg_dump refuses a newer server."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if not found:
        raise Refused(f"找不到 {name}：请安装 postgresql-client。", code="no_program")
    return found


def _place(name: str = "") -> list[str]:
    known = _parameters(name)
    options = [
        f"--{key}={known[word]}" for key, word in (("host", "host"), ("port", "port")) if word in known
    ]
    options += [f"--username={known['user']}"] if "user" in known else []
    return [*options, f"--dbname={known['dbname']}"]


def _env() -> dict[str, str]:
    password = _parameters().get("password")
    return os.environ | ({"PGPASSWORD": password} if password else {})


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=_env(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{Path(command[0]).name}: {_last(done.stderr)}")


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["?"])[-1][:300]


def _load(dumped: Path, name: str) -> None:
    """Through one psql in one transaction; COMMIT is sent only after pg_restore has ended well."""
    psql = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    restore = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dumped)]
    with (
        subprocess.Popen(
            [*psql, *_place(name)], env=_env(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as into,
        subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as out,
    ):
        assert into.stdin and into.stderr and out.stdout and out.stderr
        ended = _pour(out.stdout, into.stdin)
        out.stdout.close()
        why = out.stderr.read().decode(errors="replace")
        whole = ended and out.wait() == 0
        _finish(into.stdin, whole)
        said = into.stderr.read().decode(errors="replace")
        if not whole or into.wait():
            raise damaged(f"数据库恢复不了：{_last(said or why)}")


def _pour(source: IO[bytes], target: IO[bytes]) -> bool:
    """False when psql stopped listening: a statement failed."""
    try:
        target.write(_EMPTY.encode())
        for line in source:
            # The dump makes the schema itself; so do we, and one without it must do as well.
            if line.strip() != b"CREATE SCHEMA public;":
                target.write(line)
    except BrokenPipeError:
        return False
    return True


def _finish(target: IO[bytes], whole: bool) -> None:
    try:
        target.write(b"COMMIT;\n" if whole else b"ROLLBACK;\n")
        target.close()
    except BrokenPipeError:
        pass


def _url(name: str) -> str:
    known = _parameters(name)
    user = quote(known.get("user", ""), safe="")
    secret = f":{quote(known['password'], safe='')}" if "password" in known else ""
    place = f"postgresql://{user}{secret}@/{name}?host={quote(known.get('host', ''), safe='')}"
    return place + (f"&port={known['port']}" if "port" in known else "")
