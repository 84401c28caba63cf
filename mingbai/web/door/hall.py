"""How the hall calls, and the addresses of its display and of its numbers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.qr import qr_svg
from mingbai.people.roles import Permission
from mingbai.visits.actions.halls import pair_anew, set_hall
from mingbai.visits.models import Visit
from mingbai.visits.perms import can_keep_openings
from mingbai.visits.queries.queue import hall_of, window_key
from mingbai.web.access import staff, user_of
from mingbai.web.door.reach import frame, here, station_of
from mingbai.web.pages import Ask


class HallForm(forms.Form):
    has_tickets = forms.BooleanField(label=gettext_lazy("要取号"), required=False)
    head_start = forms.IntegerField(
        label=gettext_lazy("法律规定优先的人提前几分钟"),
        min_value=0,
        max_value=120,
        help_text=gettext_lazy("等得比这还久的人，不会被插到前面。"),
    )
    speaks = forms.BooleanField(label=gettext_lazy("大屏出声叫号"), required=False)


@staff(Permission.PEOPLE_EDIT)
def settings(request: HttpRequest) -> HttpResponse:
    """One form; above it where the display and the numbers are found."""
    station = here(request)
    if not can_keep_openings(user_of(request), station):
        raise PermissionDenied
    hall = hall_of(station)
    start = {"has_tickets": hall.has_tickets, "head_start": hall.head_start, "speaks": hall.speaks}

    def form(data: Any = None, files: Any = None) -> HallForm:
        return HallForm(data, files, initial=start)

    def act(data: dict[str, Any]) -> None:
        set_hall(by=user_of(request).actor, station=station_of(station), **data)

    words = {
        "screen": request.build_absolute_uri(reverse("screen:hall", args=[station])),
        "ticket": request.build_absolute_uri(reverse("public:ticket", args=[station])),
        "kiosk": request.build_absolute_uri(f"{reverse('kiosk:home')}?hall={station}"),
    }
    lead = _("大屏打开 %(screen)s；查询机打开 %(kiosk)s 一次；手机扫码取号的地址是 %(ticket)s。") % words
    lead += _("窗口上的评价屏在“窗口屏”里配对。")
    return Ask(_("大厅叫号"), form, act, (_("来访"), reverse("door:home")), lead=lead).show(request)


WINDOWS = 12


@staff(Permission.PEOPLE_EDIT)
def windows(request: HttpRequest) -> HttpResponse:
    """The address with which each window's tablet is opened once; or all of them anew."""
    station = here(request)
    if not can_keep_openings(user_of(request), station):
        raise PermissionDenied
    if request.method == "POST":
        pair_anew(by=user_of(request).actor, station=station_of(station))
        messages.success(request, _("已换新的配对地址。每块窗口屏都要重新打开一次。"))
        return redirect("door:windows")
    known = Visit.objects.filter(station_id=station).aggregate(most=Max("window"))["most"] or 0
    rows = [_window(request, station, number) for number in range(1, max(WINDOWS, known) + 1)]
    return render(request, "door/windows.html", {**frame(request, "home"), "windows": rows})


def _window(request: HttpRequest, station: str, number: int) -> dict[str, Any]:
    url = request.build_absolute_uri(reverse("screen:window", args=[station, number]))
    address = f"{url}?key={window_key(station, number)}"
    words = _("%(n)d 号窗口屏的配对码") % {"n": number}
    return {"number": number, "url": address, "qr": qr_svg(address, label=words)}
