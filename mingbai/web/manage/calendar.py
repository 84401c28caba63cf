"""The working-day calendar: a year at a glance, and the notice that replaces an estimate, previewed first."""

import calendar as weeks
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.models import Clock
from mingbai.cases.queries import rulebook
from mingbai.cases.rules.clocks import pauses_of, run
from mingbai.core import when
from mingbai.core.refused import Refused
from mingbai.core.workdays import Day, Workdays
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.models import CalendarDay
from mingbai.places.queries import register
from mingbai.places.rules.notice import Notice, moved_days, read_notice
from mingbai.web.access import staff
from mingbai.web.forms import WordsField, refusals, said
from mingbai.web.history import entries_of
from mingbai.web.manage.reach import keeper
from mingbai.web.manage.ways import action
from mingbai.web.ways import tab

MOST_BYTES = 200_000


@staff(Permission.RULES_EDIT)
def calendar(request: HttpRequest, year: int = 0) -> HttpResponse:
    own, today = keeper(request, Permission.RULES_EDIT), timezone.localdate()
    workdays = register().workdays
    years = sorted({day.year for day in workdays.days})
    year = year or today.year
    if year not in years:
        raise Http404
    days = {day: entry for day, entry in sorted(workdays.days.items()) if day.year == year}
    context = {
        "year": year,
        "tabs": [
            tab(
                _("%(y)d 年") % {"y": one},
                reverse("manage:calendar_year", args=[one]),
                current=one == year,
                count="" if one in workdays.known_years else _("推算"),
            )
            for one in years
            if one >= today.year - 2
        ],
        "is_estimated": year not in workdays.known_years,
        "months": [_month(year, month, workdays, today) for month in range(1, 13)],
        "named": [(when.day(day), entry.name, entry.workday) for day, entry in days.items()],
        "sources": sorted(
            set(CalendarDay.objects.filter(date__year=year).order_by().values_list("source", flat=True))
        ),
        "load": action(_("载入放假通知"), "calendar_load", icon="upload") if own.is_city_wide else None,
        "history": entries_of(f"calendar:{year}"),
    }
    return render(request, "manage/calendar.html", context)


def _month(year: int, month: int, workdays: Workdays, today: date) -> dict[str, Any]:
    shown = weeks.Calendar().monthdatescalendar(year, month)
    return {
        "name": _("%(m)d 月") % {"m": month},
        "weeks": [
            [_day(day, workdays, today) if day.month == month else None for day in week] for week in shown
        ],
    }


def _day(day: date, workdays: Workdays, today: date) -> dict[str, Any]:
    """`kind`: "" a plain day, "off" a weekend, "holiday", "shift" a weekend day that is worked."""
    entry = workdays.days.get(day)
    works = workdays.is_workday(day)
    kind = ("shift" if works and day.weekday() > 4 else "holiday" if not works else "") if entry else ""
    words = {"shift": _("班"), "holiday": _("休")}
    return {
        "number": day.day,
        "kind": kind or ("" if works else "off"),
        "mark": words.get(kind, ""),
        "name": entry.name if entry else "",
        "is_today": day == today,
    }


class NoticeForm(forms.Form):
    """The notice as a file or as pasted text; `text` keeps it between preview and confirmation."""

    file = forms.FileField(label=gettext_lazy("文件（CSV 或 JSON）"), required=False)
    text = WordsField(
        label=gettext_lazy("或把内容贴在这里"),
        most=MOST_BYTES,
        rows=8,
        required=False,
        help_text=gettext_lazy(
            "第一行 date,workday,name，每天一行：2027-01-01,否,元旦。休息的写“否”，调休上班的写“是”。"
        ),
    )
    source = WordsField(
        label=gettext_lazy("通知的文号"), most=200, help_text=gettext_lazy("例如 国办发明电〔2026〕7号")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file:
            data["text"] = _decoded(file.read(MOST_BYTES + 1))
        if not data.get("text") and not self.errors:
            self.add_error("text", _("请选文件，或把通知的内容贴进来。"))
        if data.get("text"):
            try:
                data["notice"] = read_notice(data["text"])
            except Refused as refused:
                self.add_error("text", said(refused))
        return data


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding) if len(raw) <= MOST_BYTES else ""
        except UnicodeDecodeError:
            continue
    return ""


@staff(Permission.RULES_EDIT)
def load(request: HttpRequest) -> HttpResponse:
    """Preview first: which days change sides, how many open deadlines move; then load it."""
    own = keeper(request, Permission.RULES_EDIT)
    if not own.is_city_wide:
        raise PermissionDenied
    form = NoticeForm(request.POST or None, request.FILES or None)
    preview = None
    if request.method == "POST" and form.is_valid():
        notice, source = form.cleaned_data["notice"], form.cleaned_data["source"]
        if "confirm" in request.POST:
            with refusals(form, days="text"):
                actions.load_notice(by=own.user.actor, year=notice.year, days=notice.days, source=source)
                return redirect("manage:calendar_year", notice.year)
        else:
            preview = _preview(notice, form.cleaned_data["text"], source)
    context = {"form": form, "preview": preview}
    return render(request, "manage/calendar_load.html", context)


def _preview(notice: Notice, text: str, source: str) -> dict[str, Any]:
    before = register().workdays
    kept = {
        day: entry for day, entry in before.days.items() if day.year != notice.year and day not in notice.days
    }
    after = Workdays({**kept, **notice.days})
    touched = {day for day in before.days if day.year == notice.year} | set(notice.days)
    changed = sorted(moved_days(before, after, touched))
    return {
        "year": notice.year,
        "days": len(notice.days),
        "text": text,
        "source": source,
        "changed": [_change(day, after, notice.days.get(day)) for day in changed],
        "moved": moved_clocks(after, changed),
    }


def _change(day: date, after: Workdays, entry: Day | None) -> tuple[str, str]:
    side = _("改为上班") if after.is_workday(day) else _("改为休息")
    return when.day(day, today=timezone.localdate()), f"{side}，{entry.name}" if entry else side


def moved_clocks(after: Workdays, changed: list[date]) -> int:
    """How many matters have a running clock that would end at another time; nothing is written."""
    if not changed:
        return 0
    book, now = rulebook(), timezone.now()
    first = timezone.make_aware(datetime.combine(changed[0], time.min))
    running = Clock.objects.running().filter(due_at__gte=first).order_by("id")
    moved = set()
    for clock in running.iterator(chunk_size=1000):
        rule = book.by_id[clock.rule_id]
        ends, _soon = run(
            rule,
            clock.started_at,
            after,
            extra=clock.extra,
            pauses=pauses_of(clock.pauses, now),
            until=clock.until,
        )
        if ends.at != clock.due_at:
            moved.add(clock.case_id)
    return len(moved)
