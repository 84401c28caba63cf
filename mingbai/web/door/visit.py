"""One visit: what is known, whose telephone, what came of it, another time, and the matter it becomes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.visits.actions.bookings import cancel_booking, move_booking
from mingbai.visits.actions.matters import become_case
from mingbai.visits.actions.records import bind_case, serve, show_visitor
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.perms import can_receive, can_show_visitor
from mingbai.visits.queries.slots import next_free
from mingbai.web.access import staff, user_of
from mingbai.web.door.home import RecordForm, row_of
from mingbai.web.door.phone import at_of, kept
from mingbai.web.door.reach import frame, slot_of, stamp, tried, visit_for, worker_of
from mingbai.web.door.story import entries_of
from mingbai.web.forms import NumberField, WordsField, refusals
from mingbai.web.offline import from_phone, is_from_phone, key_of
from mingbai.web.pages import Ask

OFFERED = 40


@staff(Permission.CASE_SEE)
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, visit_for(request, pk, works=False))


def _page(request: HttpRequest, shown: Visit, form: RecordForm | None = None) -> HttpResponse:
    user, opening = user_of(request), shown.opening
    works = can_receive(user, shown.station_id)
    start = {"line": shown.line, "window": shown.window or request.session.get("door_window")}
    context = {
        **frame(request, "home"),
        "visit": shown,
        "row": row_of(shown, works=works),
        "kind": shown.get_kind_display(),
        "place": register().stations[shown.station_id].name,
        "room": opening.room if opening else "",
        "channel": shown.get_channel_display(),
        "made": moment(shown.written_at),
        "text": shown.text if works else "",
        "said": shown.said if works else "",
        "home": shown.place if works else "",
        "works": works,
        "may_show": bool(shown.phone_sealed or shown.name_sealed) and can_show_visitor(user, shown),
        "may_move": works and shown.state == VisitState.BOOKED,
        "may_serve": works and shown.kind != VisitKind.RECEPTION and _can_serve(shown),
        "is_reception": shown.kind == VisitKind.RECEPTION,
        "may_open_case": works and shown.case is None and shown.kind != VisitKind.RECEPTION,
        "form": form or RecordForm(station=shown.station_id, initial=start),
        "history": entries_of(shown.chain),
    }
    return render(request, "door/visit.html", context)


def _can_serve(shown: Visit) -> bool:
    return shown.is_open or shown.state == VisitState.NO_SHOW


@from_phone
@staff(Permission.CASE_OPEN)
@require_POST
def served(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of it, with two keys."""
    shown = visit_for(request, pk)
    form = RecordForm(request.POST, station=shown.station_id)

    def act(_data: dict[str, Any]) -> None:
        by, note = user_of(request).actor, form.note(key_of(request))
        serve(by=by, visit=shown, note=note, worker=worker_of(request), at=at_of(request, shown))

    if is_from_phone(request):
        return kept(form, act)
    if form.is_valid():
        with refusals(form):
            act(form.cleaned_data)
            messages.success(request, _("已记下。"))
            return redirect("door:home")
    return _page(request, shown, form)


@staff(Permission.PERSON_SHOW)
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and telephone in clear, once; the look is kept in the visit's history."""
    shown = visit_for(request, pk, works=False)
    if not can_show_visitor(user_of(request), shown):
        raise PermissionDenied

    def act() -> None:
        name, phone = show_visitor(by=user_of(request).actor, visit=shown)
        words = {"name": name or _("未留姓名"), "phone": phone or _("未留电话")}
        messages.info(request, _("%(name)s，电话 %(phone)s") % words)

    tried(request, act)
    return redirect("door:visit", pk)


# ── another time, or none ──


class MoveForm(forms.Form):
    slot = forms.ChoiceField(label=gettext_lazy("改到什么时候"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, shown: Visit, **options: Any) -> None:
        super().__init__(*args, **options)
        free = next_free([shown.station_id], kind=shown.kind, line=shown.line, most=OFFERED)
        self.fields["slot"].choices = [(stamp(one), moment(one.starts_at)) for one in free]  # type: ignore[attr-defined]


def _back(shown: Visit) -> tuple[str, str]:
    return _("这次来访"), reverse("door:visit", args=[shown.pk])


@staff(Permission.CASE_OPEN)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visit_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        opening, at = slot_of(data["slot"])
        there = get_object_or_404(Opening.objects.visible_to(user_of(request)), pk=opening)
        move_booking(by=user_of(request).actor, visit=shown, opening=there, starts_at=at, by_staff=True)

    def form(*args: Any, **options: Any) -> MoveForm:
        return MoveForm(*args, shown=shown, **options)

    done = _("已改期。留了手机的会收到短信。")
    return Ask(_("改期"), form, act, _back(shown), _("改到这个时间"), done).show(request)


class CancelForm(forms.Form):
    reason = WordsField(label=gettext_lazy("为什么取消"), most=300, rows=2)


@staff(Permission.CASE_OPEN)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visit_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        cancel_booking(by=user_of(request).actor, visit=shown, **data)

    lead = _("留了手机的会收到短信；没有的，请打电话告诉他。")
    button, done = _("取消这个预约"), _("已取消。")
    return Ask(button, CancelForm, act, _back(shown), button, done, lead, is_danger=True).show(request)


# ── the matter ──


@staff(Permission.CASE_OPEN)
@require_POST
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: the visit becomes a matter, with what is known of it."""
    shown = visit_for(request, pk)
    try:
        case = become_case(by=user_of(request).actor, visit=shown, worker=worker_of(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("door:visit", pk)
    messages.success(request, _("已立为%(kind)s，请补齐。") % {"kind": KINDS.get(case.kind).label})
    return redirect("desk:case", case.number)


class JoinForm(forms.Form):
    number = NumberField(label=gettext_lazy("办件编号"))


@staff(Permission.CASE_OPEN)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """They came about a matter that there is already."""
    shown = visit_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        case = Case.objects.visible_to(user_of(request)).filter(number=data["number"]).first()
        if case is None:
            raise Refused(_("没有这个办件编号，请核对。"), code="unknown_case", field="number")
        bind_case(by=user_of(request).actor, visit=shown, case=case)

    return Ask(_("归入已有的办件"), JoinForm, act, _back(shown), done=_("已归入。")).show(request)
