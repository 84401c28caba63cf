"""The database is away for a moment: a page with plain words and 503, for a fault of ours 500."""

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError
from django.test import Client

from mingbai.web.away import is_away


def of_postgresql(kind, cause):
    error = kind("said by the database")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("server closed the connection"), True),
        (InterfaceError("connection already closed"), True),
        (of_postgresql(InternalError, psycopg.errors.ReadOnlySqlTransaction("standby")), True),
        (of_postgresql(InternalError, psycopg.errors.InFailedSqlTransaction("ours")), False),
        (InternalError("no cause"), False),
        (ValueError("ours"), False),
        (None, False),
    ],
)
def test_what_counts_as_away(error, away):
    assert is_away(error) is away


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (ValueError("ours"), 500)])
def test_a_page_says_what_happened_without_asking_the_database(error, status, monkeypatch):
    def fails(*args, **kwargs):
        raise error

    monkeypatch.setattr("mingbai.web.health.logs.bind_request", fails)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == status
    text = answer.content.decode()
    assert "12348" in text and ("不会重复登记" in text) is (status == 503)
    assert answer.headers.get("Retry-After") == ("10" if status == 503 else None)
