"""A WeChat platform for tests and the demo: followers write through it to us, and we through it to them.

Both directions as the platform does it: signed (and encrypted) XML to our address with a retry after five
seconds without an answer, and the API for token, messages, media and menu with its error codes.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mingbai.integrations.fakes import Asked, FakeServer
from mingbai.integrations.wechat.crypto import Envelope, signature
from mingbai.integrations.wechat.xml import compose, parse

ACCOUNT = "gh_mingbai"


@dataclass
class FakeWeChat:
    token: str = "pamtest"
    aes_key: str = ""
    app_id: str = "wxb11529c136998cb6"
    faults: list[int | bytes] = field(default_factory=list)
    """Answered first, one a call of the API: an errcode, or a whole body."""
    told: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    menu: dict[str, Any] = field(default_factory=dict)
    access_tokens: list[str] = field(default_factory=list)
    url: str = ""
    _number: int = 24_000_000_000

    # ── to us ──

    def message(self, openid: str, at: int, **fields: str) -> bytes:
        """The XML of a message or event from a follower; texts unless told otherwise."""
        self._number += 1
        head: dict[str, str | int] = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": at}
        kind = {"MsgType": "text"} | fields
        number = {} if kind["MsgType"] == "event" else {"MsgId": self._number}
        return compose(head | kind | number).encode()

    def signed(self, body: bytes, at: int, nonce: str = "") -> tuple[dict[str, str], bytes]:
        """Query and body as they are sent: encrypted where the account has a key."""
        nonce = nonce or secrets.token_hex(5)
        query = {
            "signature": signature(self.token, str(at), nonce),
            "timestamp": str(at),
            "nonce": nonce,
        }
        if not self.aes_key:
            return query, body
        sealed = self._envelope.close(body.decode())
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(self.token, str(at), nonce, sealed),
        }
        return query, compose({"ToUserName": ACCOUNT, "Encrypt": sealed}).encode()

    def heard(self, body: bytes) -> str:
        """The words of our answer; the platform refuses one that it cannot open."""
        if body in (b"", b"success"):
            return ""
        fields = parse(body)
        if self.aes_key:
            expected = signature(self.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if expected != fields["MsgSignature"]:
                raise ValueError("our answer is not signed")
            fields = parse(self._envelope.open(fields["Encrypt"]).encode())
        return fields["Content"]

    @property
    def _envelope(self) -> Envelope:
        return Envelope(self.token, self.aes_key, self.app_id)

    # ── the API ──

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/cgi-bin/token":
            self.access_tokens.append(secrets.token_hex(8))
            return 200, json.dumps({"access_token": self.access_tokens[-1], "expires_in": 7200}).encode()
        if query.get("access_token") not in self.access_tokens[-1:]:
            return 200, b'{"errcode": 40001, "errmsg": "invalid credential"}'
        if self.faults:
            fault = self.faults.pop(0)
            return 200, fault if isinstance(fault, bytes) else json.dumps({"errcode": fault}).encode()
        if parts.path == "/cgi-bin/media/get":
            return 200, self.media.get(query["media_id"], b'{"errcode": 40007}')
        content = json.loads(asked.body)
        if parts.path == "/cgi-bin/menu/create":
            self.menu = content
        else:
            self.told.append({"path": parts.path, **content})
        return 200, b'{"errcode": 0, "errmsg": "ok"}'

    @contextmanager
    def running(self) -> Iterator["FakeWeChat"]:
        with FakeServer(self.answer) as server:
            self.url = server.url
            yield self
