"""One call at the seat: who it is, their earlier matters, the form of this one, and the four ends."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases.actions.intake import Opened
from mingbai.cases.enums import GRADES, Channel, Tell
from mingbai.core.refused import Refused
from mingbai.hotline.actions import ends, seats
from mingbai.hotline.actions.recordings import play_recording
from mingbai.hotline.enums import NoMatter, Recording
from mingbai.hotline.models import Call
from mingbai.hotline.queries import steering
from mingbai.hotline.queries.steering import target_words
from mingbai.hotline.rules.shapes import OUT
from mingbai.integrations.asterisk.orders import matter_of
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.new import known_rows, opened_from, renew, typed_so_far
from mingbai.web.desk.new_form import ANSWER, NewForm
from mingbai.web.desk.reach import Here, note_given
from mingbai.web.desk.triage import taken, typed_rows
from mingbai.web.forms import refusals, said, unjudged
from mingbai.web.seat.reach import Sitting, call_for, call_to_end, sitting

_NAMES = {"region": "where", "laws": "laws"}


@staff(Permission.CASE_OPEN)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The work area of a call, open from the first ring; a POST opens its matter."""
    here = sitting(request)
    take = request.POST.get("take", "")
    is_looking = request.method != "POST" or take
    found = call_for(here, pk) if is_looking else call_to_end(here, pk)
    desk = Here(here.user)
    if request.method != "POST":
        return _show(request, here, found, _form(desk, found, None))
    form = _form(desk, found, request.POST)
    if take:
        return _show(request, here, found, unjudged(taken(form, take)))
    if form.is_valid():
        with refusals(form, **_NAMES):
            opened = _saved(here, desk, found, form)
            note_given(request, opened.case.number)
            if getattr(request, "htmx", False):
                # In place: another page would cut the browser's telephone off.
                return render(request, "seat/_given.html", {"case": opened.case, "text": ""})
            return redirect("desk:given", opened.case.number)
        renew(form)
    return _show(request, here, found, form)


def _form(desk: Here, found: Call | None, data: Any, phone: str = "") -> NewForm:
    initial = {
        "channel": Channel.HOTLINE,
        "phone": found.phone if found else phone,
        "told": Tell.PHONE,
        "ending": ANSWER if desk.home else "",
    }
    if found is not None:
        initial["where"] = desk.places.county_of(found.region_id) or desk.county
    initial = {name: value for name, value in initial.items() if value}
    return NewForm(data, here=desk, initial=initial)


@transaction.atomic
def _saved(here: Sitting, desk: Here, found: Call, form: NewForm) -> Opened:
    """The matter, its call and the end of the wrap-up: all of it, or nothing."""
    opened = opened_from(form, desk, has_call=True)
    ends.link_case(by=here.user.actor, call=found, case=opened.case)
    if form.data.get("aid_told"):
        ends.tell_of_aid(by=here.user.actor, call=found)
    _wrap_done(here, found)
    return opened


def _wrap_done(here: Sitting, found: Call) -> None:
    if here.worker is not None and here.seat is not None and here.seat.call_id == found.pk:
        seats.wrap_done(by=here.user.actor, worker=here.worker)


def _show(request: HttpRequest, here: Sitting, found: Call | None, form: NewForm) -> HttpResponse:
    context = {
        "call": found,
        "form": form,
        "known": known_rows(form) if form["phone"].value() else [],
        "was_looked_up": bool(form["phone"].value()),
        "chosen": str(form["resident"].value() or ""),
        "no_matters": [choice for choice in NoMatter.choices if choice[0]],
        "can_play": found is not None and _can_play(here, found),
        "target": reverse("seat:call", args=[found.pk]) if found else reverse("desk:new"),
        **(_told_of(found) if found else {}),
        "proposed": list(typed_rows(**typed_so_far(form))) if request.method == "POST" else None,
        "aid_told": bool(request.POST.get("aid_told")),
    }
    name = "seat/_call.html" if getattr(request, "htmx", False) else "seat/call.html"
    return render(request, name, context)


def _told_of(found: Call) -> dict[str, Any]:
    """What another hotline said of it, how it went, and what the caller pressed at the end."""
    continues = None if found.case_id else matter_of(found.order_number)
    return {"continues": continues, "steps": _steps(found), "grade": GRADES.get(found.grade or 0, "")}


def _steps(found: Call) -> list[dict[str, Any]]:
    """Each thing that happened, with whom it was about; two queries."""
    wishes = {
        wish.asked_at: _("%(who)s：%(what)s %(to)s") % {
            "who": wish.worker, "what": wish.get_what_display(), "to": target_words(wish)
        }
        for wish in steering.wishes(found)
    }  # fmt: skip
    rows = [
        {
            "at": event.at,
            "what": str(event.get_kind_display()),
            "seat": event.seat if event.seat != OUT else "",
        }
        for event in found.events.all()
    ]
    rows += [{"at": at, "what": what, "seat": ""} for at, what in wishes.items()]
    return sorted(rows, key=lambda row: row["at"])


@staff(Permission.CASE_OPEN)
@require_POST
def number(request: HttpRequest) -> HttpResponse:
    """A second screen: the caller's number typed or pasted opens the same form, with nothing measured."""
    here, desk = sitting(request), Here(request.user)  # type: ignore[arg-type]
    form = _form(desk, None, None, phone=request.POST.get("number", "")[:32])
    context = {
        "call": None,
        "form": form,
        "known": known_rows(unjudged(form)),
        "was_looked_up": True,
        "chosen": "",
        "no_matters": [],
        "target": reverse("desk:new"),
        "proposed": None,
        "aid_told": False,
        "seat": here.seat,
    }
    name = "seat/_call.html" if getattr(request, "htmx", False) else "seat/call.html"
    return render(request, name, context)


@staff(Permission.CASE_OPEN)
@require_POST
def none(request: HttpRequest, pk: int) -> HttpResponse:
    """No matter: one key, and the next caller."""
    here = sitting(request)
    found = call_to_end(here, pk)
    try:
        with transaction.atomic():
            ends.no_matter(by=here.user.actor, call=found, what=request.POST.get("what", "")[:16])
            _wrap_done(here, found)
        told, say = _("已记为无事项，不算咨询。"), messages.success
    except Refused as refused:
        told, say = said(refused), messages.error
    if getattr(request, "htmx", False):
        return render(request, "seat/_given.html", {"case": None, "text": told})
    say(request, told)
    return redirect("seat:home")


@staff(Permission.CASE_OPEN)
@require_POST
def aid(request: HttpRequest, pk: int) -> HttpResponse:
    """Told of the right to apply for legal aid."""
    here = sitting(request)
    ends.tell_of_aid(by=here.user.actor, call=call_to_end(here, pk))
    return redirect("seat:call", pk)


@staff(Permission.CASE_OPEN)
@require_POST
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """The recording itself, as a POST: hearing it is an entry of the journal."""
    here = sitting(request)
    found = call_for(here, pk)
    if not _can_play(here, found):
        raise PermissionDenied
    try:
        content = play_recording(by=here.user.actor, call=found)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("seat:call", pk)
    return HttpResponse(content, content_type="audio/wav")


def _can_play(here: Sitting, found: Call) -> bool:
    """Whoever answered it, and who inspects the quality of the station."""
    is_own = here.worker is not None and found.worker_id == here.worker.pk
    return found.recording == Recording.KEPT and (
        is_own or can(here.user, Permission.QUALITY_SEE, station=found.station_id)
    )
