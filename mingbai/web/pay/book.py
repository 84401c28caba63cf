"""The sheet and the budget as XLSX: amounts are numbers, names are text that no formula hides in."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from mingbai.subsidies.enums import Grade, Work
from mingbai.subsidies.models import Piece, Sheet
from mingbai.subsidies.queries import Need, rows_of
from mingbai.web.exports import harmless
from mingbai.web.pay.rows import work_of

Row = Sequence[str | int | Decimal | None]


_FIELDS = (
    "worker__code", "worker__name", "worker__organisation__name", "work", "stage", "area", "done_on",
    "corrects", "rate__fee", "rate__direct", "grade", "share", "extra", "is_public_post", "amount",
    "rate__source",
)  # fmt: skip
"""Read as plain values: a sheet may have ten thousand rows."""


def sheet_book(sheet: Sheet) -> bytes:
    """Two tables: by person, and piece by piece with what each was reckoned from."""
    by_person: dict[str, list[Any]] = {}
    pieces: list[Row] = []
    label, grade = lru_cache(_label), lru_cache(_grade)
    for number, values in enumerate(rows_of(sheet).values_list(*_FIELDS), start=1):
        code, name, firm, work, stage, area, done_on, corrects, *money = values
        fee, direct, mark, share, extra, public, amount, source = money
        person = by_person.setdefault(code, [name, firm, 0, Decimal(0)])
        person[2] += not corrects
        person[3] += amount
        pieces.append(
            [
                number, code, name, firm, label(work, stage, area, bool(corrects)),
                done_on.isoformat(), fee, direct, grade(mark), share, extra or None,
                _("是") if public else None, amount, source,
            ]
        )  # fmt: skip
    people: list[Row] = [[code, *values] for code, values in by_person.items()]
    people.append([_("合计"), None, None, sum(row[2] for row in by_person.values()), sheet.total])
    return _book(
        (_("按人"), (_("编号"), _("姓名"), _("机构"), _("件数"), _("金额（元）")), people),
        (_("明细"), _columns(), pieces),
    )


def _label(work: str, stage: str, area: str, corrects: bool) -> str:
    return work_of(Piece(work=work, stage=stage, area=area, corrects_id=1 if corrects else None))


def _grade(grade: str) -> str | None:
    return str(Grade(grade).label) if grade else None


def _columns() -> tuple[str, ...]:
    return (
        _("序号"), _("编号"), _("姓名"), _("机构"), _("工作"), _("完成日期"), _("劳务费标准"), _("直接费用"),
        _("质量"), _("完成%"), _("增加人数"), _("公职"), _("金额（元）"), _("依据"),
    )  # fmt: skip


def budget_book(year: int, needs: Sequence[Need]) -> bytes:
    """What the year cost by sort of work, as the need of the next at the same volume."""
    rows: list[Row] = [
        [str(Work(one.work).label), one.count, one.each.quantize(Decimal("0.01")), one.amount]
        for one in needs
    ]
    rows.append(
        [_("合计"), sum(one.count for one in needs), None, sum((n.amount for n in needs), Decimal(0))]
    )
    columns = (
        _("工作"),
        _("%(year)d 年件数") % {"year": year},
        _("平均（元）"),
        _("%(year)d 年需要（元）") % {"year": year + 1},
    )
    return _book((_("预算"), columns, rows))


def _book(*tables: tuple[str, Sequence[str], Iterable[Row]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, columns, rows in tables:
        sheet = book.create_sheet(title)
        sheet.append(list(columns))
        for row in rows:
            sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
