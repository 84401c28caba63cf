"""The database's own refusal to change history: triggers on Entry and Seal, made by migration 0002.

A later migration that alters one of the two tables on SQLite rebuilds it, which drops its triggers: such a
migration must end with `raise_guards`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("journal_entry", "journal_seal")
_WORD = "日志只能追加，不能修改或删除 (the journal is append-only)"

# OR REPLACE removes the old row without firing its DELETE trigger, so an INSERT over a row is refused too.
_SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{word}'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{word}'); END;
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
  WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR {unique})
  BEGIN SELECT RAISE(ABORT, '{word}'); END;
"""
_UNIQUE = {
    "journal_entry": "(chain = NEW.chain AND seq = NEW.seq)",
    "journal_seal": "root = NEW.root OR prev = NEW.prev",
}
_SQLITE_NAMES = ("no_update", "no_delete", "no_replace")

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_WORD}' USING ERRCODE = 'restrict_violation'; END $$
"""
# ALWAYS: also for a session that calls itself a replica.
_POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
"""
_POSTGRESQL_NAMES = ("no_change", "no_truncate")


def raise_guards(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers; those that are there already are made anew."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in TABLES:
            for statement in _statements(connection, table):
                cursor.execute(statement)


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, as the reverse of the migration and the flush of a test database must."""
    of_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in _names(connection):
                cursor.execute(
                    f"DROP TRIGGER IF EXISTS {table}_{name}" + (f" ON {table}" if of_table else "")
                )


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that ought to be there and are not, or are switched off."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    wanted = [f"{table}_{name}" for table in TABLES for name in _names(connection)]
    return [name for name in wanted if name not in there]


@contextmanager
def without_guards(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For the flush between tests that commit; nothing of the house itself calls it."""
    drop_guards(connection)
    try:
        yield
    finally:
        raise_guards(connection)


def _names(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    return _POSTGRESQL_NAMES if connection.vendor == "postgresql" else _SQLITE_NAMES


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [part for part in _POSTGRESQL.format(table=table).split(";") if part.strip()]
    made = _SQLITE.format(table=table, word=_WORD, unique=_UNIQUE[table])
    return [part + "; END" for part in made.split("; END;") if part.strip()]
