"""What a partner sends, and how its answers are read."""

import json
from typing import Any

from django.test import Client

from tests.cases.factories import VILLAGE

CASES = "/api/v1/cases"
TEXT = "老板三个月没发工资，怎么要回来？"
PHONE = "13812345678"


def body(**changes: Any) -> dict[str, Any]:
    return {"region": VILLAGE, "text": TEXT, "name": "赵福山", "phone": PHONE, **changes}


def post(
    client: Client, url: str = CASES, /, *, headers: dict[str, str] | None = None, **changes: Any
) -> Any:
    """A matter with these changes of its usual fields; to another address exactly these fields."""
    sent = body(**changes) if url == CASES else changes
    return client.post(url, json.dumps(sent), content_type="application/json", headers=headers)


def open_one(client: Client, **changes: Any) -> str:
    """Hand one over; its number."""
    answer = post(client, **changes)
    assert answer.status_code == 201, answer.content.decode()
    return str(answer.json()["number"])


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must be whole."""
    assert answer.status_code == status, answer.content.decode()[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = dict(answer.json())
    assert told["code"] == code and told["status"] == status and told["title"] and told["detail"]
    assert told["type"] == f"/api/v1/docs#{code}"
    return told
