"""The columns of a system as they are set; one record in their order; how records stand."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import NUMBER, THEIRS, FilingKind
from mingbai.filings.models import Filing, FilingCode, FilingField
from mingbai.filings.rules import Codebook, Column


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
    """One line of the page: their column, what we say there, theirs where they differ.

    `word`: how we say it ourselves, where a code stands for it; `is_missing`: the code is not known yet.
    """

    column: str
    ours: str
    theirs: str | None = None
    word: str = ""
    is_missing: bool = False


def shown(kind: FilingKind, about: str) -> tuple[Filing, list[Shown]]:
    """One record in that system's order, with what differs there."""
    filing, book = filing_of(kind.system, about), codebook(kind)
    ours = values_of(kind, about, book)
    theirs = json.loads(filing.theirs) if filing.theirs else {}
    rows = [
        Shown(
            column.name,
            ours.get(column.code, ""),
            theirs.get(column.code) if column.code in filing.differs else None,
            word=book.to_ours(column.code, ours.get(column.code, "")) if column.code in book.words else "",
            is_missing=book.is_missing(column.code, ours.get(column.code, "")),
        )
        for column in columns_of(kind)
    ]
    return filing, rows


def codebook(kind: FilingKind, day: date | None = None) -> Codebook:
    """The codes that hold on that day (today); one query and those of the vocabularies."""
    day = day or timezone.localdate()
    rows = FilingCode.objects.valid_on(day).filter(system=kind.system).order_by("valid_from")
    codes = {(field, own): code for field, own, code in rows.values_list("field", "own", "code")}
    return Codebook(kind.words(), codes)


def values_of(kind: FilingKind, about: str, book: Codebook | None = None) -> dict[str, str]:
    """What we say in every field, in their codes where they are known, with both numbers."""
    book = book or codebook(kind)
    values = {field: book.to_theirs(field, word) for field, word in kind.values_of(about).items()}
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
