"""The file of a matter of legal aid (归档目录): which papers a closed one must hold, and which are there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mingbai.legalaid.rules.catalogue import rows_of

SIGNS = (
    "paper:aid_application",
    "paper:aid_grant",
    "paper:aid_first",
    "paper:aid_assignment",
    "report:closing",
)
"""What the system holds itself: a paper that it issued, a report that was written in it."""


@dataclass(frozen=True, slots=True)
class PartTerms:
    """`forms`, `sources`: where it is asked for; empty: everywhere. There by one of `signs`, or by a paper
    in whose name one of `words` stands.
    """

    code: str
    name: str
    source: str
    forms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    position: int = 100
    valid_from: date = date(2022, 1, 1)

    def row(self) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return {**asdict(self), **lists}


LISTS = ("forms", "sources", "signs", "words")

PARTS: tuple[PartTerms, ...] = tuple(
    PartTerms(**{**row, **{name: tuple(row[name].split()) for name in LISTS}})
    for row in rows_of("file_parts")
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: what it is, whether it is there, the rule it comes from; `place`: who ticked it
    by hand, when, and where it lies.
    """

    name: str
    is_there: bool
    source: str
    code: str = ""
    place: str = ""


def checklist(
    parts: Iterable[PartTerms],
    *,
    form: str,
    source: str,
    signs: set[str],
    names: Sequence[str],
    ticks: Mapping[str, str] | None = None,
) -> list[Line]:
    """The lines for a matter of this form and source, in the order of the parts.

    `signs`: what the system holds (SIGNS); `names`: of the papers that were handed in; `ticks`: code → where
    a paper lies that was ticked by hand.
    """
    by_hand = ticks or {}
    return [
        Line(
            part.name,
            part.code in by_hand or _is_there(part, signs, names),
            part.source,
            part.code,
            by_hand.get(part.code, ""),
        )
        for part in parts
        if (not part.forms or form in part.forms) and (not part.sources or source in part.sources)
    ]


def _is_there(part: PartTerms, signs: set[str], names: Sequence[str]) -> bool:
    return not signs.isdisjoint(part.signs) or any(word in name for word in part.words for name in names)


def missing(lines: Iterable[Line]) -> list[str]:
    return [line.name for line in lines if not line.is_there]
