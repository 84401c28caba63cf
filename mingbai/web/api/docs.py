"""The API's page for people: made from the OpenAPI document, in our own look, without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingbai.web.access import public
from mingbai.web.api.api import api


@dataclass(frozen=True)
class Row:
    """One field or parameter."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    text: str
    parameters: list[Row]
    body: list[Row]
    answers: list[str]


@public
def docs(request: HttpRequest) -> HttpResponse:
    """What can be called, with which fields, and what comes back."""
    schema: dict[str, Any] = api.get_openapi_schema()
    return render(request, "api/docs.html", {"operations": list(_operations(schema)), "info": schema["info"]})


def _operations(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, spec in methods.items():
            yield Operation(
                method.upper(),
                path,
                spec.get("description", spec.get("summary", "")),
                [
                    Row(each["name"], _kind(each["schema"]), each.get("required", False))
                    for each in spec.get("parameters", [])
                ],
                list(_body(schema, spec)),
                [str(status) for status in spec["responses"]],
            )


def _body(schema: dict[str, Any], spec: dict[str, Any]) -> Iterator[Row]:
    content = spec.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return
    shape = schema["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    for name, field in shape["properties"].items():
        yield Row(name, _kind(field), name in shape.get("required", []))


def _kind(field: dict[str, Any]) -> str:
    kinds = [each for each in field.get("anyOf", [field]) if each.get("type") != "null"]
    return " / ".join(each.get("format") or each.get("type", "") for each in kinds)
