"""The calendar of bookings, and a booking taken for somebody at the desk or on the telephone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.cases.enums import Channel
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.visits.actions.bookings import Wish, take_slot
from mingbai.visits.enums import VisitKind
from mingbai.visits.models import Visit
from mingbai.visits.perms import can_receive
from mingbai.visits.queries.slots import Book, book, next_of, openings_of, serves
from mingbai.visits.queries.visits import booked_on
from mingbai.visits.rules.visits import Visitor
from mingbai.web.access import staff, user_of
from mingbai.web.door.home import row_of
from mingbai.web.door.reach import day_of, frame, here, lines_at, receives_here, slot_of, stamp
from mingbai.web.forms import PhoneField, WordsField, refusals
from mingbai.web.offline import key_of
from mingbai.web.where import Choices

WEEK = timedelta(days=7)
OFFERED = 48
KINDS = [
    (VisitKind.BOOKING, gettext_lazy("到窗口、见律师")),
    (VisitKind.RECEPTION, gettext_lazy("见领导（接待日）")),
    (VisitKind.HOME, gettext_lazy("请人上门")),
]
CHANNELS = [(Channel.WINDOW, gettext_lazy("到窗口来约")), (Channel.HOTLINE, gettext_lazy("打电话来约"))]


@staff(Permission.CASE_SEE)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A week: who comes when, and how many times are free."""
    asked = day_of(request, "week")
    first = asked - timedelta(days=asked.weekday())
    last, station = first + WEEK - timedelta(days=1), here(request)
    visits = booked_on(user_of(request), [station], first, last)
    shown = book(openings_of([station]), first, last)
    context = {
        **frame(request, "calendar"),
        "days": _days(first, list(visits), shown, can_receive(user_of(request), station)),
        "before": (first - WEEK).isoformat(),
        "after": (first + WEEK).isoformat(),
        "is_now": first <= timezone.localdate() <= last,
        "title": _("%(first)s 至 %(last)s") % {"first": day_words(first), "last": day_words(last)},
    }
    return render(request, "door/calendar.html", context)


def _days(first: date, visits: list[Visit], shown: Book, works: bool) -> list[dict[str, Any]]:
    free: dict[date, int] = defaultdict(int)
    now = timezone.now()
    for slot in shown.slots:
        if slot.starts_at > now:
            free[slot.starts_at.date()] += slot.free
    rows: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for visit in visits:
        rows[visit.on].append(row_of(visit, works=works))
    days = [first + timedelta(days=n) for n in range(7)]
    return [
        {"on": day_words(day), "rows": rows[day], "free": free[day], "is_today": day == now.date()}
        for day in days
        if rows[day] or free[day]
    ]


class AskForm(forms.Form):
    """What they come for: lives in the address."""

    kind = forms.ChoiceField(label=gettext_lazy("来做什么"), choices=KINDS, required=False)
    line = forms.ChoiceField(label=gettext_lazy("业务"), required=False)

    def __init__(self, data: Any, station: str) -> None:
        super().__init__(data, auto_id="ask_%s")
        self.fields["line"].choices = lines_at(station)  # type: ignore[attr-defined]

    def asked(self, station: str) -> tuple[str, str]:
        """The kind and the line, with the first of each where none is asked for."""
        self.is_valid()
        lines = [code for code, _label in lines_at(station)]
        kind = self.cleaned_data.get("kind") or VisitKind.BOOKING
        line = self.cleaned_data.get("line") or (lines[0] if lines else "")
        return str(kind), "" if kind == VisitKind.RECEPTION else str(line)


class VisitorForm(forms.Form):
    slot = forms.ChoiceField(label=gettext_lazy("什么时候"), widget=forms.RadioSelect)
    name = WordsField(label=gettext_lazy("姓名"), most=64, required=False)
    phone = PhoneField(
        label=gettext_lazy("电话"), required=False, help_text=gettext_lazy("手机会收到预约码和前一天的提醒。")
    )
    text = WordsField(label=gettext_lazy("什么事"), most=2000, rows=3, required=False)
    place = WordsField(label=gettext_lazy("上门的地址"), most=200, required=False)

    def __init__(self, *args: Any, slots: Choices, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]
        self.fields["text"].required = kind == VisitKind.RECEPTION
        if kind != VisitKind.HOME:
            del self.fields["place"]

    def visitor(self) -> Visitor:
        data = self.cleaned_data
        return Visitor(name=data["name"], phone=data["phone"], text=data["text"], place=data.get("place", ""))


