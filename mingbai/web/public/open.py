"""Open data: a page for everybody and a CSV, without anything that could point at somebody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.figures.open import OpenTable, open_table, promises
from mingbai.visits.models import Opinion
from mingbai.web.access import public
from mingbai.web.exports import harmless, table_file
from mingbai.web.pages import columns
from mingbai.web.ways import tab

BACK = 5


@public
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Last year's counts by county; `?year=` for another of the last five that are over."""
    last = timezone.localdate().year - 1
    years = [last - n for n in range(BACK)]
    year = _year(request.GET.get("year", ""), years)
    table = open_table(year)
    if suffix := request.GET.get("as", ""):
        if suffix != "csv":
            raise Http404
        return table_file(
            request, f"open-{year}", suffix, _heads(table), map(_file_row, _rows(table)), is_personal=False
        )
    context = {
        "year": year,
        "years": [tab(str(each), f"?year={each}", current=each == year) for each in years],
        "least": table.least,
        "source": table.source,
        "columns": columns(_("地区"), *(f"#{row.name}（{row.unit}）" for row in table.rows)),
        "rows": _by_place(table),
        "definitions": [(row.name, row.definition) for row in table.rows],
        "promises": [_promise(row) for row in promises()],
    }
    return render(request, "public/open.html", context)


def _year(text: str, years: list[int]) -> int:
    """An odd one is the last."""
    return next((year for year in years if str(year) == text), years[0])


def _heads(table: OpenTable) -> list[str]:
    names = [name or _("不在各县区、不清楚的") for _code, name in table.places]
    return [_("指标"), _("单位"), *names, _("全市"), _("怎么数的")]


def _rows(table: OpenTable) -> list[list[str]]:
    return [
        [row.name, row.unit, *(_said(cell) for cell in row.cells), _said(row.total), row.definition]
        for row in table.rows
    ]


def _by_place(table: OpenTable) -> list[dict[str, Any]]:
    """On the page a place is a row: there are more places than figures."""
    names, cells = _heads(table)[2:-1], (row[2:-1] for row in _rows(table))
    return [{"cells": list(row)} for row in zip(names, *cells, strict=True)]


def _said(count: int | None) -> str:
    return _("不公开") if count is None else f"{count:,}"


def _file_row(cells: list[str]) -> list[str]:
    return [harmless(cell) for cell in cells]


def _promise(row: Opinion) -> dict[str, Any]:
    """The words are the office's own, of a letter that it sent; not those of who asked."""
    today = timezone.localdate()
    due = row.due_on
    return {
        "text": row.case.text,
        "station": row.station.name,
        "on": day_words(row.on, today=today),
        "due": day_words(due, today=today) if due else "",
        "state": row.case.get_state_display(),
    }
