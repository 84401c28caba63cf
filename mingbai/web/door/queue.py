"""The queue at a window: next, again, absent, back, forward; what was called outlives a closed browser."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases.enums import Channel
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.visits.actions import tickets
from mingbai.visits.enums import Priority, VisitState
from mingbai.visits.models import Visit
from mingbai.visits.queries.queue import absent, called_at, hall_of, waiting
from mingbai.web.access import staff, user_of
from mingbai.web.door.reach import here, lines_at, receives_here, station_of, tried, visit_for, worker_of
from mingbai.web.offline import key_of

WINDOW, LINES = "door_window", "door_lines"


def window_of(request: HttpRequest) -> int | None:
    """The window where this person sits, as they said last."""
    found = request.session.get(WINDOW)
    return found if isinstance(found, int) else None


def _lines_of(request: HttpRequest) -> list[str]:
    return [str(line) for line in request.session.get(LINES, [])]


def shown(request: HttpRequest, station: str) -> dict[str, Any]:
    """What the panel of the queue shows."""
    now, window = timezone.now(), window_of(request)
    mine = called_at(station, window, now) if window else None
    chosen = _lines_of(request)
    rows = waiting(station, now)
    return {
        "has_tickets": hall_of(station).has_tickets,
        "window": window or "",
        "window_lines": [(code, label, code in chosen) for code, label in lines_at(station)],
        "mine": _row(mine) if mine else None,
        "waiting": [_row(visit) for visit in rows],
        "absent": [_row(visit) for visit in absent(station, now)],
    }


def _row(visit: Visit) -> dict[str, Any]:
    return {
        "pk": visit.pk,
        "number": visit.number,
        "what": visit.get_line_display() or visit.get_kind_display(),
        "since": moment(visit.waiting_since or visit.at),
        "why": _why(visit),
        "window": visit.window or "",
        "who": visit.name,
        "calls": visit.calls,
        "case": visit.case.number if visit.case_id and visit.case else "",
    }


def _why(visit: Visit) -> str:
    """Why they stand where they stand: the order is no secret."""
    if visit.starts_at is not None:
        return _("约了 %(when)s") % {"when": moment(visit.starts_at)}
    return str(Priority(visit.priority).label) if visit.priority else ""


@staff(Permission.CASE_OPEN)
@require_POST
def sit(request: HttpRequest) -> HttpResponse:
    """At which window I sit, and for what."""
    number = request.POST.get("window", "")
    if number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= 99:
        request.session[WINDOW] = int(number)
    else:
        messages.error(request, _("窗口是 1 到 99 的数字。"))
    known = {code for code, _label in lines_at(here(request))}
    request.session[LINES] = [line for line in request.POST.getlist("lines") if line in known]
    return redirect("door:home")


@staff(Permission.CASE_OPEN)
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    station, window = here(request), window_of(request)
    receives_here(request, station)
    if window is None:
        messages.error(request, _("请先写明您在几号窗口。"))
        return redirect("door:home")
    tried(
        request,
        lambda: tickets.call_next(
            by=user_of(request).actor,
            station=station_of(station),
            window=window,
            lines=_lines_of(request),
            worker=worker_of(request),
        ),
    )
    return redirect("door:home")


@staff(Permission.CASE_OPEN)
@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """A number given by the clerk."""
    station = here(request)
    receives_here(request, station)

    def act() -> None:
        visit = tickets.take_ticket(
            by=user_of(request).actor,
            station=station_of(station),
            line=request.POST.get("line", ""),
            priority=request.POST.get("priority", ""),
            channel=Channel.WINDOW,
            client_key=key_of(request),
            by_staff=True,
        )
        messages.success(request, _("给了 %(number)s 号。") % {"number": visit.number})

    tried(request, act)
    return redirect("door:home")


@staff(Permission.CASE_OPEN)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One thing with one number: call again absent back arrive leave forward."""
    found, by = visit_for(request, pk), user_of(request).actor
    window = window_of(request)
    if verb == "call" and window is None:
        messages.error(request, _("请先写明您在几号窗口。"))
        return redirect("door:home")
    doing = {
        "call": lambda: tickets.call_ticket(
            by=by, visit=found, window=window or 0, worker=worker_of(request)
        ),
        "again": lambda: tickets.call_again(by=by, visit=found),
        "absent": lambda: tickets.mark_absent(by=by, visit=found),
        "back": lambda: tickets.come_back(by=by, visit=found),
        "arrive": lambda: tickets.arrive(by=by, visit=found),
        "leave": lambda: tickets.leave(by=by, visit=found),
        "forward": lambda: _forward(request, found),
    }
    if verb in doing:
        tried(request, doing[verb])
    return redirect("door:home")


def _forward(request: HttpRequest, found: Visit) -> None:
    to = request.POST.get("window", "")
    window = int(to) if to.isascii() and to.isdigit() and 0 < int(to[:4]) <= 99 else None
    tickets.forward(by=user_of(request).actor, visit=found, line=request.POST.get("line", ""), window=window)


def may_arrive(visit: Visit) -> bool:
    """A booking of today that has not been reported yet."""
    return visit.state == VisitState.BOOKED and visit.on == timezone.localdate()
