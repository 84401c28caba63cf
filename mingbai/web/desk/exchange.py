"""Handing a matter to another system, and calling back what they answered."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.models import Case
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.integrations.models import Order
from mingbai.integrations.partners.actions import give as give_order
from mingbai.integrations.partners.actions import say
from mingbai.integrations.partners.enums import Direction, OrderState, Verb
from mingbai.people.models import Partner, User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.groups import owns
from mingbai.web.desk.reach import case_for
from mingbai.web.forms import WordsField
from mingbai.web.pages import Ask


def workable(request: HttpRequest, number: int) -> tuple[User, Case]:
    """The matter, where this person may work it; else 404."""
    user: Any = request.user
    case = case_for(user, number)
    if not can(user, Permission.CASE_WORK, station=case.station_id) and not owns(user, case.owner_id):
        raise Http404
    return user, case


class GiveForm(forms.Form):
    partner = forms.ModelChoiceField(
        label=gettext_lazy("转给谁"), queryset=Partner.objects.none(), empty_label=None
    )
    text = WordsField(
        label=gettext_lazy("请对方办什么"),
        help_text=gettext_lazy("姓名、电话只有群众同意转交的才随单带去，这里不要写。"),
        most=5000,
        rows=5,
    )


@staff(Permission.CASE_WORK)
def give(request: HttpRequest, number: int) -> HttpResponse:
    user, case = workable(request, number)

    def form(data: Any = None, files: Any = None) -> GiveForm:
        shape = GiveForm(data, files)
        field: Any = shape.fields["partner"]
        field.queryset = Partner.objects.filter(
            is_active=True, endpoints__is_active=True, endpoints__isnull=False
        ).distinct()
        return shape

    def act(data: dict[str, Any]) -> None:
        give_order(by=user.actor, case=case, partner=data["partner"], text=data["text"])

    lead = _("主办还是您：对方办完告诉您，由您答复群众、办结。")
    back = (group_number(case.number), reverse("desk:case", args=[case.number]))
    return Ask(_("转给别的热线"), form, act, back, button=_("转给对方"), lead=lead).show(request)


def given_rows(case: Case) -> list[dict[str, str]]:
    """To whom the matter was handed, where that stands, and the call-back where they have answered."""
    found = Order.objects.filter(case=case, direction=Direction.OUT).select_related("partner").order_by("id")
    return [
        {
            "partner": order.partner.name,
            "state": order.get_state_display(),
            "url": reverse("desk:order_call_back", args=[case.number, order.pk])
            if order.state == OrderState.ANSWERED
            else "",
        }
        for order in found
    ]


class CallBackForm(forms.Form):
    happy = forms.ChoiceField(
        label=gettext_lazy("办得怎么样"),
        choices=[("yes", gettext_lazy("办好了")), ("no", gettext_lazy("没解决，请再办"))],
        widget=forms.RadioSelect,
    )
    text = WordsField(label=gettext_lazy("说明"), most=2000, rows=3, required=False)


@staff(Permission.CASE_WORK)
def call_back(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    user, case = workable(request, number)
    order = get_object_or_404(Order, pk=pk, case=case, direction=Direction.OUT, state=OrderState.ANSWERED)

    def act(data: dict[str, Any]) -> None:
        source, happy = f"call-back:{order.pk}:{order.answer}", data["happy"] == "yes"
        said = say(
            by=user.actor, order=order, verb=Verb.CALL_BACK, source=source, text=data["text"], happy=happy
        )
        if not said:
            raise Refused(_("这次反馈已经回访过了。"), code="said_already")

    back = (group_number(case.number), reverse("desk:case", args=[case.number]))
    return Ask(_("回访对方的反馈"), CallBackForm, act, back, button=_("告诉对方")).show(request)
