"""The OpenAPI document holds: the API does what it says, and says what it does."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import booleans
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.api.calls import open_one

OPERATIONS = {
    ("POST", "/api/v1/cases"),
    ("POST", "/api/v1/calls/expected"),
    ("GET", "/api/v1/cases/{number}"),
    ("POST", "/api/v1/cases/{number}/messages"),
    ("POST", "/api/v1/cases/{number}/withdraw"),
    ("POST", "/api/v1/orders"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/{number}"),
    ("POST", "/api/v1/orders/{number}/events"),
    ("GET", "/api/v1/regions"),
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/stations"),
}


def test_the_document_names_every_operation(db: None):
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    found = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert found == OPERATIONS
    problems = document["paths"]["/api/v1/cases"]["post"]["responses"]
    assert {"200", "201", "400", "401", "409", "413", "422", "503"} <= set(problems)
    assert list(problems["422"]["content"]) == ["application/problem+json"]


def test_the_page_for_people_shows_them_all(db: None):
    page = Client().get("/api/v1/docs").content.decode()
    assert all(path in page for _, path in OPERATIONS)


@pytest.fixture
def house() -> Iterator[Callable[..., Iterable[bytes]]]:
    """The application itself; like Django's own test client it leaves the test's connection open."""
    application = WSGIHandler()
    endings = (request_started, request_finished)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        for ending in endings:  # each time: the test client connects them again
            ending.disconnect(close_old_connections)
        return application(environ, start_response)

    yield answer
    for ending in endings:
        ending.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_the_api_holds_to_its_document(method: str, path: str, house: Callable[..., Any], key: str):
    """Random input by the document, good and bad; every check of the tool."""
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house)
    known = open_one(Client(headers={"Authorization": f"Bearer {key}"}))

    @given(case=document[path][method].as_strategy(), hits=booleans())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @seed(20261124)
    def holds(case: schemathesis.Case, hits: bool) -> None:
        if hits and "number" in case.path_parameters:
            case.path_parameters["number"] = known
        headers = {"Authorization": f"Bearer {key}"} if "/cases" in path else {}
        answer = case.call(headers=headers)
        # What no schema can say (check digits, regions that exist, control characters) is refused by a rule.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance], headers=headers)
        if answer.status_code == 422 and case.meta and case.meta.generation.mode.is_positive:
            assert answer.json()["code"] != "invalid", "good by the document, but not by the shapes"

    holds()
