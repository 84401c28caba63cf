"""Who may mediate a dispute, and what stands in the way: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mingbai.mediation.enums import Bar


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who mediates, as they stand to one dispute. `bars` in the order in which they are said."""

    worker: int
    code: str
    name: str
    committee: str
    running: int
    far: int
    last_at: datetime | None
    bars: tuple[Bar, ...] = ()

    @property
    def is_free(self) -> bool:
        return not self.bars


def rank(people: Sequence[Person]) -> list[Person]:
    """Who can is first: near, then with few in hand, then who has waited longest. The parties may choose
    otherwise (人民调解法 Art. 19): an order to begin with, no turn."""
    return sorted(
        people,
        key=lambda one: (
            not one.is_free,
            one.far,
            one.running,
            one.last_at.timestamp() if one.last_at else 0.0,
            one.code,
        ),
    )
