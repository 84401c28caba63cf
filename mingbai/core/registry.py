"""Registry: a list filled at start-up by the layers above, so that the layer below can call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Items by stable code, in the order they were registered; `freeze()` ends the start-up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}
        self._frozen = False

    def register(self, code: str, item: T) -> T:
        """Add an item and return it. A second item of the same code is a programmer's error."""
        if self._frozen:
            raise RuntimeError(f"{self.name}: {code!r} registered after start-up")
        if code in self._items:
            raise ValueError(f"{self.name}: {code!r} is registered twice")
        self._items[code] = item
        return item

    def freeze(self) -> None:
        self._frozen = True

    def get(self, code: str) -> T:
        """Return the item; `KeyError` names the registry and the code."""
        try:
            return self._items[code]
        except KeyError:
            raise KeyError(f"{self.name}: no {code!r}") from None

    def items(self) -> list[tuple[str, T]]:
        return list(self._items.items())

    def codes(self) -> list[str]:
        return list(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._items.values()))

    def __contains__(self, code: object) -> bool:
        return code in self._items

    def __len__(self) -> int:
        return len(self._items)
