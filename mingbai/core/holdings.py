"""What the house holds of a person: every model with personal fields says how its rows are found and end.

A model's HELD stands beside its PERSONAL. Copy, erasure and retention walk this one list; a test fails for a
model with personal fields that is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from mingbai.core.crypto import keyed_hash
from mingbai.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as they are found: their rows, their matters (keys and chains of history), and telephones that
    nobody else has: a family's telephone says nothing about which of them came."""

    people: frozenset[int]
    matters: frozenset[int]
    chains: frozenset[str]
    phones: frozenset[str]


NOBODY = Subject(frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Held:
    """`people`, `matters`, `chains`: the lookups (a blank between) by which rows belong to a Subject;
    `phones`: for what its `phone_hash` is hashed; `words`: a text of chains with a blank around each.

    `told`: attributes that stand in a copy; `own`: the row has a key of its own and is destroyed by itself,
    else it ends with the matter's or person's key; `why_not`: no resident's rows.
    """

    title: Any = ""
    people: str = ""
    matters: str = ""
    chains: str = ""
    phones: str = ""
    words: str = ""
    told: tuple[str, ...] = ()
    own: bool = False
    why_not: str = ""

    def finds(self, subject: Subject) -> Q:
        found = Q(pk__in=[])
        for lookups, values in (
            (self.people, subject.people),
            (self.matters, subject.matters),
            (self.chains, subject.chains),
        ):
            for lookup in lookups.split():
                found |= Q(**{f"{lookup}__in": sorted(values, key=str)})
        if self.words:
            for chain in sorted(subject.chains):
                found |= Q(**{f"{self.words}__contains": f" {chain} "})
        if self.phones:
            hashes = (keyed_hash(phone, what=self.phones) for phone in sorted(subject.phones))
            found |= Q(phone_hash__in=[one for each in hashes for one in each.every])
        return found


@dataclass(frozen=True, slots=True)
class Holding:
    """One model that holds something of residents."""

    model: type[models.Model]
    held: Held

    def of(self, subject: Subject) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.held.finds(subject)).order_by("pk").distinct()


def holdings() -> list[Holding]:
    """Every model that holds something of residents, by name."""
    found = [
        Holding(model, held)
        for model in apps.get_models()
        if (held := getattr(model, "HELD", None)) and not held.why_not
    ]
    return sorted(found, key=lambda one: one.model._meta.label)


HOLDS: Registry[Callable[[], Subject]] = Registry("holds")
"""Who names what may not be destroyed now: matters under a legal hold, and all that belongs to them."""


def free(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of rows that are old enough to be destroyed, those on which no legal hold stands."""
    for holds in HOLDS:
        if (subject := holds()) != NOBODY:
            rows = rows.exclude(rows.model.HELD.finds(subject))
    return rows


def destroy(rows: QuerySet[Any]) -> int:
    """Empty every personal field of these rows, and their key; figures and proofs stay."""
    model = rows.model
    emptied: dict[str, Any] = {"key": b""}
    for name in model.PERSONAL:
        field = model._meta.get_field(name)
        emptied[name] = None if field.null else b"" if isinstance(field, models.BinaryField) else ""
    ids = list(rows.exclude(key=b"").values_list("pk", flat=True))
    return int(model._default_manager.filter(pk__in=ids).update(**emptied))


def destroy_all(subject: Subject) -> dict[str, int]:
    """Destroy what has a key of its own; what stands under the person's or matter's key goes with that.

    Returns how many rows by model, of those that had any.
    """
    counts = {one.model._meta.label: destroy(one.of(subject)) for one in holdings() if one.held.own}
    return {label: count for label, count in counts.items() if count}


def told(subject: Subject, leave_out: Iterable[str] = ()) -> list[tuple[Any, list[list[str]]]]:
    """Everything for a copy: title and rows of values in clear, empty ones left out."""
    left = frozenset(leave_out)
    found = []
    for one in holdings():
        if not one.held.told or one.model._meta.label in left:
            continue
        rows = [[str(getattr(row, name)) for name in one.held.told] for row in one.of(subject)]
        if rows := [row for row in rows if any(row)]:
            found.append((one.held.title, rows))
    return found
