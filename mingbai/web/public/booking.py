"""A time by appointment, on the phone and at the query machine: found, booked, moved, cancelled, rated.

A visit is reached by its booking code alone; its page shows when and where, and nothing of the person.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases.enums import GRADES, Channel
from mingbai.core.actor import RESIDENT
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.places.enums import Line
from mingbai.places.queries import register
from mingbai.visits.actions.bookings import Wish, cancel_booking, move_booking, take_slot
from mingbai.visits.actions.ratings import rate_visit
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.slots import Book, book, is_near, next_free, serves
from mingbai.visits.queries.visits import by_code
from mingbai.visits.rules.slots import Slot
from mingbai.visits.rules.visits import Visitor
from mingbai.web.access import face_of, public, refuse_staff
from mingbai.web.door.reach import slot_of, stamp
from mingbai.web.forms import PhoneField, WordsField, refusals, said
from mingbai.web.offline import is_from_phone, key_of, not_taken, taken
from mingbai.web.public.stations import NEAR_COOKIE
from mingbai.web.public.ticket import waiting_words
from mingbai.web.where import choices_below, full_name, picked_from

AHEAD = timedelta(days=21)
MOST_STATIONS, MOST_TIMES, OFFERED = 20, 8, 30
KINDS = {
    VisitKind.BOOKING: gettext_lazy("到窗口办事、见律师"),
    VisitKind.RECEPTION: gettext_lazy("见领导，提意见（接待日）"),
    VisitKind.HOME: gettext_lazy("来不了，请人上门"),
}


@public
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What for and where; then the next free times of each station, the nearest first."""
    places = register()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else str(VisitKind.BOOKING)
    line = request.GET.get("line", "")
    line = line if line in Line.values and kind != VisitKind.RECEPTION else ""
    near = {"place": request.COOKIES.get(NEAR_COOKIE, "")} if face_of(request) == "public" else {}
    picked = picked_from(request.GET if "county" in request.GET else near, places)
    below = places.subtree(picked.county) if picked.county else None
    openings = [one for one in _openings(kind) if serves(one, line)]
    if below is not None:
        openings = [one for one in openings if places.stations[one.station_id].region in below]
    context = {
        "kinds": [(code, label, code == kind) for code, label in KINDS.items()],
        "lines": [(one.value, one.label, one.value == line) for one in Line],
        "is_reception": kind == VisitKind.RECEPTION,
        "counties": choices_below(places, settings.CITY_CODE),
        "county": picked.county,
        "stations": _stations(openings, line),
    }
    return render(request, "public/book.html", context)


def _openings(kind: str) -> list[Opening]:
    today = timezone.localdate()
    rows = Opening.objects.filter(kind=kind, is_public=True).exclude(last_on__lt=today)
    return list(rows.order_by("station_id", "id"))


def _stations(openings: list[Opening], line: str) -> list[dict[str, Any]]:
    """Each station with its next free times; two queries, however many there are."""
    places, today, now = register(), timezone.localdate(), timezone.now()
    found = book(openings, today, today + AHEAD)
    times: dict[str, list[Slot]] = defaultdict(list)
    for slot in found.free(after=now):
        station = found.openings[slot.opening].station_id
        if len(times[station]) < MOST_TIMES and is_near(found, slot, today):
            times[station].append(slot)
    codes = sorted({one.station_id for one in openings}, key=lambda code: (not times[code], code))
    return [
        {
            "name": places.stations[code].name,
            "place": full_name(places, places.stations[code].region),
            "times": [_time(found, slot, line) for slot in times[code]],
        }
        for code in codes[:MOST_STATIONS]
    ]


def _time(found: Book, slot: Slot, line: str) -> dict[str, str]:
    opening = found.openings[slot.opening]
    return {
        "slot": stamp(slot),
        "query": f"?line={line}" if line else "",
        "when": moment(slot.starts_at),
        "who": opening.receives,
    }


class VisitorForm(forms.Form):
    line = forms.ChoiceField(label=gettext_lazy("办什么"))
    name = WordsField(label=gettext_lazy("怎么称呼您"), most=64, required=False)
    phone = PhoneField(label=gettext_lazy("手机"), help_text=gettext_lazy("预约码和前一天的提醒发到这里。"))
    place = WordsField(label=gettext_lazy("上门的地址"), most=200)
    text = WordsField(label=gettext_lazy("简单说说什么事"), most=2000, rows=3, required=False)

    def __init__(self, *args: Any, opening: Opening, **options: Any) -> None:
        super().__init__(*args, **options)
        row = register().stations.get(opening.station_id)
        offered = opening.lines or (row.lines if row and row.lines else Line.values)
        self.fields["line"].choices = [(one.value, one.label) for one in Line if one in offered]  # type: ignore[attr-defined]
        if opening.kind == VisitKind.RECEPTION:
            del self.fields["line"]
            self.fields["text"].required = True
            self.fields["text"].label = _("要反映什么事")
        if opening.kind != VisitKind.HOME:
            del self.fields["place"]

    def wish(self, opening: Opening, text: str, face: str, key: str) -> Wish:
        data = self.cleaned_data
        return Wish(
            opening=opening.pk,
            starts_at=slot_of(text)[1],
            line=data.get("line", ""),
            visitor=Visitor(
                name=data["name"], phone=data["phone"], text=data["text"], place=data.get("place", "")
            ),
            channel=Channel.KIOSK if face == "kiosk" else Channel.WEB,
            client_key=key,
        )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def slot(request: HttpRequest, slot: str) -> HttpResponse:
    """One time: who comes. A double click is one booking; who comes second is offered the next ones."""
    opening, at = _slot_or_404(slot)
    form = VisitorForm(request.POST or None, opening=opening, initial={"line": request.GET.get("line", "")})
    others: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            wish = form.wish(opening, slot, face_of(request), key_of(request))
            visit = take_slot(by=RESIDENT, wish=wish)
            url = reverse(f"{face_of(request)}:visit", args=[visit.code])
            if is_from_phone(request):
                return taken(url=url)
            messages.success(request, _("约好了。请记下预约码，改期、取消都用它。"))
            return redirect(url)
        others = _others(opening, form.cleaned_data.get("line", ""))
    if is_from_phone(request):
        return not_taken("")
    context = {
        "form": form,
        "when": moment(at),
        "receives": opening.receives,
        "place": register().stations[opening.station_id].name,
        "room": opening.room,
        "is_home": opening.kind == VisitKind.HOME,
        "others": others,
        "key": key_of(request),
    }
    return render(request, "public/slot.html", context)


