"""Tests that commit end with a flush of all tables, which the journal's triggers would refuse."""

from django.db.backends.base.operations import BaseDatabaseOperations

from mingbai.core.actor import SYSTEM


def lift_for_flush() -> None:
    """The triggers are away only while the flush runs; the note of the key is there again afterwards."""
    from mingbai.journal.actions import claim_key
    from mingbai.journal.guards import without_guards

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_with_guards_lifted(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        if "journal_entry" not in self.connection.introspection.table_names():
            return flush(self, sql_list)
        with without_guards(self.connection):
            flush(self, sql_list)
        claim_key(by=SYSTEM)

    BaseDatabaseOperations.execute_sql_flush = flush_with_guards_lifted
