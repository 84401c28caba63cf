"""Figures of quality inspection by person and period; the dated score sheets."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import Page, page_of
from mingbai.core.when import short_day
from mingbai.hotline.actions import quality as actions
from mingbai.hotline.models import ScoreSheet
from mingbai.hotline.queries import quality as looks
from mingbai.hotline.rules.quality import written
from mingbai.people.models import User
from mingbai.people.perms import scopes
from mingbai.people.roles import Permission
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import Ask, FilterForm, Listing
from mingbai.web.seat.reach import tabs, way


class PeriodFilter(FilterForm):
    q = None  # type: ignore[assignment]
    first = DayField(label=gettext_lazy("从"), required=False)
    last = DayField(label=gettext_lazy("到"), required=False)


@staff(Permission.QUALITY_SEE)
def figures(request: HttpRequest) -> HttpResponse:
    """Of draws whose period lies within the days that are asked for; this year where none are."""
    form = PeriodFilter(request.GET)
    form.is_valid()
    today = timezone.localdate()
    first = form.cleaned_data.get("first") or today.replace(month=1, day=1)
    last = form.cleaned_data.get("last") or today
    rows = looks.figures(user_of(request), first, last)
    lead = _("%(first)s 至 %(last)s 的抽检。平均分只算评过的；没有评过的写“无数据”。")
    return Listing(
        title=_("按人统计"),
        lead=lead % {"first": short_day(first), "last": short_day(last)},
        form=form,
        columns=(_("谁办的"), _("#抽到"), _("#已评"), _("#平均分"), _("#异议"), _("#改分")),
        rows=lambda one: [
            one.worker,
            one.drawn,
            one.scored,
            _("无数据") if one.mean is None else f"{one.mean:.1f}",
            one.objected,
            one.changed,
        ],
        page=Page(rows, 1, max(1, len(rows)), len(rows), False, False, ""),
        empty=_("这段时间没有抽检。"),
        tabs=tabs("quality_figures"),
    ).show(request)


@staff(Permission.QUALITY_SEE)
def sheets(request: HttpRequest) -> HttpResponse:
    ways = [way(_("登记评分表"), "score_sheet_new", icon="plus")] if _may_edit(user_of(request)) else []
    return Listing(
        title=_("评分表"),
        lead=_("评分表按日期换：新的从某一天起用，评过的不变。"),
        columns=(_("施行日期"), _("失效日期"), _("依据"), _("项目")),
        rows=lambda one: [
            short_day(one.valid_from),
            short_day(one.valid_to) if one.valid_to else "",
            one.source,
            "；".join(f"{line['name']} {line['points']}" for line in one.lines),
        ],
        page=page_of(ScoreSheet.objects.order_by("-valid_from"), request.GET, 20),
        actions=ways,
        empty=_("还没有评分表。"),
        tabs=tabs("score_sheets"),
    ).show(request)


class SheetForm(forms.Form):
    lines = WordsField(
        label=gettext_lazy("项目"),
        most=6000,
        rows=10,
        help_text=gettext_lazy("每行一项：项目 | 分值 | 要求。分值加起来是 100。"),
    )
    source = WordsField(label=gettext_lazy("依据"), most=300)
    valid_from = DayField(label=gettext_lazy("从哪天起用"))


def _may_edit(user: User) -> bool:
    """The sheet is the whole city's."""
    return bool(scopes(user, Permission.QUALITY_SEE).everywhere_cities)


@staff(Permission.QUALITY_SEE)
def sheet_new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if not _may_edit(user):
        raise PermissionDenied
    now = looks.sheet_on(timezone.localdate())
    start = {
        "lines": written(now.lines) if now else "",
        "valid_from": timezone.localdate() + timedelta(days=1),
    }

    def act(data: dict[str, Any]) -> None:
        actions.begin_sheet(by=user.actor, **data)

    def form(data: Any = None, files: Any = None) -> SheetForm:
        return SheetForm(data, files, initial=start)

    back = (_("评分表"), reverse("seat:score_sheets"))
    return Ask(_("登记评分表"), form, act, back, lead=_("照现在的改，从您写的那天起用。")).show(request)
