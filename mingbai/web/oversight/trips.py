"""A visit to a village, taken down on a phone in five fields, with or without a network; or struck out."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.oversight.actions import Trip, strike_visit, write_visit
from mingbai.oversight.enums import VisitKind
from mingbai.oversight.models import VillageVisit
from mingbai.oversight.perms import can_strike_visit, can_write_visit
from mingbai.oversight.queries.village import own_villages
from mingbai.people.models import User, Worker
from mingbai.people.perms import reach
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField, refusals
from mingbai.web.offline import (
    believed,
    from_phone,
    is_from_phone,
    keeps_page,
    key_of,
    new_key,
    not_taken,
    taken,
)
from mingbai.web.pages import Ask, Why
from mingbai.web.where import full_name

MOST = 1000
"""Villages to choose from: a county has some hundred."""


class TripForm(forms.Form):
    """Five fields; what was said belongs into a matter of its own. It names no resident: a phone keeps it."""

    where = forms.CharField(label=gettext_lazy("哪个村（社区）"), max_length=12, widget=forms.Select)
    on = DayField(label=gettext_lazy("哪天"), required=False, help_text=gettext_lazy("空着就是今天。"))
    kind = forms.ChoiceField(
        label=gettext_lazy("做了什么"),
        choices=VisitKind.choices,
        initial=VisitKind.DUTY,
        widget=forms.RadioSelect,
    )
    hours = forms.DecimalField(
        label=gettext_lazy("几个小时"), min_value=Decimal("0.5"), max_value=16, decimal_places=1
    )
    people = forms.IntegerField(label=gettext_lazy("服务了多少人次"), min_value=0, max_value=2000)
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, asked: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["where"].widget.choices = villages_near(user, asked)

    def clean_where(self) -> str:
        """Any village of the city: the worker may have moved since the page was kept."""
        row = register().regions.get(str(self.cleaned_data["where"]))
        if row is None or row.level != Level.VILLAGE:
            raise forms.ValidationError(_("请选本市的村、社区。"), code="no_village")
        return row.code

    def trip(self, key: str) -> Trip:
        data = self.cleaned_data
        return Trip(data["where"], self._day(), data["kind"], data["hours"], data["people"], key)

    def _day(self) -> date:
        """Of an empty field the day on which it was filled in: a kept page does not know today."""
        told: date | None = self.cleaned_data["on"]
        return told or timezone.localdate(believed(self.cleaned_data["at"], timezone.now()))


def villages_near(user: User, asked: str = "") -> list[tuple[str, Any]]:
    """The one that was asked for and the own ones first, then all where this person takes down matters."""
    places, today = register(), timezone.localdate()
    codes = sorted(reach(user, Permission.CASE_OPEN).codes())
    there = [code for code in codes if places.regions[code].level == Level.VILLAGE]
    first = [code for code in (asked, *own_villages(user, today)) if code in there]
    return [(code, full_name(places, code)) for code in dict.fromkeys([*first, *there])][:MOST]


def _worker_of(request: HttpRequest) -> Worker:
    """Whose visit it is. PermissionDenied for who is not on the register."""
    worker: Worker | None = getattr(user_of(request), "worker", None)
    if worker is None or not worker.is_active:
        raise PermissionDenied
    return worker


@from_phone
@keeps_page
@staff(Permission.CASE_OPEN)
def new(request: HttpRequest) -> HttpResponse:
    worker, user = _worker_of(request), user_of(request)
    if request.method != "POST":
        return _page(request, TripForm(user=user, asked=request.GET.get("village", "")[:12]))
    form = TripForm(request.POST, user=user)
    visit = _written(request, form, worker) if form.is_valid() else None
    if is_from_phone(request):
        return taken() if visit else not_taken(_first(form))
    if visit is None:
        return _page(request, form)
    messages.success(request, _("已记下。"))
    return redirect("oversight:village", visit.region_id)


def _written(request: HttpRequest, form: TripForm, worker: Worker) -> VillageVisit | None:
    """None where a rule refused it; the form says which. PermissionDenied for a village of others."""
    trip = form.trip(key_of(request))
    if not can_write_visit(user_of(request), trip.region):
        raise PermissionDenied
    with refusals(form):
        return write_visit(by=user_of(request).actor, worker=worker, trip=trip)
    return None


def _page(request: HttpRequest, form: TripForm) -> HttpResponse:
    key = key_of(request) if request.method == "POST" else new_key()
    return render(request, "oversight/trip.html", {"form": form, "key": key})


def _first(form: forms.Form) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


@staff(Permission.CASE_SEE)
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    visit = get_object_or_404(VillageVisit.objects.visible_to(user), pk=pk)
    if not can_strike_visit(user, visit):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        strike_visit(by=user.actor, visit=visit, reason=data["reason"])

    back = (_("一村一卷"), reverse("oversight:village", args=[visit.region_id]))
    lead = _("作废的不再计数，但留着能查。登错了就作废，再登记一条对的。")
    return Ask(_("作废这条到村服务"), Why, act, back, lead=lead, is_danger=True).show(request)
