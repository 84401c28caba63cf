"""A figure by one of its dimensions: a table whose parts add up to the whole, each opening its rows."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.figures.cuts import Cut, Part, dimensions
from mingbai.figures.enums import Dimension
from mingbai.figures.letter import said
from mingbai.figures.queries import counted
from mingbai.figures.registry import GROUPS, INDICATORS, Indicator
from mingbai.figures.rules import Period, share
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.board.asked import asked, head, query_of
from mingbai.web.exports import harmless, table_file
from mingbai.web.pages import columns
from mingbai.web.stale import may_lag
from mingbai.web.ways import tab

SHOWN = 300
"""More parts than anybody reads (the stations of a city): the file has them all."""


def indicator_of(user: User, code: str) -> Indicator:
    """Raises Http404 for what is not counted, PermissionDenied for what this person may not see."""
    if code not in INDICATORS:
        raise Http404
    indicator = INDICATORS.get(code)
    if not can(user, indicator.permission):
        raise PermissionDenied
    return indicator


def cut_of(user: User, indicator: Indicator, by: str, period: Period) -> Cut:
    """Raises Http404 where the indicator has no such dimension, PermissionDenied where it is of persons and
    they are not this person's to see."""
    if by not in Dimension.values or by not in indicator.cut:
        raise Http404
    if by not in dimensions(indicator, user):
        raise PermissionDenied
    return Cut(indicator, Dimension(by), period, user)


def ways(user: User, indicator: Indicator, period: Period, here: str = "") -> list[dict[str, Any]]:
    """The dimensions of an indicator as tabs."""
    return [
        tab(by.label, f"{_address(indicator, by)}?{query_of(period)}", current=by == here)
        for by in dimensions(indicator, user)
    ]


def _address(indicator: Indicator, by: Dimension) -> str:
    return reverse("board:cut", args=[indicator.code, by.value])


@staff(Permission.BOARD_SEE)
@require_safe
@may_lag
def cut(request: HttpRequest, code: str, by: str) -> HttpResponse:
    """The parts of a figure with their share; what is shown adds up to the figure."""
    user: User = request.user  # type: ignore[assignment]
    indicator, period = indicator_of(user, code), asked(request)
    found = cut_of(user, indicator, by, period)
    parts, total = found.parts(), counted(indicator, period)
    heads = (found.by.label, f"#{indicator.unit.label}", _("#占比"))
    if suffix := request.GET.get("as", ""):
        lines = [[harmless(cell) for cell in _plain(one, total)] for one in parts]
        name = f"{code}-{by}-{period.first}-{period.last}"
        return table_file(
            request, name, suffix, [str(one).lstrip("#") for one in heads], lines,
            is_personal=found.by == Dimension.PERSON,
        )  # fmt: skip
    context = {
        **head(request, period, "figures"),
        "indicator": indicator,
        "group": GROUPS[code],
        "total": said(total),
        "ways": ways(user, indicator, period, by),
        "columns": columns(*heads),
        "rows": [{"cells": _cells(found, one, total)} for one in parts[:SHOWN]] + _rest(parts, total),
        "sum": {"cells": [_("合计"), said(total), ""]},
    }
    return render(request, "board/cut.html", context)


def _plain(part: Part, total: Any) -> list[str]:
    of_all = share(int(part.count * 100), int(total * 100))
    return [part.name, said(part.count), "" if of_all is None else f"{of_all}%"]


def _cells(found: Cut, part: Part, total: Any) -> list[Any]:
    name, *figures = _plain(part, total)
    asked_for = urlencode({"by": found.by.value, "part": part.key})
    at = reverse("board:figure", args=[found.indicator.code])
    return [{"text": name, "url": f"{at}?{query_of(found.period)}&{asked_for}"}, *figures]


def _rest(parts: list[Part], total: Any) -> list[dict[str, Any]]:
    rest = parts[SHOWN:]
    if not rest:
        return []
    name = _("其余 %(n)d 项，全部在下载的文件里") % {"n": len(rest)}
    return [{"cells": _plain(Part("", name, sum(one.count for one in rest)), total)}]
