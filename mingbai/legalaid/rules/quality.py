"""The quality review of a closed matter (质量评估): a sheet with points, a grade, who may not review."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.legalaid.enums import ReviewBar
from mingbai.legalaid.rules.catalogue import rows_of
from mingbai.subsidies.enums import Grade

_SINCE = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class CriterionTerms:
    """One line of the sheet: up to `most` points for it; `hint` says what earns them."""

    code: str
    name: str
    most: int
    hint: str
    source: str
    position: int = 100
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class GradeTerms:
    """From `least` percent of the points on, a matter has this grade; below the lowest it has failed."""

    grade: str
    least: int
    source: str
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return asdict(self)


CRITERIA: tuple[CriterionTerms, ...] = tuple(
    CriterionTerms(**{**row, "most": int(row["most"])}) for row in rows_of("criteria")
)
GRADES: tuple[GradeTerms, ...] = tuple(
    GradeTerms(row["grade"], int(row["least"]), row["source"]) for row in rows_of("grade_lines")
)


def scored(criteria: Iterable[CriterionTerms], points: Mapping[str, int]) -> list[dict[str, Any]]:
    """The sheet as it is kept: [{"code", "name", "most", "points"}], every line of it.

    Raises Refused "empty_sheet", "bad_points" for the field of the line.
    """
    rows = list(criteria)
    if not rows:
        do = _("请先在“设置”的法律援助条件里登记评估项目。")
        raise Refused(_("还没有评估项目。"), code="empty_sheet", do=do)
    for row in rows:
        value = points.get(row.code)
        if value is None or isinstance(value, bool) or not 0 <= value <= row.most:
            text = _("“%(name)s”请填 0 到 %(most)d 分。") % {"name": row.name, "most": row.most}
            raise Refused(text, code="bad_points", field=f"points_{row.code}")
    return [{"code": r.code, "name": r.name, "most": r.most, "points": points[r.code]} for r in rows]


def grade_of(sheet: Sequence[Mapping[str, Any]], lines: Iterable[GradeTerms]) -> Grade:
    """By the percent of all points, exactly: 89.9 % is not 90 %."""
    points, most = sum(row["points"] for row in sheet), sum(row["most"] for row in sheet)
    reached = [line for line in lines if points * 100 >= line.least * most]
    best = max(reached, key=lambda line: line.least, default=None)
    return Grade(best.grade) if best else Grade.FAILED


@dataclass(frozen=True, slots=True)
class Person:
    """Who could review, or who worked the matter. `firm` 0: none."""

    worker: int
    firm: int


def bars_of(reviewer: Person, lawyers: Iterable[Person]) -> list[ReviewBar]:
    """Why somebody may not review a matter; `lawyers`: everybody who ever worked it."""
    found = []
    for one in lawyers:
        if one.worker == reviewer.worker:
            found.append(ReviewBar.WORKED)
        elif one.firm and one.firm == reviewer.firm:
            found.append(ReviewBar.SAME_FIRM)
    return sorted(set(found))
