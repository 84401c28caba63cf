"""What carries the master key: wrapped data keys and blind indexes, found in the models themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models, transaction

from mingbai.core.crypto import DamagedValue, keyed_hash, rewrapped
from mingbai.core.registry import Registry

STEP = 200
"""Rows of one transaction: intake waits for no more than these."""

ELSEWHERE: Registry[Callable[[], int]] = Registry("rewrapping")
"""Keys that are in no column of their own; each function brings all to the newest key and counts them."""


@dataclass(slots=True)
class Tally:
    """Rows looked at, brought to the newest key, and those whose key no key of ours opens (table and row)."""

    seen: int = 0
    changed: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Holder:
    """A model with wrapped keys, blind indexes, or both."""

    model: type[models.Model]

    @cached_property
    def keys(self) -> list[str]:
        return [
            each.name
            for each in self.model._meta.concrete_fields
            if isinstance(each, models.BinaryField) and (each.name == "key" or each.name.endswith("_key"))
        ]

    @property
    def blind(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = getattr(self.model, "BLIND", {})
        return found

    def rows(self, after: Any) -> list[Any]:
        found = self.model._default_manager.order_by("pk")
        if after is not None:
            found = found.filter(pk__gt=after)
        if self.blind and "key" not in self.keys:
            found = found.select_related("case")  # its key is the matter's
        return list(found[:STEP])

    def new_values(self, row: Any, *, thorough: bool) -> dict[str, Any]:
        """What must change in this row; {} when it is under the newest key. Raises DamagedValue."""
        found: dict[str, Any] = {}
        for name in self.keys:
            old = bytes(getattr(row, name) or b"")
            if old and (new := rewrapped(old)) != old:
                found[name] = new
        # An index is made together with its key, or remade together: where the key is new, so is the index.
        if self.blind and (found or thorough or "key" not in self.keys):
            found |= self._new_hashes(row)
        return found

    def _new_hashes(self, row: Any) -> dict[str, str]:
        found = {}
        for column, (attribute, what) in self.blind.items():
            old, text = getattr(row, column), getattr(row, attribute)
            if not old or not text:
                continue
            every = keyed_hash(text, what=what).every
            # What neither key explains was made of another spelling: it is no index of this value.
            if old != every[0] and old in every:
                found[column] = every[0]
        return found


def holders() -> list[Holder]:
    """All models of the house that carry the master key, by name."""
    own = [Holder(model) for model in apps.get_models() if model.__module__.startswith("mingbai.")]
    return sorted((one for one in own if one.keys or one.blind), key=lambda one: one.model._meta.label)


def rewrap_all(*, thorough: bool = False) -> Iterator[tuple[str, Tally]]:
    """Bring every row to the newest key, table by table, STEP rows at a time; gives what is done so far.

    May be killed and begun again at any time: a row that is new already is left as it is. `thorough` also
    makes the indexes of those again.
    """
    for holder in holders():
        tally, after = Tally(), None
        while rows := holder.rows(after):
            _step(holder, rows, tally, thorough=thorough)
            after = rows[-1].pk
            yield holder.model._meta.label, tally
    for name, bring in ELSEWHERE.items():
        yield name, Tally(changed=bring())


@transaction.atomic
def _step(holder: Holder, rows: list[Any], tally: Tally, *, thorough: bool) -> None:
    for row in rows:
        tally.seen += 1
        try:
            new = holder.new_values(row, thorough=thorough)
        except DamagedValue:
            tally.damaged.append(f"{holder.model._meta.label} {row.pk}")
            continue
        if new:
            # Only what nobody changed meanwhile: an erased key must not come back. The rest comes next round.
            as_read = {name: getattr(row, name) for name in new}
            same = holder.model._default_manager.filter(pk=row.pk, **_exactly(as_read))
            tally.changed += same.update(**new)


def _exactly(values: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(old) if isinstance(old, memoryview) else old for name, old in values.items()}
