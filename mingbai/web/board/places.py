"""Where: need, coverage and satisfaction of the counties or townships, as a sorted list and a map."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.figures.letter import said
from mingbai.figures.queries import by_place
from mingbai.figures.rules import Period, share
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.board.figures import asked, head, query_of
from mingbai.web.exports import harmless, table_file
from mingbai.web.manage.pages import columns
from mingbai.web.maps import Shade, shaded

SHADES = 4


@dataclass(frozen=True)
class Shown:
    """`of` are the counts that a place has; `value` what it is sorted and shaded by, None where unknown."""

    label: str | Promise
    of: tuple[tuple[str, str | Promise], ...]
    value: Callable[[list[int]], int | Decimal | None]
    is_rate: bool = False
    opens: str = ""


MEASURES: dict[str, Shown] = {
    "need": Shown(
        gettext_lazy("需求：收到多少"),
        (("contacts", gettext_lazy("各渠道收到的")),),
        lambda counts: counts[0],
        opens="contacts",
    ),
    "coverage": Shown(
        gettext_lazy("覆盖：有记录的站点"),
        (("stations_silent", gettext_lazy("没有记录的站点")), ("stations_built", gettext_lazy("已建成站点"))),
        lambda counts: share(counts[1] - counts[0], counts[1]),
        is_rate=True,
        opens="stations_silent",
    ),
    "content": Shown(
        gettext_lazy("满意率"),
        (("ratings_content", gettext_lazy("满意的评价")), ("ratings", gettext_lazy("评价"))),
        lambda counts: share(counts[0], counts[1]),
        is_rate=True,
        opens="ratings",
    ),
}


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    counts: list[int]
    value: int | Decimal | None


@staff(Permission.BOARD_SEE)
@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """The places below the region of the address; the list first, its numbers stand on the map."""
    period = asked(request)
    code = request.GET.get("of", "")
    code = code if code in MEASURES else "need"
    shown, found = MEASURES[code], _places(period, MEASURES[code])
    heads = (
        _("地区"),
        *(f"#{label}" for _code, label in shown.of),
        *([f"#{shown.label}"] if shown.is_rate else []),
    )
    if suffix := request.GET.get("as", ""):
        lines = ([harmless(str(cell)) for cell in [one.name, *_cells(one, shown)]] for one in found)
        plain = [str(one).lstrip("#") for one in heads]
        return table_file(
            request, f"map-{code}-{period.first}-{period.last}", suffix, plain, lines, is_personal=False
        )
    context = {
        **head(request, period, "map"),
        "of": code,
        "measures": [_tab(each, code, period) for each in MEASURES],
        "title": shown.label,
        "columns": columns("№", *heads),
        "rows": [
            {"cells": [n, _link(one, shown, period), *_cells(one, shown)]} for n, one in enumerate(found, 1)
        ],
        "map": shaded({one.code: _shade(n, one, shown, found, period) for n, one in enumerate(found, 1)}),
    }
    return render(request, "board/map.html", context)


def _tab(code: str, here: str, period: Period) -> dict[str, Any]:
    url = f"?of={code}&{query_of(period)}"
    return {"label": MEASURES[code].label, "url": url, "current": code == here, "count": ""}


def _places(period: Period, shown: Shown) -> list[Place]:
    """The most first; those of which nothing can be said last."""
    places = register()
    below = places.children(period.region, timezone.localdate()) or [places.regions[period.region]]
    codes = [row.code for row in below]
    counts = [by_place(code, period, codes) for code, _label in shown.of]
    rows = []
    for row in below:
        own = [each[row.code] for each in counts]
        rows.append(Place(row.code, row.name, own, shown.value(own)))
    return sorted(rows, key=lambda one: (one.value is None, -(one.value or 0), one.code))


def _cells(one: Place, shown: Shown) -> list[Any]:
    cells: list[Any] = [f"{count:,}" for count in one.counts]
    return [*cells, _said(one, shown)] if shown.is_rate else cells


def _said(one: Place, shown: Shown) -> str:
    return f"{one.value}%" if shown.is_rate and one.value is not None else said(one.value)


def _url(one: Place, shown: Shown, period: Period) -> str:
    query = query_of(Period(period.first, period.last, one.code))
    return f"{reverse('board:figure', args=[shown.opens])}?{query}"


def _link(one: Place, shown: Shown, period: Period) -> dict[str, str]:
    return {"text": one.name, "url": _url(one, shown, period)}


def _shade(n: int, one: Place, shown: Shown, found: list[Place], period: Period) -> Shade:
    """By its share of the most: equal values are equally dark."""
    most = max((each.value for each in found if each.value), default=0)
    shade = 0 if not one.value or not most else max(1, min(SHADES, -int(-one.value * SHADES // most)))
    return Shade(str(n), f"{one.name} {_said(one, shown)}", _url(one, shown, period), shade)
