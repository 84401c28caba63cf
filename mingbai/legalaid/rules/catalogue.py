"""The catalogue of matters and groups that a new city starts with: 法律援助法 Arts. 24-33 and 42.

Read in the law's text (2021-08-20, in force 2022-01-01); a province's additions are rows of its own.
"""

import csv
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

_SINCE = date(2022, 1, 1)
LAW = "中华人民共和国法律援助法"


@dataclass(frozen=True, slots=True)
class MatterTerms:
    """`name` in the law's words, `plain` in a resident's."""

    code: str
    group: str
    name: str
    plain: str
    ground: str
    source: str
    position: int = 100
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class BelongingTerms:
    """`only_for`: codes of the matters where belonging counts; empty: everywhere. `paper`: what shows it."""

    code: str
    role: str
    name: str
    plain: str
    source: str
    only_for: tuple[str, ...] = ()
    paper: str = ""
    position: int = 100
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "only_for": list(self.only_for)}


@dataclass(frozen=True, slots=True)
class Line:
    """A province's line: `amount` yuan a month and head."""

    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that holds on one day in one place. `line` is None where nobody has entered the province's."""

    matters: tuple[MatterTerms, ...]
    belongings: tuple[BelongingTerms, ...] = ()
    line: Line | None = None
    by_code: dict[str, MatterTerms] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {each.code: each for each in self.matters})

    def belongings_of(self, role: str, matter: str) -> list[BelongingTerms]:
        """The groups that count for this matter, in their order."""
        return [
            each
            for each in self.belongings
            if each.role == role and (not each.only_for or matter in each.only_for)
        ]


_DATA = Path(__file__).parents[1] / "data"


def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of one of our own files, each with its position in its group."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "position": place * 10} for place, row in enumerate(csv.DictReader(file), start=1)]


MATTERS: tuple[MatterTerms, ...] = tuple(MatterTerms(**row) for row in rows_of("matters"))

BELONGINGS: tuple[BelongingTerms, ...] = tuple(
    BelongingTerms(**{**row, "only_for": tuple(row["only_for"].split())}) for row in rows_of("belongings")
)
