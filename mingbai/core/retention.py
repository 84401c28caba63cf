"""How long each class of personal values is kept, on what ground, and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mingbai.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Retention:
    """A model's PERSONAL names the class of each field. Either `forget` runs by itself once a day, or a
    person decides (`command`): archives are destroyed after appraisal only (档案法)."""

    code: str
    kept: str
    source: str
    forget: Callable[[datetime], int] | None = None
    command: str = ""


RETENTION: Registry[Retention] = Registry("retention")


def forget_all(now: datetime) -> int:
    """Destroy what is kept for longer than its class allows and needs no appraisal; return how many rows."""
    return sum(one.forget(now) for one in RETENTION if one.forget)
