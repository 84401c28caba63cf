"""The sheet and the budget as XLSX: amounts are numbers, names are text that no formula hides in."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from mingbai.subsidies.enums import Work
from mingbai.subsidies.models import Piece, Sheet
from mingbai.subsidies.queries import Need, rows_of
from mingbai.web.desk.files import disposition
from mingbai.web.exports import harmless
from mingbai.web.pay.rows import work_of

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[str | int | Decimal | date | None]


def sheet_book(sheet: Sheet) -> bytes:
    """Two tables: by person, and piece by piece with what each was reckoned from."""
    by_person: dict[str, list[Any]] = {}
    pieces: list[Row] = []
    for number, one in enumerate(rows_of(sheet).iterator(chunk_size=2000), start=1):
        firm = one.worker.organisation.name if one.worker.organisation else ""
        person = by_person.setdefault(one.worker.code, [one.worker.name, firm, 0, Decimal(0)])
        person[2] += 1
        person[3] += one.amount
        pieces.append(_piece_row(number, one, firm))
    people: list[Row] = [[code, *values] for code, values in by_person.items()]
    people.append([_("合计"), "", "", sheet.count, sheet.total])
    return _book(
        (_("按人"), (_("编号"), _("姓名"), _("机构"), _("件数"), _("金额（元）")), people),
        (_("明细"), _columns(), pieces),
    )


def _columns() -> tuple[str, ...]:
    return (
        _("序号"), _("编号"), _("姓名"), _("机构"), _("工作"), _("完成日期"), _("劳务费标准"), _("直接费用"),
        _("质量"), _("完成%"), _("增加人数"), _("公职"), _("金额（元）"), _("依据"),
    )  # fmt: skip


def _piece_row(number: int, one: Piece, firm: str) -> Row:
    rate = one.rate
    return [
        number,
        one.worker.code,
        one.worker.name,
        firm,
        work_of(one),
        one.done_on,
        rate.fee if rate else None,
        rate.direct if rate else None,
        str(one.get_grade_display()) if one.grade else "",
        one.share,
        one.extra,
        _("是") if one.is_public_post else "",
        one.amount,
        rate.source if rate else "",
    ]


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


def as_book(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_TYPE)
    response["Content-Disposition"] = disposition(f"{name}.xlsx", inline=False)
    response["Cache-Control"] = "private, no-store"
    return response
