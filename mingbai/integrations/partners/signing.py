"""Signatures of webhooks: HMAC-SHA256 over time and body under a key with a name, so that keys can rotate."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

WINDOW = 300
"""Seconds that a signed request is good for; a repetition within it is known by its delivery number."""
KEY, TIME, SIGNATURE, DELIVERY = (
    "X-Mingbai-Key",
    "X-Mingbai-Timestamp",
    "X-Mingbai-Signature",
    "X-Mingbai-Delivery",
)


class BadSignature(Exception):
    """Forged, altered, old, or under a key that was retired."""


def sign(secret: str, stamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()


def headers(key: str, secret: str, stamp: int, body: bytes, delivery: str) -> dict[str, str]:
    return {
        KEY: key,
        TIME: str(stamp),
        SIGNATURE: f"v1={sign(secret, stamp, body)}",
        DELIVERY: delivery,
        "Content-Type": "application/json; charset=utf-8",
    }


def verify(secrets: Mapping[str, str], given: Mapping[str, str], body: bytes, now: float) -> None:
    """Raises BadSignature. `secrets`: the keys that are good, by name; header names as above."""
    stamp = given.get(TIME, "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now - int(stamp)) > WINDOW:
        raise BadSignature("old")
    secret = secrets.get(given.get(KEY, ""))
    if secret is None:
        raise BadSignature("unknown key")
    said = given.get(SIGNATURE, "").encode("utf-8", "replace")
    if not hmac.compare_digest(said, f"v1={sign(secret, int(stamp), body)}".encode()):
        raise BadSignature("signature")
