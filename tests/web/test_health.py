"""/healthz, /readyz, /metrics, and the shape of the logs."""

import json
import logging

import pytest
import structlog
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import RequestFactory
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.crypto import MissingKey
from mingbai.journal import actions as journal
from mingbai.journal.models import KeyCheck
from mingbai.web import health, logs

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_session_and_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert not response.cookies


def test_readyz_looks_at_database_migrations_and_key(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "migrations": "ok", "key": "ok"}


def test_readyz_says_what_is_missing(client, monkeypatch):
    KeyCheck.objects.update(fingerprint="another")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["key"]) == (503, "other")
    with monkeypatch.context() as changed:
        changed.setattr(MigrationExecutor, "migration_plan", lambda *_: [("journal", "0009")])
        assert client.get("/readyz").json()["migrations"] == "missing"

    def away(*_):
        raise OperationalError("away")

    monkeypatch.setattr(health, "_problems", away)
    assert client.get("/readyz").json()["database"] == "unreachable"


def test_data_of_another_key_is_not_served(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)  # it would end the test's own transaction
    health.refuse_foreign_data()
    KeyCheck.objects.update(fingerprint="another")
    with pytest.raises(MissingKey):
        health.refuse_foreign_data()


def test_metrics_count_requests_by_view_and_ask_the_database(client):
    journal.write(chain="case:1", verb="case.opened", by=SYSTEM, at=timezone.now())
    client.get("/no-such-page/")
    text = client.get("/metrics").content.decode()
    assert 'mingbai_requests_total{status="404",view="none"}' in text
    assert "mingbai_cases_opened_today 1.0" in text
    assert 'mingbai_clocks_open{state="late"} 0.0' in text
    assert "mingbai_chains_unsealed 1.0" in text


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "10.1.2.3"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"HTTP_X_FORWARDED_FOR": "10.1.2.3"}, 404),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer s3cret"}, 200),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(client, settings, extra, status):
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics", **extra).status_code == status


def test_every_answer_names_its_request(client):
    assert len(client.get("/no-such-page/").headers["X-Request-Id"]) == 16
    given = client.get("/no-such-page/", headers={"x-request-id": "from-the-proxy-1"})
    assert given.headers["X-Request-Id"] == "from-the-proxy-1"
    assert client.get("/x/", headers={"x-request-id": 'a"b{}'}).headers["X-Request-Id"] != 'a"b{}'


def test_a_log_line_is_one_json_object_with_the_request(capsys):
    request_id = logs.bind_request(RequestFactory().get("/"))
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "坏了\n两行", None, None)
    line = logs._formatter().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["event"], said["request"], said["level"]) == ("坏了\n两行", request_id, "warning")
    structlog.contextvars.clear_contextvars()