class DeskForm(VisitorForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("怎么来约的"), choices=CHANNELS, widget=forms.RadioSelect, initial=Channel.WINDOW
    )


@staff(Permission.CASE_OPEN)
def take(request: HttpRequest) -> HttpResponse:
    """For somebody at the window or on the telephone: what for, one of the next times, who."""
    station = here(request)
    receives_here(request, station)
    ask = AskForm(request.GET or None, station)
    kind, line = ask.asked(station) if request.GET else _first(station)
    slots = offered([station], kind, line, OFFERED)
    if request.method != "POST":
        return _page(request, DeskForm(slots=slots, kind=kind), ask, kind, line)
    form = DeskForm(request.POST, slots=_with_sent(slots, request.POST.get("slot", "")), kind=kind)
    if form.is_valid():
        with refusals(form):
            visit = take_slot(by=user_of(request).actor, wish=_wish(form, line, key_of(request)))
            words = {"when": moment(visit.starts_at or visit.at), "code": group_number(visit.code)}
            messages.success(request, _("约好了：%(when)s。预约码 %(code)s，请念给他。") % words)
            return redirect("door:visit", visit.pk)
    return _page(request, form, ask, kind, line)


def _first(station: str) -> tuple[str, str]:
    lines = lines_at(station)
    return str(VisitKind.BOOKING), lines[0][0] if lines else ""


def _with_sent(slots: Choices, sent: str) -> Choices:
    """A time that went meanwhile is judged by the action, which knows what to offer instead."""
    return slots if any(code == sent for code, _label in slots) or not sent else [*slots, (sent, sent)]


def offered(stations: list[str], kind: str, line: str, most: int, *, only_public: bool = False) -> Choices:
    """The next free times as choices: "12月1日 周二 09:00，李律师"."""
    openings = openings_of(stations, kinds=[kind], only_public=only_public)
    openings = [one for one in openings if serves(one, line)]
    names = {one.pk: one.receives for one in openings}
    return [
        (stamp(slot), f"{moment(slot.starts_at)}，{names[slot.opening]}")
        for slot in next_of(openings, most=most)
    ]


def _wish(form: DeskForm, line: str, key: str) -> Wish:
    opening, at = slot_of(form.cleaned_data["slot"])
    return Wish(
        opening=opening,
        starts_at=at,
        line=line,
        visitor=form.visitor(),
        channel=form.cleaned_data["channel"],
        client_key=key,
        by_staff=True,
    )


def days_of(form: VisitorForm) -> list[dict[str, Any]]:
    """The form's times by day, as the page shows them."""
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    chosen = str(form["slot"].value() or "")
    for code, label in form.fields["slot"].choices:  # type: ignore[attr-defined]
        try:
            at = slot_of(str(code))[1]
        except (Refused, OverflowError, ValueError):
            continue
        who = str(label).rpartition("，")[2] if "，" in str(label) else ""
        days[at.date()].append({"slot": code, "time": f"{at:%H:%M}", "who": who, "is_chosen": code == chosen})
    return [{"on": day_words(day), "times": times} for day, times in days.items()]


def _page(request: HttpRequest, form: DeskForm, ask: AskForm, kind: str, line: str) -> HttpResponse:
    context = {
        **frame(request, "calendar"),
        "form": form,
        "ask": ask,
        "kinds": [(code, label, code == kind) for code, label in KINDS],
        "lines": [(code, label, code == line) for code, label in lines_at(here(request))],
        "is_reception": kind == VisitKind.RECEPTION,
        "days": days_of(form),
        "key": key_of(request),
    }
    return render(request, "door/take.html", context)
