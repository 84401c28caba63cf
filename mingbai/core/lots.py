"""Drawing by lot, so that anybody can repeat it: the seed and the keys give the same order on any machine."""

from collections.abc import Iterable
from hashlib import sha256


def by_lot(keys: Iterable[str], seed: str) -> list[str]:
    """Every key once, in the order of the lot; whoever wants n of them takes the first n.

    Each has its place by the hash of seed and key, whatever the order they come in. Nobody who does not know
    the seed can tell who will be first, and nobody who knows it can be choosy afterwards.
    """
    return sorted(set(keys), key=lambda key: (sha256(f"{seed}:{key}".encode()).digest(), key))
