"""Openings of a station: who receives when; set, ended, broken off for some days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.core.when import short_day
from mingbai.people.roles import Permission
from mingbai.places.enums import Line, Weekday
from mingbai.visits.actions import openings
from mingbai.visits.enums import OnDayOff, Repeat, VisitKind
from mingbai.visits.models import Break, Opening
from mingbai.visits.perms import can_keep_openings
from mingbai.visits.rules.openings import Terms
from mingbai.web.access import staff, user_of
from mingbai.web.door.reach import frame, here, lines_at, opening_for, station_of, tried, workers_at
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import Ask


@staff(Permission.CASE_SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What there is at this station, and the days on which it is broken off."""
    today = timezone.localdate()
    rows = Opening.objects.visible_to(user_of(request)).filter(station_id=here(request))
    kept = rows.exclude(last_on__lt=today).select_related("worker").prefetch_related("breaks")
    context = {
        **frame(request, "openings"),
        "openings": [_row(opening) for opening in kept.order_by("kind", "starts", "id")],
    }
    return render(request, "door/openings.html", context)


def _row(opening: Opening) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "pk": opening.pk,
        "receives": opening.receives,
        "kind": opening.get_kind_display(),
        "when": when_words(opening),
        "room": opening.room,
        "lines": "、".join(str(Line(line).label) for line in opening.lines) or _("全部业务"),
        "size": _("每人 %(minutes)d 分钟，同时 %(seats)d 人")
        % {"minutes": opening.minutes, "seats": opening.capacity},
        "until": short_day(opening.last_on, today=today) if opening.last_on else "",
        "is_public": opening.is_public,
        "breaks": [
            {"pk": gap.pk, "words": _break_words(gap)} for gap in opening.breaks.all() if gap.last_on >= today
        ],
    }


def when_words(opening: Opening) -> str:
    """每周二、周四 09:00–11:00；每月 5 日、20 日（遇休息日顺延） …"""
    hours = f"{opening.starts:%H:%M}–{opening.ends:%H:%M}"
    if opening.repeat == Repeat.MONTHLY:
        days = "、".join(_("%(n)d 日") % {"n": n} for n in opening.month_days)
        words = _("每月 %(days)s") % {"days": days}
    else:
        days = "、".join(str(Weekday(str(n)).label) for n in opening.weekdays)
        words = (
            days if opening.every == 1 else _("每 %(n)d 周的 %(days)s") % {"n": opening.every, "days": days}
        )
    off = _("遇休息日%(what)s") % {"what": opening.get_on_day_off_display()}
    return f"{words} {hours}（{off}）"


def _break_words(gap: Break) -> str:
    days = short_day(gap.first_on)
    if gap.last_on != gap.first_on:
        days = _("%(first)s 至 %(last)s") % {"first": days, "last": short_day(gap.last_on)}
    hours = f" {gap.starts:%H:%M}–{gap.ends:%H:%M}" if gap.starts and gap.ends else ""
    return f"{days}{hours} {gap.reason}"


def _clock(label: Any, *, required: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%H：%M"],
    )


class OpeningForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("接待什么"),
        choices=[(one, one.label) for one in VisitKind if one != VisitKind.WALK_IN],
        widget=forms.RadioSelect,
        initial=VisitKind.BOOKING,
    )
    receives = WordsField(
        label=gettext_lazy("谁接待"), most=64, help_text=gettext_lazy("群众看得到，例如“李律师”“分管领导”。")
    )
    worker = forms.TypedChoiceField(
        label=gettext_lazy("登记册里的人"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("选了人，这个人请假的日子就不接受预约。"),
    )
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("业务"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选就是全部业务。"),
    )
    room = WordsField(label=gettext_lazy("在哪里"), most=100, required=False)
    repeat = forms.ChoiceField(
        label=gettext_lazy("怎么重复"),
        choices=Repeat.choices,
        widget=forms.RadioSelect,
        initial=Repeat.WEEKLY,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("星期几（每周的填）"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    every = forms.IntegerField(label=gettext_lazy("每几周一次"), min_value=1, max_value=8, initial=1)
    month_days = forms.CharField(
        label=gettext_lazy("几号（每月的填）"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("例如 5、20；31 是指月底。"),
    )
    on_day_off = forms.ChoiceField(
        label=gettext_lazy("遇到节假日"), choices=OnDayOff.choices, initial=OnDayOff.SKIP
    )
    starts = _clock(gettext_lazy("从几点"))
    ends = _clock(gettext_lazy("到几点"))
    minutes = forms.IntegerField(label=gettext_lazy("每人几分钟"), min_value=5, max_value=480, initial=30)
    capacity = forms.IntegerField(label=gettext_lazy("同时几人"), min_value=1, max_value=50, initial=1)
    first_on = DayField(label=gettext_lazy("从哪天起"))
    last_on = DayField(label=gettext_lazy("到哪天止"), required=False)
    ahead_days = forms.IntegerField(
        label=gettext_lazy("最早提前几天约"), min_value=0, max_value=180, initial=30
    )
    is_public = forms.BooleanField(label=gettext_lazy("群众可以自己在网上约"), required=False, initial=True)

    def __init__(self, *args: Any, station: str, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(worker.pk, worker.name) for worker in workers_at(station)]
        self.fields["worker"].choices = [("", gettext_lazy("不指定")), *people]  # type: ignore[attr-defined]
        self.fields["lines"].choices = lines_at(station)  # type: ignore[attr-defined]
        self.fields["first_on"].initial = timezone.localdate()

    def clean_month_days(self) -> tuple[int, ...]:
        """5、20 as people type it."""
        text = self.cleaned_data["month_days"]
        parts = text.replace("、", ",").replace("，", ",").replace(" ", ",").replace("号", "").split(",")
        kept = [part.removesuffix("日") for part in parts if part]
        if any(not part.isascii() or not part.isdigit() or len(part) > 2 for part in kept):
            raise forms.ValidationError(_("请写几号，例如 5、20。"), code="no_days")
        return tuple(int(part) for part in kept)


def _back() -> tuple[str, str]:
    return _("开放时段"), reverse("door:openings")


@staff(Permission.PEOPLE_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    station = here(request)
    if not can_keep_openings(user_of(request), station):
        raise PermissionDenied

    def form(*args: Any, **options: Any) -> OpeningForm:
        return OpeningForm(*args, station=station, **options)

    def act(data: dict[str, Any]) -> None:
        terms = Terms(**{**data, "lines": tuple(data["lines"]), "weekdays": tuple(data["weekdays"])})
        openings.set_opening(by=user_of(request).actor, station=station_of(station), terms=terms)

    return Ask(_("新的开放时段"), form, act, _back(), done=_("已开放，群众可以约了。")).show(request)


class EndForm(forms.Form):
    last_on = DayField(label=gettext_lazy("最后一天"))
    reason = WordsField(
        label=gettext_lazy("原因"), most=200, rows=2, help_text=gettext_lazy("已约的人会看到。")
    )


_TELLS = gettext_lazy("约了这以后的人会马上收到通知，并得到别的时间；没有手机的，会列在“今天”里请您打电话。")


@staff(Permission.PEOPLE_EDIT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    opening = opening_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        openings.end_opening(by=user_of(request).actor, opening=opening, **data)

    title, done = _("停止这个开放时段"), _("已停止，受影响的人已通知。")
    return Ask(title, EndForm, act, _back(), title, done, _TELLS, is_danger=True).show(request)


class BreakForm(forms.Form):
    first_on = DayField(label=gettext_lazy("从哪天"))
    last_on = DayField(label=gettext_lazy("到哪天"))
    starts = _clock(gettext_lazy("从几点（整天不填）"), required=False)
    ends = _clock(gettext_lazy("到几点（整天不填）"), required=False)
    reason = WordsField(
        label=gettext_lazy("原因"), most=200, rows=2, help_text=gettext_lazy("已约的人会看到。")
    )


@staff(Permission.PEOPLE_EDIT)
def break_off(request: HttpRequest, pk: int) -> HttpResponse:
    opening = opening_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        openings.break_off(by=user_of(request).actor, opening=opening, **data)

    done = _("已记下，受影响的人已通知。")
    return Ask(_("这几天不接待"), BreakForm, act, _back(), _("不接待"), done, _TELLS).show(request)


@staff(Permission.PEOPLE_EDIT)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """It receives after all."""
    gap = get_object_or_404(Break.objects.select_related("opening"), pk=pk)
    opening_for(request, gap.opening_id)
    done = _("照常接待。先前通知过、还没有另选时间的人，已再告诉他们。")
    tried(request, lambda: openings.lift_break(by=user_of(request).actor, gap=gap), done)
    return redirect("door:openings")
