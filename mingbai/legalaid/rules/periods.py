"""The periods of legal aid as rows of the trunk's rules of time: each with its source, editable from then on.

A row's `stage` is where its clock runs, or its own code where it runs beside the stages. Sources that name no
days, or were not read in full, say so.
"""

from datetime import date

from mingbai.cases.rules.seeds import DeadlineTerms
from mingbai.legalaid.rules.catalogue import rows_of

_SINCE = date(2022, 1, 1)

PERIODS: tuple[DeadlineTerms, ...] = tuple(
    DeadlineTerms(
        code=row["code"],
        name=row["name"],
        starts_on="stage",
        stops_on=row["stops_on"],
        amount=int(row["amount"]),
        unit=row["unit"],
        source=row["source"],
        kind="legal_aid",
        stage=row["stage"],
        strength=row["strength"],
        end_moves=row["unit"] != "hour",
        pauses=False,
        valid_from=_SINCE,
    )
    for row in rows_of("periods")
)
