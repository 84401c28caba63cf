"""A phone without a browser: closes forms as kept.js does, and sends them."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT, encode_multipart

from mingbai.core.box import close
from mingbai.core.crypto import keyring

BOUNDARY = "BoUnDaRyStRiNg"


def new_id() -> str:
    return secrets.token_hex(16)


def boxed(key: str, url: str, who: Any, fields: Mapping[str, Any], house: bytes = b"") -> bytes:
    """The box of a filled-in form; `house`: the public key that the page gave."""
    head = json.dumps({"url": url, "who": str(who), "type": MULTIPART_CONTENT})
    body = encode_multipart(BOUNDARY, {**fields, "key": key})
    return close(house or keyring().box_key(), head.encode() + b"\n" + body, what=key)


def sent(client: Client, *boxes: tuple[str, bytes]) -> dict[str, Any]:
    """What the house says of each."""
    files = [SimpleUploadedFile(key, box) for key, box in boxes]
    answer = client.post("/kept/send/", {"box": files})
    assert answer.status_code == 200, answer.content
    return dict(answer.json()["rows"])
