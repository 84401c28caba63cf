"""Rosters: who serves at a station on which weekday or date, and who is away today."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people import actions
from mingbai.people.models import Absence, Duty, Worker
from mingbai.people.queries import staffing
from mingbai.people.roles import Permission
from mingbai.places.enums import Line, Tier, Weekday
from mingbai.places.models import Station
from mingbai.web.access import staff
from mingbai.web.forms import DayField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet, Sure


class RosterFilter(FilterForm):
    tier = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Tier.choices])
    with_people = forms.BooleanField(label=gettext_lazy("只看有人的"), required=False)


@staff(Permission.PEOPLE_EDIT)
def rosters(request: HttpRequest) -> HttpResponse:
    """Every station of the own reach: how many people, who is there today."""
    own = keeper(request, Permission.PEOPLE_EDIT)
    form = RosterFilter(request.GET)
    book, today = staffing(), timezone.localdate()
    text, tier, with_people = form.value("q"), form.value("tier"), form.value("with_people")
    codes = [
        row.code
        for row in (own.places.stations[code] for code in own.stations)
        if (not text or text in row.name or text in row.code)
        and (not tier or row.tier == tier)
        and (not with_people or row.code in book.by_station or row.code in book.duties)
    ]

    def cells(station: Station) -> list[Any]:
        there = book.serving_on(station.code, today)
        return [
            link(station.name, "roster", station.code),
            str(len(book.by_station.get(station.code, ()))),
            _("有排班") if book.duties.get(station.code) else _("没有排班"),
            _("、").join(row.name for row in there[:4]) or _("今天没有人"),
        ]

    return Listing(
        title=_("排班"),
        form=form,
        columns=(_("站点"), "#" + _("人数"), _("排班"), _("今天在岗")),
        rows=cells,
        page=page_of(Station.objects.filter(code__in=codes).order_by("code"), request.GET, 50),
    ).show(request)


def _station(request: HttpRequest, code: str) -> tuple[Keeper, Station, tuple[str, str]]:
    own = keeper(request, Permission.PEOPLE_EDIT)
    found = own.station(code)
    return own, found, (_("排班"), reverse("manage:roster", args=[code]))


@staff(Permission.PEOPLE_EDIT)
def roster(request: HttpRequest, code: str) -> HttpResponse:
    _own, found, _back = _station(request, code)
    today = timezone.localdate()
    there = staffing().serving_on(code, today)
    duties = (
        Duty.objects.filter(station=found)
        .select_related("worker")
        .order_by("weekday", "date", "starts", "id")
    )
    weekly = [_row(duty) for duty in duties if duty.weekday]
    dated = [_row(duty) for duty in duties if duty.date and duty.date >= today]
    head = (_("哪天"), _("几点"), _("谁"), _("业务"), _("变更"))
    empty = _("没有排班表，在岗的人每天都算在。排了以后，只算当天排到的人。")
    return Sheet(
        title=_("%(name)s的排班") % {"name": found.name},
        facts=[(_("今天在岗"), _("、").join(row.name for row in there) or _("没有人"))],
        back=(_("排班"), reverse("manage:rosters")),
        actions=[action(_("排班"), "duty_new", code, icon="plus")],
        sections=[
            Section(_("每周"), head, weekly, empty=empty),
            Section(_("某一天"), head, dated, empty=_("没有单独排的日子。")),
            _away(found),
        ],
    ).show(request)


def _row(duty: Duty) -> list[Any]:
    return [
        when.day(duty.date) if duty.date else duty.get_weekday_display(),
        f"{duty.starts:%H:%M}–{duty.ends:%H:%M}",
        link(duty.worker.name, "worker", duty.worker.code),
        duty.get_line_display() or _("全部"),
        link(_("取消"), "duty_remove", duty.station_id, duty.pk),
    ]


def _away(station: Station) -> Section:
    away = Absence.objects.filter(worker__station=station, ends_on__gte=timezone.localdate())
    rows = [
        [
            link(one.worker.name, "worker", one.worker.code),
            _("%(a)s 至 %(b)s") % {"a": when.day(one.starts_on), "b": when.day(one.ends_on)},
            one.stand_in.name if one.stand_in else _("没有代班人"),
        ]
        for one in away.select_related("worker", "stand_in").order_by("starts_on", "id")
    ]
    return Section(_("请假"), (_("谁"), _("日期"), _("代班人")), rows, empty=_("没有人请假。"))


class DutyForm(forms.Form):
    worker = forms.ModelChoiceField(
        label=gettext_lazy("谁"), queryset=Worker.objects.none(), empty_label=gettext_lazy("请选择")
    )
    weekday = forms.ChoiceField(
        label=gettext_lazy("每周哪天"),
        required=False,
        choices=[("", gettext_lazy("不是每周")), *Weekday.choices],
    )
    date = DayField(label=gettext_lazy("或者只在哪一天"), required=False)
    starts = forms.TimeField(label=gettext_lazy("从几点"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("到几点"), widget=forms.TimeInput(attrs={"type": "time"}))
    line = forms.ChoiceField(
        label=gettext_lazy("只办哪项业务"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Line.choices],
    )

    def clean_weekday(self) -> int | None:
        return int(self.cleaned_data["weekday"]) if self.cleaned_data["weekday"] else None


@staff(Permission.PEOPLE_EDIT)
def duty_new(request: HttpRequest, code: str) -> HttpResponse:
    own, found, back = _station(request, code)
    county = own.places.county_of(found.region_id) or found.region_id
    seen = Worker.objects.visible_to(own.user).filter(is_active=True)
    near = seen.filter(region_id__in=own.places.subtree(county)).order_by("code")

    def form(*args: Any) -> DutyForm:
        made = partial(DutyForm, initial={"starts": "08:30", "ends": "17:00"})(*args)
        made.fields["worker"].queryset = near  # type: ignore[attr-defined]
        return made

    def act(data: dict[str, Any]) -> None:
        actions.add_duty(by=own.user.actor, station=found, **data)

    return Ask(_("排班"), form, act, back, button=_("排上")).show(request)


@staff(Permission.PEOPLE_EDIT)
def duty_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    own, found, back = _station(request, code)
    duty = get_object_or_404(Duty, pk=pk, station=found)

    def act(data: dict[str, Any]) -> None:
        actions.remove_duty(by=own.user.actor, duty=duty)

    return Ask(_("取消排班"), Sure, act, back, button=_("取消排班")).show(request)
