"""A number of the hall: at the kiosk, or by the phone that scanned the code at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingbai.cases.enums import Channel
from mingbai.core.actor import RESIDENT
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions.tickets import take_ticket
from mingbai.visits.enums import Priority
from mingbai.visits.models import Visit
from mingbai.visits.queries.queue import Place, counts, pace, place_of
from mingbai.visits.rules.queue import Estimate
from mingbai.web.access import face_of, public
from mingbai.web.door.reach import lines_at
from mingbai.web.forms import refusals
from mingbai.web.offline import is_from_phone, key_of, not_taken, taken


class TicketForm(forms.Form):
    line = forms.ChoiceField(label=gettext_lazy("办什么"))
    priority = forms.ChoiceField(
        label=gettext_lazy("法律规定优先的"),
        choices=[("", gettext_lazy("都不是")), *((one, one.label) for one in Priority if one)],
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("请如实选，窗口可能会看证件。"),
    )

    def __init__(self, *args: Any, station: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = lines_at(station)  # type: ignore[attr-defined]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """What for, and whether the law puts one first; then the number, and how long it may take."""
    row = register().stations.get(code)
    if row is None or not row.is_built:
        raise Http404
    form = TicketForm(request.POST or None, station=code)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            visit = take_ticket(
                by=RESIDENT,
                station=Station.objects.get(pk=code),
                line=form.cleaned_data["line"],
                priority=form.cleaned_data["priority"],
                channel=Channel.KIOSK if face_of(request) == "kiosk" else Channel.WINDOW,
                client_key=key_of(request),
            )
            url = reverse(f"{face_of(request)}:visit", args=[visit.code])
            if is_from_phone(request):
                return taken(url=url)
            messages.success(request, _("取好了，请听叫号。"))
            return redirect(url)
    if is_from_phone(request):
        return not_taken("")
    now = timezone.now()
    waiting, speed = counts(code, now), pace(code, now)
    lines = [
        {
            "code": line,
            "label": label,
            "ahead": waiting[line],
            "time": words(speed.estimate(waiting[line], line), is_short=True),
        }
        for line, label in lines_at(code)
    ]
    context = {"form": form, "station": row.name, "lines": lines, "key": key_of(request)}
    return render(request, "public/ticket.html", context)


def words(found: Estimate | None, *, is_short: bool = False) -> str:
    """约 10–25 分钟; what is a guess is said to be one (unless `is_short`); "" where no window is at work."""
    if found is None:
        return ""
    text = _("约 %(low)d–%(high)d 分钟") if found.low else _("%(high)d 分钟以内")
    text %= {"low": found.low, "high": found.high}
    if found.is_guess and not is_short:
        return _("%(time)s（今天办得还少，只是估计）") % {"time": text}
    return text


def waiting_words(visit: Visit) -> dict[str, str] | None:
    """What the page of a ticket says: called, or how many are before one and how long it may take."""
    if visit.state == "called":
        title = _("请到 %(n)d 号窗口") % {"n": visit.window or 0}
        return {"title": title, "text": _("正在叫您的号。")}
    if visit.state == "absent":
        return {"title": _("叫过您的号了"), "text": _("请到服务台说一声，重新排上。")}
    place: Place | None = place_of(visit, timezone.now())
    if place is None:
        return None
    ahead = _("前面还有 %(n)d 位") % {"n": place.ahead} if place.ahead else _("下一位就是您")
    time = words(place.estimate) or _("现在没有窗口在办，请问服务台。")
    return {"title": ahead, "text": time}
