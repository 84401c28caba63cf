"""The weekly report: a page that prints, and a file."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.figures.letter import said
from mingbai.figures.papers import letter_file
from mingbai.figures.registry import INDICATORS, RATIOS
from mingbai.figures.rules import Period
from mingbai.figures.weekly import Line, lines_of, week_before, week_of
from mingbai.papers.enums import Mark
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.board.asked import asked, day_of, query_of, tabs
from mingbai.web.board.figures import changed_by
from mingbai.web.board.letters import drawn_file
from mingbai.web.pages import columns


def _week(request: HttpRequest) -> Period:
    """The week of the address, else the last whole one; of a region whose figures are this person's."""
    region, day = asked(request).region, day_of(request.GET.get("day", ""))
    return week_of(day, region) if day else week_before(timezone.localdate(), region)


def _words(week: Period) -> str:
    today = timezone.localdate()
    first, last = day_words(week.first, today=today), day_words(week.last, today=today)
    return _("%(first)s 至 %(last)s") % {"first": first, "last": last}


def _title(week: Period) -> str:
    name = register().regions[week.region].name
    return _("%(name)s公共法律服务周报（%(period)s）") % {"name": name, "period": _words(week)}


def _changed(line: Line) -> str:
    return changed_by(line.change, is_rate=line.code in RATIOS)


def _row(line: Line, week: Period) -> dict[str, Any]:
    name: Any = line.name
    if line.code in INDICATORS:
        name = {"text": name, "url": f"{reverse('board:figure', args=[line.code])}?{query_of(week)}"}
    cells = [name, said(line.now, line.code), said(line.before, line.code), _changed(line)]
    return {"cells": cells}


@staff(Permission.BOARD_SEE)
@require_safe
def weekly(request: HttpRequest) -> HttpResponse:
    """The figures of one week beside the one before."""
    week = _week(request)
    around = {"before": -7, "after": 7}
    context = {
        "tabs": tabs("weekly"),
        "title": _title(week),
        "columns": columns(_("指标"), _("#本周"), _("#上周"), _("#增减")),
        "rows": [_row(line, week) for line in lines_of(week)],
        "query": f"day={week.first}&region={week.region}",
        **{f"{name}_url": _address(week, days) for name, days in around.items()},
        "is_last": week.last >= timezone.localdate(),
    }
    return render(request, "board/weekly.html", context)


def _address(week: Period, days: int) -> str:
    return f"?day={week.first + timedelta(days=days)}&region={week.region}"


@staff(Permission.BOARD_SEE)
@require_safe
def weekly_file(request: HttpRequest, form: str) -> HttpResponse:
    """The same as PDF or Word."""
    week = _week(request)
    title = _title(week)

    def make() -> bytes:
        texts = [
            _("%(name)s：%(now)s，上周 %(before)s。%(change)s")
            % {
                "name": line.name,
                "now": said(line.now, line.code),
                "before": said(line.before, line.code),
                "change": _changed(line),
            }
            for line in lines_of(week)
        ]
        return letter_file(
            title=title, number="", paragraphs=texts, region=week.region, on=timezone.localdate(),
            form=form, mark=Mark.NONE,
        )  # fmt: skip

    return drawn_file(request, make, title, form, reverse("board:weekly"))
