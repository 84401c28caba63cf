"""Sets over an address of theirs: ours are posted signed, theirs are fetched after the last one we took."""

import json
import time
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.integrations.http import get, post
from mingbai.integrations.models import Endpoint, RecordSet, SetState
from mingbai.integrations.partners.enums import Direction
from mingbai.integrations.partners.queries import good_secrets
from mingbai.integrations.partners.signing import headers
from mingbai.integrations.records.rules import Packed, noted
from mingbai.notices.transports import Undeliverable, Unsure

Take = Callable[[Packed], RecordSet]


def _signed(endpoint: Endpoint, body: bytes, number: str) -> dict[str, str]:
    secrets = good_secrets(endpoint)
    if not secrets:
        raise Undeliverable("no signing key")
    name = list(secrets)[-1]
    return headers(name, secrets[name], int(time.time()), body, number)


def post_set(endpoint: Endpoint, packed: Packed) -> None:
    """Arrived only when they name it back. Raises OSError, Unsure, Undeliverable."""
    said = {"note": json.loads(packed.note), "table": b64encode(packed.table).decode()}
    body = json.dumps(said, ensure_ascii=False).encode()
    answer = post(endpoint.url, body, _signed(endpoint, body, packed.number))
    told = answer.json()
    if not (200 <= answer.status < 300 and isinstance(told, dict) and told.get("received") == packed.number):
        raise Unsure(f"HTTP {answer.status}, no receipt")


def fetch(endpoint: Endpoint, take: Take) -> list[tuple[str, RecordSet | Refused]]:
    """Take what they have for us. Raises OSError, Unsure, Undeliverable; nonsense is Unsure."""
    taken = RecordSet.objects.filter(system=endpoint.code, direction=Direction.IN, state=SetState.TAKEN)
    last = taken.order_by("-id").values_list("number", flat=True).first() or ""
    query = urlencode({"after": last})
    answer = get(f"{endpoint.url}?{query}", _signed(endpoint, query.encode(), last or "first"))
    told = answer.json()
    if answer.status != 200 or not isinstance(told, dict) or not isinstance(told.get("sets"), list):
        raise Unsure(f"HTTP {answer.status}, no sets in the answer")
    return [_one(take, one) for one in told["sets"][:50]]


def _one(take: Take, one: Any) -> tuple[str, RecordSet | Refused]:
    number = ""
    try:
        note = json.dumps(one["note"], ensure_ascii=False).encode()
        number = str(noted(note)["set"])
        came = Packed(number, b64decode(one["table"], validate=True), note)
        return number, take(came)
    except Refused as refused:
        return number, refused
    except (KeyError, TypeError, BadBase64, ValueError):
        return number, Refused(_("这批不完整或改过，一条也没有收。请对方重发。"), code="broken_set")
