"""The forms of one station: its values, hours, closures, point, end."""

import re
from collections.abc import Sequence
from datetime import time
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.actions.stations import EDITABLE
from mingbai.places.enums import Line, Tier, Weekday
from mingbai.places.models import Closure, Station
from mingbai.places.rules import HoursRow
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.headers import may_locate
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.pages import Ask, Sure, Why

_TIMES = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})")


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=999, required=False)


class EditForm(forms.Form):
    """What `edit_station` may change."""

    name = WordsField(label=gettext_lazy("名称"), most=100)
    tier = forms.ChoiceField(label=gettext_lazy("层级"), choices=Tier.choices)
    is_built = forms.BooleanField(label=gettext_lazy("已建成"), required=False)
    planned_on = DayField(label=gettext_lazy("计划建成日期"), required=False)
    own_premises = forms.BooleanField(label=gettext_lazy("有独立场所"), required=False)
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("开办的业务"),
        choices=Line.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "中心须有法律援助、人民调解、法律咨询（3+X），工作站须有人民调解、法律咨询（2+X）。"
        ),
    )
    takes_matters = forms.BooleanField(
        label=gettext_lazy("承办转来的事项（有人值守时，事项直接分到这里）"), required=False
    )
    substitute = forms.ChoiceField(label=gettext_lazy("无人值守那天由谁代办"), required=False)
    address = WordsField(label=gettext_lazy("地址"), most=200, required=False)
    phone = WordsField(label=gettext_lazy("公开电话"), most=32, required=False)
    windows = _count(gettext_lazy("窗口数"))
    hotline_seats = _count(gettext_lazy("热线席位"))
    kiosks = _count(gettext_lazy("查询机"))
    why = WordsField(label=gettext_lazy("为什么改"), most=200, required=False)

    def __init__(self, *args: Any, own: Keeper, but: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        groups = [(name, [one for one in rows if one[0] != but]) for name, rows in own.station_choices()]
        self.fields["substitute"].choices = [("", _("没有")), *groups]  # type: ignore[attr-defined]

    def clean_substitute(self) -> Station | None:
        code = self.cleaned_data["substitute"]
        return Station.objects.filter(code=code).first() if code else None

    def clean_lines(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["lines"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("windows", "hotline_seats", "kiosks"):
            data[name] = data.get(name) or 0
        return data


def _own(request: HttpRequest, code: str) -> tuple[Keeper, Station, tuple[str, str]]:
    from mingbai.web.manage.stations import back_to

    own = keeper(request, Permission.PLACES_EDIT)
    found = own.station(code)
    return own, found, back_to(found)


@staff(Permission.PLACES_EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _own(request, code)
    values = {name: getattr(found, name) for name in EDITABLE if name != "substitute"}
    values |= {"substitute": found.substitute_id, "lines": sorted(own.places.stations[code].lines)}

    def act(data: dict[str, Any]) -> None:
        why = data.pop("why")
        actions.edit_station(by=own.user.actor, station=found, changes=data, why=why)

    def form(*args: Any) -> EditForm:
        return EditForm(*args, own=own, but=code, initial=values)

    return Ask(_("修改站点资料"), form, act, back).show(request)


# ── hours ──


def hours_text(hours: Sequence[HoursRow]) -> str:
    """周一 08:30-11:30、13:00-17:00；…"""
    if not hours:
        return _("没有另设，按机关作息")
    days: dict[int, list[str]] = {}
    for row in hours:
        mark = _("（节假日也开）") if row.on_days_off else ""
        days.setdefault(row.weekday, []).append(f"{row.opens:%H:%M}-{row.closes:%H:%M}{mark}")
    said = [f"{Weekday(str(day)).label} {_('、').join(times)}" for day, times in sorted(days.items())]
    return "；".join(said)


class HoursForm(forms.Form):
    """A line for each weekday; an empty one is shut. All empty: the house's office hours."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for day in Weekday:
            self.fields[f"day{day.value}"] = forms.CharField(
                label=day.label,
                required=False,
                max_length=100,
                widget=forms.TextInput(attrs={"placeholder": "08:30-11:30，13:00-17:00"}),
            )
        self.fields["on_days_off"] = forms.BooleanField(label=_("节假日也开放"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        always = bool(data.get("on_days_off"))
        rows: list[HoursRow] = []
        for day in Weekday:
            try:
                rows += _times(str(data.get(f"day{day.value}") or ""), int(day.value), always)
            except ValueError:
                self.add_error(
                    f"day{day.value}", ValidationError(_("请写成 08:30-11:30 的样子，几段用逗号隔开。"))
                )
        return {"hours": rows}


def _times(text: str, weekday: int, always: bool) -> list[HoursRow]:
    rest = _TIMES.sub("", text)
    if rest.strip(" ,，、;；"):
        raise ValueError(text)
    return [
        HoursRow(weekday, time(int(a), int(b)), time(int(c), int(d)), always)
        for a, b, c, d in _TIMES.findall(text)
    ]


@staff(Permission.PLACES_EDIT)
def hours(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _own(request, code)
    rows = own.places.stations[code].hours
    values: dict[str, Any] = {"on_days_off": any(row.on_days_off for row in rows)}
    for row in rows:
        name = f"day{row.weekday}"
        said = f"{row.opens:%H:%M}-{row.closes:%H:%M}"
        values[name] = f"{values[name]}，{said}" if name in values else said

    def act(data: dict[str, Any]) -> None:
        actions.set_hours(by=own.user.actor, station=found, hours=data["hours"])

    lead = _("一行一天，空着就是不开。全部空着，按机关作息。")
    ask = Ask(_("开放时间"), partial(HoursForm, initial=values), act, back, lead=lead)
    ask.renamed = {"hours": ""}
    return ask.show(request)


class ClosureForm(forms.Form):
    starts_on = DayField(label=gettext_lazy("从哪天"))
    ends_on = DayField(label=gettext_lazy("到哪天"))
    reason = WordsField(label=gettext_lazy("原因"), most=200, help_text=gettext_lazy("群众会看到。"))


@staff(Permission.PLACES_EDIT)
def closure(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _own(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.add_closure(by=own.user.actor, station=found, **data)

    return Ask(_("临时闭站"), ClosureForm, act, back).show(request)


@staff(Permission.PLACES_EDIT)
def closure_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    own, found, back = _own(request, code)
    closing = get_object_or_404(Closure, pk=pk, station=found)

    def act(data: dict[str, Any]) -> None:
        actions.remove_closure(by=own.user.actor, closure=closing)

    lead = _("那几天照常开放。公告过的事仍留在变更记录里。")
    return Ask(_("取消闭站"), Sure, act, back, button=_("取消闭站"), lead=lead).show(request)


class PointForm(forms.Form):
    latitude = forms.CharField(
        label=gettext_lazy("纬度"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    longitude = forms.CharField(
        label=gettext_lazy("经度"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    why = WordsField(label=gettext_lazy("为什么改（已有坐标时要写）"), most=200, required=False)


@staff(Permission.PLACES_EDIT)
def point(request: HttpRequest, code: str) -> HttpResponse:
    """Set on the spot by the phone; typing it always works."""
    own, found, back = _own(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.set_point(by=own.user.actor, station=found, **data)

    values = {"latitude": found.latitude or "", "longitude": found.longitude or ""}
    form = Ask(
        _("定位"),
        partial(PointForm, initial=values),
        act,
        back,
        lead=_("站在站点门口，用手机定位；也可以手工填写。"),
        extra="manage/_locate.html",
    )
    return may_locate(form.show(request))


class CloseForm(Why):
    on = DayField(label=gettext_lazy("从哪天起停办"))
    field_order = ("on", "reason")


@staff(Permission.PLACES_EDIT)
def close(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _own(request, code)

    def act(data: dict[str, Any]) -> None:
        actions.close_station(by=own.user.actor, station=found, **data)

    lead = _("新的事项会往上一级走；手上的办件请先转办。")
    form = partial(CloseForm, initial={"on": timezone.localdate()})
    return Ask(_("停办站点"), form, act, back, button=_("停办"), lead=lead, is_danger=True).show(request)


@staff(Permission.PLACES_EDIT)
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _own(request, code)
    if found.closed_on is None:
        raise Http404

    def act(data: dict[str, Any]) -> None:
        actions.reopen_station(by=own.user.actor, station=found, **data)

    return Ask(_("恢复开办"), Why, act, back, button=_("恢复开办")).show(request)
