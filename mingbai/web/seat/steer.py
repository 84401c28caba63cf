"""A third party for the call at one's seat: passing on, asking, three together; and calling out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases.models import Case
from mingbai.core.refused import Refused
from mingbai.hotline.actions import steering
from mingbai.hotline.actions.steering import To
from mingbai.hotline.enums import Busy, CommandState, Target, Voice, Want
from mingbai.hotline.models import Seat, SeatCommand
from mingbai.hotline.queries.seats import steer_version
from mingbai.hotline.queries.steering import OPEN, last_third, reach, target_words
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.forms import said
from mingbai.web.seat.reach import Sitting, call_to_end, sitting

_HOW = (Want.CONSULT, Want.PASS, Want.JOIN)
"""Enter in the field of the number presses the first: the one after which the agent can still go back."""


@staff(Permission.CASE_OPEN)
def steer(request: HttpRequest) -> HttpResponse:
    """The panel by itself; the page asks for it when the strip says that something moved."""
    here = sitting(request)
    if here.seat is None:
        # Signed out in another window: the page begins anew, as with the strip.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "seat/_steer.html", steer_context(here))


@staff(Permission.CASE_OPEN)
@require_POST
def want(request: HttpRequest) -> HttpResponse:
    """Want something of the call at one's own seat."""
    here, data = sitting(request), request.POST
    to = _to(data.get("to", "")[:32], data.get("number", "")[:40])
    return _done(request, here, lambda: _want(here, data.get("what", "")[:16], to))


def _want(here: Sitting, what: str, to: To) -> None:
    if here.worker is not None:
        steering.want(by=here.user.actor, worker=here.worker, what=what, to=to)


def _to(chosen: str, number: str) -> To:
    """ "seat:seat-2", "station:<code>", "12345", or a typed number, which goes before what was chosen."""
    if number.strip():
        return To(Target.NUMBER, number=number)
    target, _colon, code = chosen.partition(":")
    return To(target if target in Target.values else Target.NONE, code[:16])


@staff(Permission.CASE_OPEN)
@require_POST
def dial(request: HttpRequest) -> HttpResponse:
    """Call a number, or whoever was promised a call back: `call` is the promise's, its matter goes along."""
    here, data = sitting(request), request.POST
    number, case = data.get("number", "")[:40], None
    if (pk := data.get("call", "")).isdigit():
        promised = call_to_end(here, int(pk[:18]))
        number, case = promised.phone, promised.case
    return _done(request, here, lambda: _dial(here, number, case))


def _dial(here: Sitting, number: str, case: Case | None) -> None:
    if here.worker is not None:
        steering.call_out(by=here.user.actor, worker=here.worker, number=number, case=case)


def _done(request: HttpRequest, here: Sitting, act: Any) -> HttpResponse:
    """Do it; a refusal is said in the panel, or above the page."""
    problem = ""
    try:
        act()
    except Refused as refused:
        problem = said(refused)
    if getattr(request, "htmx", False):
        context = steer_context(sitting(request)) | {"problem": problem, "typed": request.POST}
        return render(request, "seat/_steer.html", context)
    if problem:
        messages.error(request, problem)
    return redirect("seat:home")


def steer_context(here: Sitting) -> dict[str, Any]:
    """What the panel shows; whom one may reach is asked for only while somebody talks."""
    seat, third = here.seat, last_third(here.seat)
    is_open = third is not None and third.state in OPEN and seat is not None and seat.busy == Busy.TALKING
    can_choose = seat is not None and seat.busy == Busy.TALKING and not is_open
    return {
        "steer_version": steer_version(seat, third),
        "says": _says(third) if third else "",
        "is_open": is_open,
        "is_up": is_open and third is not None and third.state == CommandState.TALKING,
        "is_asking": third is not None and third.what == Want.CONSULT,
        "groups": _groups(seat) if can_choose and seat else [],
        "can_choose": can_choose,
        "can_dial": seat is not None and seat.busy == Busy.FREE and seat.voice != Voice.NONE,
        "hows": [(how.value, how.label) for how in _HOW],
    }


def _says(third: SeatCommand) -> str:
    """One sentence for each thing that can become of it."""
    who, why = target_words(third), str(third.get_why_display()) if third.why else ""
    match third.state:
        case CommandState.ASKED | CommandState.RINGING:
            return _("正在呼叫%(who)s。") % {"who": who}
        case CommandState.TALKING if third.what == Want.CONSULT:
            return _("%(who)s已接通，来电人在听音乐。") % {"who": who}
        case CommandState.TALKING:
            return _("三方通话中：%(who)s已加入。") % {"who": who}
        case CommandState.FAILED:
            return _("没有接通%(who)s：%(why)s。来电人还在线上。") % {"who": who, "why": why}
        case CommandState.REFUSED:
            return _("没有执行：%(why)s。") % {"why": why}
    return _("与%(who)s的接转已完成。") % {"who": who}


def _groups(seat: Seat) -> list[tuple[str, list[tuple[str, str]]]]:
    """What stands in the list: seats with who sits there, 12345, the centres of city and counties."""
    places = register()
    city = places.city_of(places.stations[seat.station_id].region)
    counties = [row.code for row in places.children(city, timezone.localdate())]
    found = reach(seat, [city, *counties])
    seats = [
        (f"seat:{one.name}", f"{one.name} {one.worker or ''} {one.get_busy_display() or ''}".strip())
        for one in found.seats
    ]
    stations = [(f"station:{one.code}", one.name) for one in found.stations]
    return [
        (str(_("席位")), seats),
        (str(_("别的热线")), [("12345", str(Target.OTHER_LINE.label))]),
        (str(_("站点")), stations),
    ]
