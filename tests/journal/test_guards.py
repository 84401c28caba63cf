"""The database itself refuses to change the history."""

import pytest
from django.db import DatabaseError, connection, transaction

from mingbai.core.actor import SYSTEM
from mingbai.journal import actions
from mingbai.journal.guards import drop_guards, missing_guards, raise_guards
from mingbai.journal.models import Entry, Seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    entry = actions.write(chain="case:1", verb="case.opened", by=SYSTEM)
    actions.seal(by=SYSTEM)
    return entry


@pytest.mark.parametrize("model", [Entry, Seal])
def test_update_and_delete_are_refused_with_a_word(written, model):
    field = {Entry: "verb", Seal: "root"}[model]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**{field: "x"})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.filter(pk__gt=0).delete()
    assert model.objects.count() == 1


@pytest.mark.parametrize("table", ["journal_entry", "journal_seal"])
def test_truncate_and_replace_are_refused(written, table):
    statement = f"TRUNCATE {table}"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_dropped_trigger_is_missed():
    assert missing_guards(connection) == []
    drop_guards(connection)
    assert missing_guards(connection)
    raise_guards(connection)
    assert missing_guards(connection) == []
