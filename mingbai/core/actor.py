"""Actor: who does something, in the same shape for people, partners, residents and the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["user", "partner", "resident", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Every action takes one as `by`; the journal keeps `code` and `name` as text."""

    kind: ActorKind
    id: str
    name: str
    user: object | None = field(default=None, compare=False, repr=False)

    @property
    def code(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("system", "", "系统")
RESIDENT = Actor("resident", "", "群众")
