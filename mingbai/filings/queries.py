"""The columns of a system as they are set; one record in their order; how records stand."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import NUMBER, THEIRS, FilingKind
from mingbai.filings.models import Filing, FilingField
from mingbai.filings.rules import Column


def columns_of(kind: FilingKind) -> list[Column]:
    """As somebody has set them, in that order; fields nobody set keep our label and come after. One query."""
    rows = list(FilingField.objects.filter(system=kind.system).order_by("position", "code"))
    known = {row.code for row in rows}
    found = [Column(row.code, row.column) for row in rows if row.is_used and row.code in kind.fields]
    return found + [Column(code, str(label)) for code, label in kind.fields.items() if code not in known]


def filing_of(system: str, about: str) -> Filing:
    """As it stands; one that was never sent is not kept yet."""
    found = Filing.objects.filter(system=system, about=about).first()
    return found or Filing(system=system, about=about)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the page: their column, our words, theirs where they differ."""

    column: str
    ours: str
    theirs: str | None = None


def shown(kind: FilingKind, about: str) -> tuple[Filing, list[Shown]]:
    """One record in that system's order, with what differs there."""
    filing, ours = filing_of(kind.system, about), values_of(kind, about)
    theirs = json.loads(filing.theirs) if filing.theirs else {}
    rows = [
        Shown(
            column.name,
            ours.get(column.code, ""),
            theirs.get(column.code) if column.code in filing.differs else None,
        )
        for column in columns_of(kind)
    ]
    return filing, rows


def values_of(kind: FilingKind, about: str) -> dict[str, str]:
    """Our words for every field, with both numbers."""
    values = dict(kind.values_of(about))
    values.setdefault(NUMBER, about.removeprefix("case:"))
    values[THEIRS] = filing_of(kind.system, about).number
    return values


def unsent(kind: FilingKind, abouts: Collection[str], state: str = "") -> Iterator[str]:
    """Of these matters, those that stand so (default: never sent, or changed since)."""
    rows = dict(
        Filing.objects.filter(system=kind.system, about__in=abouts)
        .order_by("pk")
        .values_list("about", "state")
    )
    wished = {state} if state else {FilingState.NOT_SENT, FilingState.DIFFERS}
    return (about for about in abouts if rows.get(about, FilingState.NOT_SENT) in wished)
