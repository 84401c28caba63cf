"""Guides and posters: what went out today, what came in, what is left and for how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingbai.core.when import short_day
from mingbai.people.roles import Permission
from mingbai.visits.actions.materials import hand_out, supply
from mingbai.visits.enums import Material
from mingbai.visits.models import Handout
from mingbai.visits.queries.materials import stocks
from mingbai.visits.rules.materials import Stock
from mingbai.web.access import staff, user_of
from mingbai.web.door.reach import frame, here, receives_here, station_of
from mingbai.web.forms import DayField, WordsField, refusals
from mingbai.web.offline import key_of
from mingbai.web.pages import Ask

MOST = 30


class GivenForm(forms.Form):
    material = forms.ChoiceField(
        label=gettext_lazy("发了什么"),
        choices=Material.choices,
        widget=forms.RadioSelect,
        initial=Material.GUIDE,
    )
    count = forms.IntegerField(label=gettext_lazy("几份"), min_value=1, max_value=100_000)
    on = DayField(label=gettext_lazy("哪天（今天不填）"), required=False)


class CameForm(forms.Form):
    material = forms.ChoiceField(
        label=gettext_lazy("什么材料"), choices=Material.choices, widget=forms.RadioSelect
    )
    count = forms.IntegerField(
        label=gettext_lazy("几份"),
        min_value=-100_000,
        max_value=100_000,
        help_text=gettext_lazy("清点比账上少，填负数并写明原因。"),
    )
    note = WordsField(label=gettext_lazy("说明"), most=200, required=False)


@staff(Permission.CASE_SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    station = here(request)
    form = GivenForm(request.POST or None)
    if request.method == "POST":
        receives_here(request, station)
        if form.is_valid():
            with refusals(form):
                by, there = user_of(request).actor, station_of(station)
                hand_out(by=by, station=there, client_key=key_of(request), **form.cleaned_data)
                messages.success(request, _("已记下。"))
                return redirect("door:materials")
    today = timezone.localdate()
    given = Handout.objects.visible_to(user_of(request)).filter(station_id=station)
    context = {
        **frame(request, "materials"),
        "form": form,
        "key": key_of(request),
        "stocks": [_stock_row(stock) for stock in stocks(station, today)],
        "given": [
            {
                "on": short_day(row.on, today=today),
                "what": row.get_material_display(),
                "count": row.count,
                "by": row.written_by,
            }
            for row in given.order_by("-on", "-id")[:MOST]
        ],
    }
    return render(request, "door/materials.html", context)


def _stock_row(stock: Stock) -> dict[str, Any]:
    weeks = stock.weeks
    return {
        "what": Material(stock.material).label,
        "left": stock.left,
        "lasts": "" if weeks is None else _("按近八周的用量还够 %(n)d 周") % {"n": max(0, int(weeks))},
        "runs_out": stock.runs_out,
    }


@staff(Permission.CASE_OPEN)
def came(request: HttpRequest) -> HttpResponse:
    """What was brought in, or found missing."""
    station = here(request)
    receives_here(request, station)

    def act(data: dict[str, Any]) -> None:
        supply(by=user_of(request).actor, station=station_of(station), **data)

    back = _("宣传材料"), reverse("door:materials")
    return Ask(_("入库或清点"), CameForm, act, back, done=_("已记下。")).show(request)
