"""How an entry and a seal are hashed: pure, so that the proof can be repeated by anyone."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from mingbai.core.crypto import sm3

LEAVES_PER_SEAL = 5000
"""Bounds a seal's size, and how long its chains are locked."""

Leaf = tuple[str, int, str]
"""Chain name, number of its last entry, hash of that entry."""


class Recorded(Protocol):
    """What of an entry enters its hash in clear."""

    chain: str
    seq: int
    at: datetime
    actor: str
    actor_name: str
    verb: str
    place: str
    data: str


def canonical(data: Any) -> str:
    """JSON in one fixed spelling: the same value has the same text, thus the same hash."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def instant(at: datetime) -> str:
    """UTC with microseconds, the precision that both databases keep."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def fields_of(entry: Recorded) -> dict[str, Any]:
    return {
        "chain": entry.chain,
        "seq": entry.seq,
        "at": instant(entry.at),
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "place": entry.place,
        "data": entry.data,
    }


def entry_hash(prev: str, fields: Mapping[str, Any], sealed: bytes) -> str:
    """SM3 over the previous hash, every field, and the digest of the encrypted values.

    Only the digest of `sealed` enters, and it stays when the key that opens it is destroyed.
    """
    return sm3(f"{prev}\n{canonical(fields)}\n{sm3(sealed) if sealed else ''}".encode())


def seal_root(prev: str, at: datetime, leaves: Iterable[Leaf]) -> str:
    return sm3(f"{prev}\n{instant(at)}\n{canonical([list(leaf) for leaf in leaves])}".encode())
