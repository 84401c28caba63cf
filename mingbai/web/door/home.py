"""Today at the door: who comes by appointment, a visit written down with two keys, whom to call."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.enums import Mode
from mingbai.core.checks import mask_name
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.visits.actions.records import Note, record_visit
from mingbai.visits.enums import Priority, VisitState
from mingbai.visits.models import Visit
from mingbai.visits.perms import can_receive
from mingbai.visits.queries.visits import booked_on, displaced, recorded_today
from mingbai.visits.rules.visits import Visitor
from mingbai.web.access import staff, user_of
from mingbai.web.door import queue
from mingbai.web.door.reach import frame, here, lines_at, receives_here, station_of, worker_of
from mingbai.web.forms import PhoneField, WordsField, refusals
from mingbai.web.offline import key_of

MOST = 60


class RecordForm(forms.Form):
    """Line and outcome; everything else may follow or stay away."""

    line = forms.ChoiceField(label=gettext_lazy("业务"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), choices=Mode.choices, widget=forms.RadioSelect)
    window = forms.IntegerField(label=gettext_lazy("窗口"), min_value=1, max_value=99, required=False)
    foreign_number = forms.CharField(label=gettext_lazy("叫号机的号"), max_length=16, required=False)
    name = WordsField(label=gettext_lazy("姓名"), most=64, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    text = WordsField(label=gettext_lazy("什么事"), most=2000, rows=2, required=False)
    said = WordsField(label=gettext_lazy("谈了什么、办了什么"), most=4000, rows=2, required=False)

    def __init__(self, *args: Any, station: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = lines_at(station)  # type: ignore[attr-defined]

    def note(self, key: str = "") -> Note:
        data = self.cleaned_data
        return Note(
            line=data["line"],
            outcome=data["outcome"],
            window=data["window"],
            foreign_number=data["foreign_number"],
            visitor=Visitor(name=data["name"], phone=data["phone"], text=data["text"]),
            client_key=key,
            said=data["said"],
        )


@staff(Permission.CASE_SEE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, RecordForm(station=here(request), initial=_remembered(request)))


def _remembered(request: HttpRequest) -> dict[str, Any]:
    """The window where this person sat last: it is not typed twice."""
    return {"window": request.session.get("door_window")}


@staff(Permission.CASE_OPEN)
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Somebody was here: two keys."""
    station = here(request)
    receives_here(request, station)
    form = RecordForm(request.POST, station=station)
    if form.is_valid():
        with refusals(form):
            visit = record_visit(
                by=user_of(request).actor,
                station=station_of(station),
                note=form.note(key_of(request)),
                worker=worker_of(request),
            )
            if visit.window:
                request.session["door_window"] = visit.window
            done = _("已记下：%(line)s，%(outcome)s。")
            words = {"line": visit.get_line_display(), "outcome": visit.get_outcome_display()}
            messages.success(request, done % words)
            return redirect("door:home")
    return page(request, form)


def page(request: HttpRequest, form: RecordForm) -> HttpResponse:
    station, user, today = here(request), user_of(request), timezone.localdate()
    served, works = list(recorded_today(user, station)[:MOST]), can_receive(user, station)
    context = {
        **frame(request, "home"),
        "form": form,
        "key": key_of(request),
        "bookings": [row_of(visit, works=works) for visit in booked_on(user, [station], today, today)[:MOST]],
        "displaced": [row_of(visit, works=works) for visit in displaced(user, [station])[:MOST]],
        "served": [row_of(visit, works=works) for visit in served],
        "priorities": [(one.value, one.label) for one in Priority if one],
        **queue.shown(request, station),
    }
    return render(request, "door/home.html", context)


_TONES = {
    VisitState.SERVED: "ok",
    VisitState.NO_SHOW: "late",
    VisitState.ABSENT: "soon",
    VisitState.CALLED: "soon",
}


def row_of(visit: Visit, *, works: bool) -> dict[str, Any]:
    """A visit as a line of a list; the name whole for who `works` at this door, masked for who looks on."""
    opening = visit.opening
    return {
        "pk": visit.pk,
        "when": moment(visit.starts_at or visit.at),
        "number": visit.number,
        "what": visit.get_line_display() or visit.get_kind_display(),
        "who": visit.name if works else mask_name(visit.name) if visit.name else "",
        "receives": opening.receives if opening else (visit.worker.name if visit.worker else ""),
        "state": visit.get_state_display(),
        "tone": _TONES.get(VisitState(visit.state), ""),
        "outcome": visit.get_outcome_display(),
        "is_open": visit.is_open,
        "is_displaced": visit.displaced_at is not None and visit.state == VisitState.BOOKED,
        "case": visit.case.number if visit.case else "",
        "window": visit.window or "",
        "may_arrive": queue.may_arrive(visit),
    }
