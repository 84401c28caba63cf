"""What a new city starts with: the periods of mediation and the numbers of a committee, with their sources.

A period's `stage` is where its clock runs, or its own code where it runs beside the stages. Sources that name
no days, or were not read in full, say so.
"""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mingbai.cases.rules.seeds import DeadlineTerms

_SINCE = date(2017, 1, 1)


@dataclass(frozen=True, slots=True)
class NumberTerms:
    """A row of CommitteeRule."""

    code: str
    amount: int
    source: str
    valid_from: date = date(2011, 1, 1)

    def row(self) -> dict[str, Any]:
        return asdict(self)


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parents[1] / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PERIODS: tuple[DeadlineTerms, ...] = tuple(
    DeadlineTerms(
        code=row["code"],
        name=row["name"],
        starts_on="stage",
        stops_on=row["stops_on"],
        amount=int(row["amount"]),
        unit=row["unit"],
        source=row["source"],
        kind="mediation",
        stage=row["stage"],
        strength=row["strength"],
        pauses=False,
        valid_from=_SINCE,
    )
    for row in _rows("periods")
)

NUMBERS: tuple[NumberTerms, ...] = tuple(
    NumberTerms(row["code"], int(row["amount"]), row["source"]) for row in _rows("numbers")
)