def _slot_or_404(text: str) -> tuple[Opening, Any]:
    try:
        pk, at = slot_of(text)
    except Refused:
        raise Http404 from None
    return get_object_or_404(Opening.objects.filter(is_public=True), pk=pk), at


def _others(opening: Opening, line: str) -> list[dict[str, str]]:
    found = next_free([opening.station_id], kind=opening.kind, line=line, most=MOST_TIMES, only_public=True)
    query = f"?line={line}" if line else ""
    return [{"slot": stamp(one), "query": query, "when": moment(one.starts_at)} for one in found]


# ── one visit, by its code ──


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("预约码（12 位数字）"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The code of the message or the slip. A POST: no code stands in a log because somebody searched."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = by_code(form.cleaned_data["code"])
        if found is not None:
            return redirect(f"{face_of(request)}:visit", found.code)
        form.add_error("code", _("没有这个预约码，请核对。找不到了，可以打 12348 问。"))
    return render(request, "public/code.html", {"form": form})


def _visit_or_404(code: str) -> Visit:
    found = by_code(code)
    if found is None:
        raise Http404
    return found


@public
@require_safe
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """When, where, and how it stands; how long it may still take for who waits."""
    found = _visit_or_404(code)
    context = {**_told(found), **_may(found), "waiting": waiting_words(found)}
    return render(request, "public/visit.html", context)


def _told(found: Visit) -> dict[str, Any]:
    opening = found.opening
    return {
        "code": found.code,
        "grouped": group_number(found.code),
        "number": found.number,
        "kind": found.get_kind_display(),
        "what": found.get_line_display(),
        "when": moment(found.starts_at) if found.starts_at else "",
        "place": found.station.name,
        "address": found.station.address,
        "room": opening.room if opening else "",
        "receives": opening.receives if opening else "",
        "state": found.get_state_display(),
        "is_home": found.kind == VisitKind.HOME,
        "is_displaced": found.displaced_at is not None and found.state == VisitState.BOOKED,
    }


def _may(found: Visit) -> dict[str, Any]:
    return {
        "may_change": found.state == VisitState.BOOKED,
        "may_rate": found.state == VisitState.SERVED and found.grade is None,
        "grade": GRADES.get(found.grade or 0, ""),
        "grades": list(GRADES.items()),
    }


@public
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Another time under the same code; until it is taken the old one stands."""
    found = _visit_or_404(code)
    error = ""
    if request.method == "POST":
        try:
            pk, at = slot_of(request.POST.get("slot", ""))
            opening = get_object_or_404(Opening.objects.filter(is_public=True), pk=pk)
            move_booking(by=RESIDENT, visit=found, opening=opening, starts_at=at)
            messages.success(request, _("已改期，预约码不变。"))
            return redirect(f"{face_of(request)}:visit", code)
        except Refused as refused:
            error = said(refused)
    free = next_free([found.station_id], kind=found.kind, line=found.line, most=OFFERED, only_public=True)
    times = [{"slot": stamp(one), "when": moment(one.starts_at)} for one in free]
    return render(request, "public/visit_move.html", {**_told(found), "times": times, "error": error})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    found = _visit_or_404(code)
    if request.method == "POST":
        try:
            cancel_booking(by=RESIDENT, visit=found)
            messages.success(request, _("已取消。谢谢您告诉我们，这个时间可以给别人了。"))
        except Refused as refused:
            messages.error(request, said(refused))
        return redirect(f"{face_of(request)}:visit", code)
    return render(request, "public/visit_cancel.html", _told(found))


@public
@require_http_methods(["POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Five grades, once, by the resident's own phone."""
    found = _visit_or_404(code)
    grade, text = request.POST.get("grade", ""), request.POST.get("text", "")
    try:
        refuse_staff(request)
        rate_visit(by=RESIDENT, visit=found, grade=int(grade) if grade in set("12345") else 0, text=text)
        messages.success(request, _("谢谢您的评价。"))
    except Refused as refused:
        messages.error(request, said(refused))
    return redirect(f"{face_of(request)}:visit", code)
