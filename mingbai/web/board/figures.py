"""Figures on pages: all of a period beside the year before, the rows behind one, its months; as files."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.cases.models import Case
from mingbai.core.pagination import page_of
from mingbai.core.when import day as day_words
from mingbai.core.when import moment
from mingbai.figures.enums import Group
from mingbai.figures.letter import said
from mingbai.figures.perms import can_see_figures, figure_regions
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
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.exports import harmless, table_file
from mingbai.web.forms import DayField
from mingbai.web.pages import columns
from mingbai.web.stale import may_lag
from mingbai.web.ways import Room, tab

PER_PAGE, MOST_IN_FILE = 50, 100_000


class PeriodForm(forms.Form):
    """Lives in the address; what is not understood falls back to this year."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    first = DayField(label=gettext_lazy("自"), required=False)
    last = DayField(label=gettext_lazy("至"), required=False)

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    group = forms.CharField(required=False, widget=forms.HiddenInput)
    compare = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, regions: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="period_%s")
        self.fields["region"].choices = regions  # type: ignore[attr-defined]


def asked(request: HttpRequest) -> Period:
    """The period of the address. PermissionDenied for a region whose figures are not this person's."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    first = day_of(request.GET.get("from") or request.GET.get("first", "")) or date(today.year, 1, 1)
    last = day_of(request.GET.get("to") or request.GET.get("last", "")) or min(
        today, date(first.year, 12, 31)
    )
    region = request.GET.get("region", "")[:12] or own_region(user)
    if not can_see_figures(user, region):
        raise PermissionDenied
    return Period(min(first, last), max(first, last), region)


def day_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 1990 else None


def own_region(user: User) -> str:
    """The highest region whose figures are theirs. PermissionDenied where there is none."""
    choices = region_choices(user)
    if not choices:
        raise PermissionDenied
    return choices[0][0]


def region_choices(user: User) -> list[tuple[str, str]]:
    """The city and its counties, or the county and its townships: as far as they reach, the highest first."""
    places, found = register(), figure_regions(user)
    order = {Level.CITY: 0, Level.COUNTY: 1, Level.TOWNSHIP: 2, Level.VILLAGE: 3}
    rows = sorted((order[Level(places.regions[code].level)], code) for code in found)
    top = rows[0][0] if rows else 0
    return [(code, places.regions[code].name) for level, code in rows if level <= top + 1]


def query_of(period: Period) -> str:
    return urlencode(
        {"from": period.first.isoformat(), "to": period.last.isoformat(), "region": period.region}
    )


def period_words(period: Period) -> str:
    """“2026年” for a whole year, else its days."""
    first, last = period.first, period.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return _("%(year)d年") % {"year": first.year}
    today = timezone.localdate()
    return _("%(first)s 至 %(last)s") % {
        "first": day_words(first, today=today),
        "last": day_words(last, today=today),
    }


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the board: today, the figures, the letter, the letters that were issued."""
    pages = {
        "home": _("今天"),
        "figures": _("数据"),
        "map": _("地图"),
        "weekly": _("周报"),
        "letter": _("报告"),
        "letters": _("已发报告"),
    }
    return Room("board").tabs(pages.items(), here)


def head(request: HttpRequest, period: Period, here: str) -> dict[str, Any]:
    """What every page of figures says at its top."""
    user: User = request.user  # type: ignore[assignment]
    data = {"region": period.region, "first": period.first, "last": period.last}
    data |= {name: request.GET[name] for name in ("group", "compare", "of") if name in request.GET}
    return {
        "tabs": tabs(here),
        "name": register().regions[period.region].name,
        "period": period_words(period),
        "form": PeriodForm(data, region_choices(user)),
        "query": query_of(period),
    }


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
    """The rows that a figure counts, the newest last; its months as bars."""
    if code not in INDICATORS:
        raise Http404
    indicator, period = INDICATORS.get(code), asked(request)
    user: User = request.user  # type: ignore[assignment]
    if not can(user, indicator.permission):
        raise PermissionDenied
    rows = rows_of(indicator, period)
    if suffix := request.GET.get("as", ""):
        cells = (_cells(row) for row in shown(indicator, rows[:MOST_IN_FILE]))
        return table_file(
            request, f"{code}-{period.first}-{period.last}", suffix, _heads(), cells, is_personal=False
        )
    page = page_of(rows, request.GET, PER_PAGE)
    listed = list(shown(indicator, page.items))
    opened = _opened(request, [row.case for row in listed if row.case])
    months = by_month(indicator, period)
    context = {
        **head(request, period, "figures"),
        "indicator": indicator,
        "total": said(counted(indicator, period)),
        "group": GROUPS[code],
        "columns": columns(*_heads()),
        "rows": [{"cells": _linked(row, opened)} for row in listed],
        "page": page,
        "months": [{"label": f"{on:%Y-%m}", "value": n, "text": f"{n:,}"} for on, n in months],
        "top": max((n for _on, n in months), default=0),
    }
    return render(request, "board/figure.html", context)


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
