"""Figures on pages: all of a period beside the year before, the rows behind one, its months; as files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.cases.models import Case
from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.figures.enums import Dimension, Group
from mingbai.figures.letter import said
from mingbai.figures.queries import (
    Counter,
    by_month,
    counted,
    everything,
    made_of,
    permission_of,
    rows_of,
    shown,
)
from mingbai.figures.registry import GROUPS, INDICATORS, Declared, Indicator, Ratio
from mingbai.figures.rules import Period, growth
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.board.asked import asked, head, query_of
from mingbai.web.board.cuts import cut_of, indicator_of, ways
from mingbai.web.exports import harmless, table_file
from mingbai.web.pages import columns
from mingbai.web.stale import may_lag
from mingbai.web.ways import tab

PER_PAGE, MOST_IN_FILE = 50, 100_000


@staff(Permission.BOARD_SEE)
@require_safe
@may_lag
def figures(request: HttpRequest) -> HttpResponse:
    """Every indicator of the period, beside the same days a year before."""
    period = asked(request)
    user: User = request.user  # type: ignore[assignment]
    heads = (_("指标"), _("#本期"), _("#上年同期"), _("#增减"), _("怎么数的"))
    if suffix := request.GET.get("as", ""):
        lines = [[_text(cell) for cell in row] for row in _rows(period, seen_by(user), compares=True)]
        plain = [head.lstrip("#") for head in heads]
        return table_file(
            request, f"figures-{period.first}-{period.last}", suffix, plain, lines, is_personal=False
        )
    group, compares = _group(request), request.GET.get("compare") == "1"
    rows = _rows(period, [item for item in seen_by(user) if GROUPS[item.code] == group], compares)
    shown_heads = heads if compares else (heads[0], heads[1], heads[-1])
    context = {
        **head(request, period, "figures"),
        "group": group,
        "groups": _groups(user, group, period),
        "compares": compares,
        "columns": columns(*shown_heads),
        "rows": [{"cells": row if compares else [row[0], row[1], row[-1]]} for row in rows],
    }
    return render(request, "board/figures.html", context)


def _text(cell: Any) -> str:
    return harmless(str(cell["text"] if isinstance(cell, dict) else cell))


def seen_by(user: User) -> list[Declared]:
    """What this person may see: of money only who keeps it."""
    return [item for item in everything() if can(user, permission_of(item))]


def _group(request: HttpRequest) -> Group:
    asked_for = request.GET.get("group", "")
    return Group(asked_for) if asked_for in Group.values else Group.LINE


def _groups(user: User, here: Group, period: Period) -> list[dict[str, Any]]:
    """The groups of which this person sees something, as tabs."""
    there = {GROUPS[item.code] for item in seen_by(user)}
    return [
        tab(group.label, f"?group={group.value}&{query_of(period)}", current=group == here)
        for group in Group
        if group in there
    ]


def _rows(period: Period, items: list[Declared], compares: bool) -> Iterator[list[Any]]:
    now = Counter(period).prepare(item.code for item in items)
    before = Counter(period.year_before())
    if compares:
        before.prepare(item.code for item in items if not _is_stock(item))
    for item in items:
        is_stock = _is_stock(item) or not compares
        value, earlier = now.value(item.code).value, None if is_stock else before.value(item.code).value
        name: Any = str(item.name)
        if isinstance(item, Indicator):
            name = {"text": name, "url": f"{reverse('board:figure', args=[item.code])}?{query_of(period)}"}
        yield [
            name,
            said(value, item.code),
            "" if is_stock else said(earlier, item.code),
            "" if is_stock else _change(value, earlier, isinstance(item, Ratio) and item.unit is None),
            str(item.definition),
        ]


def _is_stock(item: Declared) -> bool:
    """As it stands: nothing is known of how it stood a year before."""
    parts = [INDICATORS.get(code) for code in made_of(item.code) if code in INDICATORS]
    return all(not part.time for part in parts)


def _change(now: Any, before: Any, is_rate: bool) -> str:
    """Per cent more or less; of a rate the difference in points."""
    if is_rate:
        return changed_by(None if now is None or before is None else now - before, is_rate=True)
    return changed_by(growth(now, before), is_rate=False)


def changed_by(change: Any, *, is_rate: bool) -> str:
    """In words: +12.5%, or of a rate -1.2 点; 持平 where nothing changed, "" where nobody knows."""
    if change is None:
        return ""
    if not round(change, 1):
        return _("持平")
    return _("%(n)+.1f 点") % {"n": change} if is_rate else f"{change:+}%"


@staff(Permission.BOARD_SEE)
@require_safe
@may_lag
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that a figure counts, or those of one part of it, the newest last; its months as bars."""
    user: User = request.user  # type: ignore[assignment]
    indicator, period = indicator_of(user, code), asked(request)
    seen = _seen(request, indicator, period)
    if suffix := request.GET.get("as", ""):
        cells = (_cells(row) for row in shown(indicator, seen.rows[:MOST_IN_FILE]))
        name = f"{code}-{period.first}-{period.last}"
        return table_file(request, name, suffix, _heads(), cells, is_personal=seen.of == Dimension.PERSON)
    page = page_of(seen.rows, request.GET, PER_PAGE)
    listed = list(shown(indicator, page.items))
    opened = _opened(request, [row.case for row in listed if row.case])
    context = {
        **head(request, period, "figures"),
        "indicator": indicator,
        "total": said(seen.total),
        "part": seen.name,
        "part_query": seen.query,
        "ways": ways(user, indicator, period, seen.of),
        "group": GROUPS[code],
        "columns": columns(*_heads()),
        "rows": [{"cells": _linked(row, opened)} for row in listed],
        "page": page,
        "months": [{"label": f"{on:%Y-%m}", "value": n, "text": f"{n:,}"} for on, n in seen.months],
        "top": max((n for _on, n in seen.months), default=0),
    }
    return render(request, "board/figure.html", context)


