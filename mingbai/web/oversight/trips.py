"""A visit to a village, taken down on a phone in five fields; a mistaken one is struck out."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.enums import Place
from mingbai.oversight.actions import Trip, strike_visit, write_visit
from mingbai.oversight.enums import VisitKind
from mingbai.oversight.models import VillageVisit
from mingbai.oversight.perms import can_strike_visit, can_write_visit
from mingbai.oversight.queries.village import own_villages
from mingbai.people.models import Worker
from mingbai.people.roles import Permission
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField
from mingbai.web.offline import key_of, new_key
from mingbai.web.pages import Ask, Why
from mingbai.web.where import RegionField


class TripForm(forms.Form):
    """Five fields; what was said belongs into a matter of its own."""

    where = RegionField(hint=gettext_lazy("选到村、社区。"))
    on = DayField(label=gettext_lazy("哪天"))
    kind = forms.ChoiceField(
        label=gettext_lazy("做了什么"), choices=VisitKind.choices, widget=forms.RadioSelect
    )
    hours = forms.DecimalField(
        label=gettext_lazy("几个小时"), min_value=Decimal("0.5"), max_value=16, decimal_places=1
    )
    people = forms.IntegerField(label=gettext_lazy("服务了多少人次"), min_value=0, max_value=2000)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_where(self) -> str:
        where = self.cleaned_data["where"]
        if where.place != Place.KNOWN:
            raise forms.ValidationError(gettext_lazy("请选本市的村、社区。"), code="outside")
        return str(where.region)


def _worker_of(request: HttpRequest) -> Worker:
    """Whose visit it is. PermissionDenied for who is not on the register."""
    worker: Worker | None = getattr(user_of(request), "worker", None)
    if worker is None or not worker.is_active:
        raise PermissionDenied
    return worker


@staff(Permission.CASE_OPEN)
def new(request: HttpRequest) -> HttpResponse:
    worker, today = _worker_of(request), timezone.localdate()
    asked = request.GET.get("village", "")[:12]
    first = asked or next(iter(own_villages(user_of(request), today)), worker.region_id)
    values = {"where": first, "on": today, "kind": VisitKind.DUTY, "key": new_key()}

    form = partial(TripForm, initial=values)

    def act(data: dict[str, Any]) -> str:
        if not can_write_visit(user_of(request), data["where"]):
            raise PermissionDenied
        trip = Trip(data["where"], data["on"], data["kind"], data["hours"], data["people"], key_of(request))
        visit = write_visit(by=user_of(request).actor, worker=worker, trip=trip)
        return reverse("oversight:village", args=[visit.region_id])

    lead = _("只记去了哪里、做了什么。群众的事请另外“登记办件”，有编号、有答复，也会计入办件量。")
    back = (_("到村服务"), reverse("oversight:villages"))
    return Ask(_("登记到村服务"), form, act, back, lead=lead, done=_("已记下。")).show(request)


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
