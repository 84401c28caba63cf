"""Where: counties or townships by volume and by rate, their rank now and a year before; a list and a map.

Of the whole city also its rank among the cities of the province: theirs to count, with their document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.figures.letter import said
from mingbai.figures.models import PeerMonth
from mingbai.figures.queries import by_place, ranks
from mingbai.figures.rules import Period, share
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.board.asked import asked, head, query_of
from mingbai.web.exports import harmless, table_file
from mingbai.web.maps import Shade, shaded
from mingbai.web.pages import columns
from mingbai.web.ways import tab

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
    "calls": Shown(
        gettext_lazy("热线：接听多少"),
        (("calls_answered", gettext_lazy("热线接听咨询")),),
        lambda counts: counts[0],
        opens="calls_answered",
    ),
    "answered": Shown(
        gettext_lazy("热线：接通率"),
        (("calls_answered", gettext_lazy("热线接听咨询")), ("calls_offered", gettext_lazy("热线呼入"))),
        lambda counts: share(counts[0], counts[1]),
        is_rate=True,
        opens="calls_offered",
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
    before = _ranks(_places(period.year_before(), shown))
    heads = (
        _("地区"),
        *(f"#{label}" for _code, label in shown.of),
        *([f"#{shown.label}"] if shown.is_rate else []),
        _("#名次，上年同期 → 本期"),
    )
    moves = {place: _move(before.get(place), rank) for place, rank in _ranks(found).items()}
    if suffix := request.GET.get("as", ""):
        lines = (
            [harmless(str(cell)) for cell in [one.name, *_cells(one, shown), moves.get(one.code, "–")]]
            for one in found
        )
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
            {"cells": [n, _link(one, shown, period), *_cells(one, shown), moves.get(one.code, "–")]}
            for n, one in enumerate(found, 1)
        ],
        "peers": _peers(period),
        "peer_columns": columns(_("月份"), _("#名次"), _("#共几个市"), _("依据")),
        "map": shaded({one.code: _shade(n, one, shown, found, period) for n, one in enumerate(found, 1)}),
    }
    return render(request, "board/map.html", context)


def _tab(code: str, here: str, period: Period) -> dict[str, Any]:
    url = f"?of={code}&{query_of(period)}"
    return tab(MEASURES[code].label, url, current=code == here)


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


def _ranks(found: list[Place]) -> dict[str, int]:
    """Place → its rank; equal values share one; nothing is said of who has none, nor of all nought."""
    values = [one.value for one in found if one.value is not None]
    if not any(values):
        return {}
    return {one.code: values.index(one.value) + 1 for one in found if one.value is not None}


def _move(before: int | None, now: int) -> str:
    return f"{before or '–'} → {now}"


def _peers(period: Period) -> list[dict[str, Any]]:
    """The city's rank in each month that the province published, with its document."""
    if period.region != settings.CITY_CODE:
        return []
    first, last = period.months
    own = PeerMonth.objects.filter(city=period.region, month__gte=first, month__lte=last)
    sources = dict(own.order_by("month").values_list("month", "source"))
    return [
        {
            "cells": [
                f"{month // 100}-{month % 100:02}",
                "–" if rank is None else rank,
                of,
                sources.get(month, ""),
            ]
        }
        for month, rank, of in ranks(period.region, first, last)
    ]


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