@dataclass(frozen=True)
class _Seen:
    """What a page lists: all of a figure with its months, or the part that `of` and `name` say."""

    rows: QuerySet[Any]
    total: Any
    months: Sequence[tuple[date, int | Decimal]] = ()
    of: str = ""
    name: str = ""
    query: str = ""


def _seen(request: HttpRequest, indicator: Indicator, period: Period) -> _Seen:
    """Raises Http404 for a part that there is not, or not for this person."""
    by, key = request.GET.get("by", ""), request.GET.get("part", "")
    if not by:
        months = by_month(indicator, period)
        total = sum(n for _on, n in months) if months else counted(indicator, period)
        return _Seen(rows_of(indicator, period), total, months)
    user: User = request.user  # type: ignore[assignment]
    cut = cut_of(user, indicator, by, period)
    name = cut.name_of(key)
    if name is None:
        raise Http404
    return _Seen(cut.rows(key), cut.count(key), (), by, name, urlencode({"by": by, "part": key}))


def _heads() -> tuple[str, ...]:
    return (_("时间"), _("地区、站点"), _("内容"), _("办件编号"))


def _when(at: Any) -> str:
    if not at:
        return ""
    return moment(at) if hasattr(at, "hour") else at.isoformat()


def _cells(row: Any) -> list[str]:
    return [harmless(cell) for cell in (_when(row.at), row.place, row.what, row.case)]


def _opened(request: HttpRequest, numbers: list[str]) -> frozenset[str]:
    """Of these matters, those that this person may open: a figure may be seen without them."""
    user: User = request.user  # type: ignore[assignment]
    seen = Case.objects.visible_to(user).filter(number__in=numbers)
    return frozenset(seen.values_list("number", flat=True))


def _linked(row: Any, opened: frozenset[str]) -> list[Any]:
    number = row.case
    link = {"text": number, "url": reverse("desk:case", args=[number])} if number in opened else number
    return [_when(row.at), row.place, row.what, link]
