"""Which of the dated backups of a folder are kept: the newest of each day, week and month."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

_NAME = re.compile(r"mingbai-(\d{8}-\d{6})\.backup")


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months, each with its newest backup; a day without one does not count."""

    days: int = 7
    weeks: int = 4
    months: int = 12


def dated_name(at: datetime) -> str:
    """`at` in local time, as the operator reads it in the folder."""
    return f"mingbai-{at:%Y%m%d-%H%M%S}.backup"


def date_of(name: str) -> datetime | None:
    """When a file of the folder was made, by its name; None for what is not ours."""
    found = _NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S") if found else None  # noqa: DTZ007
    except ValueError:
        return None


def to_remove(names: Iterable[str], keep: Keep) -> list[str]:
    """The dated names that no rule keeps, oldest first. Other names are never among them."""
    dated = sorted(((at, name) for name in names if (at := date_of(name))), reverse=True)
    kept: set[str] = set()
    for most, period in _periods(keep):
        kept |= _newest_of_each(dated, most, period)
    return [name for _at, name in reversed(dated) if name not in kept]


def _periods(keep: Keep) -> list[tuple[int, Callable[[datetime], Hashable]]]:
    return [
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    ]


def _newest_of_each(
    newest_first: list[tuple[datetime, str]], most: int, period: Callable[[datetime], Hashable]
) -> set[str]:
    found: dict[Hashable, str] = {}
    for at, name in newest_first:
        if len(found) == most and period(at) not in found:
            break
        found.setdefault(period(at), name)
    return set(found.values())
