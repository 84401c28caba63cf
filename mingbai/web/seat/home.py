"""The page of a seat: the hand-over sheet first, then the strip; signing in and out, ready, pause."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mingbai.core.refused import Refused
from mingbai.hotline.actions import seats
from mingbai.hotline.enums import Busy, PauseReason, SeatState, Voice
from mingbai.hotline.models import Call
from mingbai.hotline.queries import seats as looks
from mingbai.hotline.queries.quality import unseen
from mingbai.hotline.queries.seats import Sheet, handover_sheet, my_calls
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import said
from mingbai.web.matters import title_of
from mingbai.web.seat.reach import Sitting, free_seats, sitting, softphone
from mingbai.web.seat.steer import steer_context

_SAID_BY_HAND = [PauseReason.BREAK, PauseReason.MEAL, PauseReason.MEETING, PauseReason.CASE]


class SignInForm(forms.Form):
    """Which seat to take."""

    name = forms.ChoiceField(label=gettext_lazy("坐哪个席位"))

    def __init__(self, *args: Any, free: list[tuple[str, str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.free = {name: voice for name, voice, _what in free}
        self.fields["name"].choices = [(name, f"{what} {name}") for name, _v, what in free]  # type: ignore[attr-defined]


@staff(Permission.CASE_OPEN)
def home(request: HttpRequest) -> HttpResponse:
    """Where nobody has taken a seat yet the sheet and the seats, else the work."""
    return _show(request, sitting(request), None)


def _show(request: HttpRequest, here: Sitting, form: SignInForm | None) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "sheet": _sheet_shown(handover_sheet(here.user, here.worker, here.station, now)),
        "today": [_row(call) for call in my_calls(here.worker, now)],
        "has_worker": here.worker is not None,
        "unseen": unseen(here.worker),
        "phone": softphone(request, here.seat, now),
        **_strip_context(here, now),
        **steer_context(here),
    }
    if here.seat is None:
        context["form"] = form or SignInForm(free=free_seats(here.station))
    return render(request, "seat/home.html", context, status=400 if form is not None else 200)


@staff(Permission.CASE_OPEN)
@require_POST
def come(request: HttpRequest) -> HttpResponse:
    """Take a seat: only who opens matters at the centre itself answers its line."""
    here = sitting(request)
    if not can(here.user, Permission.CASE_OPEN, station=here.station):
        raise PermissionDenied
    form = SignInForm(request.POST, free=free_seats(here.station))
    if here.worker is None:
        messages.error(request, _("您不在服务人员登记册里，不能签入席位。"))
        return redirect("seat:home")
    if form.is_valid():
        worker, name = here.worker, form.cleaned_data["name"]
        return _done(
            request,
            lambda: seats.sign_in(
                by=here.user.actor, worker=worker, station=here.station, name=name, voice=form.free[name]
            ),
        )
    return _show(request, here, form)


@staff(Permission.CASE_OPEN)
@require_POST
def go(request: HttpRequest) -> HttpResponse:
    """Leave the seat."""
    here = sitting(request)
    if here.worker is None:
        return redirect("seat:home")
    worker = here.worker
    return _done(request, lambda: seats.sign_out(by=here.user.actor, worker=worker))


@staff(Permission.CASE_OPEN)
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Ready, or a pause and why; also the end of the wrap-up."""
    here = sitting(request)
    state, reason = request.POST.get("state", "")[:16], request.POST.get("reason", "")[:16]
    if here.worker is None:
        return redirect("seat:home")
    worker = here.worker
    return _done(request, lambda: seats.say(by=here.user.actor, worker=worker, state=state, reason=reason))


def _done(request: HttpRequest, act: Any) -> HttpResponse:
    """Do it and show the seat again; a refusal is said above it."""
    try:
        act()
    except Refused as refused:
        messages.error(request, said(refused))
    if getattr(request, "htmx", False):
        return _strip(request, sitting(request))
    return redirect("seat:home")


@staff(Permission.CASE_OPEN, while_locked=True)
def strip(request: HttpRequest) -> HttpResponse:
    """The strip, asked for by the page itself: 204 where nothing has changed.

    A locked session goes on hearing: a call must not be missed because nobody touched the keys. Who calls is
    not said here.
    """
    here = sitting(request)
    shown = looks.strip(here.seat, here.station, timezone.now())
    if request.GET.get("v") == shown.version:
        return HttpResponse(status=204)
    return _strip(request, here)


def _strip(request: HttpRequest, here: Sitting) -> HttpResponse:
    if here.seat is None:
        # Signed out in another window: the page begins anew, with the sheet and the seats.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "seat/_strip.html", _strip_context(here, timezone.now()))


def _strip_context(here: Sitting, now: datetime) -> dict[str, Any]:
    shown = looks.strip(here.seat, here.station, now)
    return {
        "strip": shown,
        "seat": here.seat,
        "state": _state_words(here),
        "is_online": here.seat is not None and here.seat.voice != Voice.NONE,
        "is_ready": here.seat is not None and here.seat.state == SeatState.READY,
        "is_wrapping": here.seat is not None and here.seat.busy == Busy.WRAP,
        "reasons": [(reason.value, reason.label) for reason in _SAID_BY_HAND],
        "call_url": _call_url(here),
    }


def _call_url(here: Sitting) -> str:
    seat = here.seat
    if seat is None or not seat.call_id or seat.busy not in looks.BUSY_WITH_CALL:
        return ""
    return reverse("seat:call", args=[seat.call_id])


def _state_words(here: Sitting) -> str:
    if here.seat is None:
        return ""
    if here.seat.busy:
        return str(here.seat.get_busy_display())
    if here.seat.state == SeatState.PAUSE:
        return str(here.seat.get_reason_display())
    return str(here.seat.get_state_display())


def _sheet_shown(sheet: Sheet) -> list[dict[str, Any]]:
    """The groups that are not empty, each row with whose it is."""
    calls = (
        (_("承诺回电，还没有回"), sheet.promised, True),
        (_("夜间来电，还没有补记"), sheet.night, False),
        (_("我接的来电，还没有收尾"), sheet.unwritten, False),
    )
    groups = [
        {"title": title, "rows": [_row(call, is_owed=owed) for call in rows]} for title, rows, owed in calls
    ]
    late = [
        {
            "url": reverse("desk:case", args=[case.number]),
            "title": title_of(case),
            "at": case.due_at,
            "who": str(case.owner or _("还没有人接办")),
        }
        for case in sheet.late
    ]
    groups.append({"title": _("已经超期"), "rows": late})
    return [group for group in groups if group["rows"]]


def _row(call: Call, *, is_owed: bool = False) -> dict[str, Any]:
    """`call` is there where a click calls back: whoever was promised it, and has a number we still keep."""
    case = call.case
    who = case.owner if case and case.owner_id else call.worker
    title = title_of(case) if case else str(call.get_no_matter_display() or _("还没有登记"))
    return {
        "url": reverse("desk:case", args=[case.number]) if case else reverse("seat:call", args=[call.pk]),
        "title": _("去电：%(title)s") % {"title": title} if call.is_out else title,
        "at": call.offered_at,
        "who": str(who or _("还没有人接办")),
        "call": call.pk if is_owed and call.phone_sealed and call.key else None,
    }
