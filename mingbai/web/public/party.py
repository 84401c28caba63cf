"""The other side of a dispute: what a party sees and does by its own number, for an hour in this browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.core.actor import RESIDENT
from mingbai.mediation import actions
from mingbai.mediation.models import Pass
from mingbai.mediation.queries.online import share_of
from mingbai.mediation.rules.stages import may
from mingbai.web.access import public
from mingbai.web.forms import NumberField, WordsField, refusals
from mingbai.web.public.follow import grant, granted_role
from mingbai.web.public.party_page import PartyPage

ROLE = "part"
View = Callable[..., HttpResponse]


class DoorForm(forms.Form):
    """What stands in the message, or on the invitation."""

    number = NumberField(
        label=gettext_lazy("参与编号"), help_text=gettext_lazy("13 位数字，在短信或邀请单上")
    )
    secret = forms.CharField(
        label=gettext_lazy("您手机号的后四位，或参与码"),
        help_text=gettext_lazy("没有留电话的，填邀请单上的四位参与码"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}),
        error_messages={"required": gettext_lazy("请填写四位数字。")},
    )


class YesForm(forms.Form):
    told_rights = forms.BooleanField(
        label=gettext_lazy("我看过上面的权利和义务"),
        error_messages={"required": gettext_lazy("请先看权利和义务，再勾选。")},
    )


class NoForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("想说的话"),
        required=False,
        rows=3,
        most=2000,
        help_text=gettext_lazy("可以不写。只有调解的人看得到，不会给对方看。"),
    )


class SignForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("短信里的六位验证码"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20"}
        ),
        error_messages={"required": gettext_lazy("请填短信里的六位数字。")},
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("我看清了协议，同意用电子方式签字，和在纸上签一样有效"),
        error_messages={"required": gettext_lazy("愿意网上签的，请先勾选。")},
    )
    words = forms.CharField(widget=forms.HiddenInput, max_length=64)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """A number that does not exist, somebody else's and one taken back get the same answer."""
    if request.method != "POST":
        form = DoorForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "public/party_door.html", {"form": form})
    form = DoorForm(request.POST)
    if form.is_valid():
        with refusals(form):
            part = actions.open_pass(by=RESIDENT, **form.cleaned_data)
            grant(request, part.number, ROLE)
            return redirect("public:party", part.number)
    return render(request, "public/party_door.html", {"form": form})


def taking_part(view: View) -> View:
    """Give the view its pass where this browser has opened it and it still opens something."""

    @public
    @wraps(view)
    def guarded(request: HttpRequest, number: str) -> HttpResponse:
        part = None
        if granted_role(request, number) == ROLE:
            part = Pass.objects.live(timezone.now()).filter(number=number).first()
        if part is None:
            return redirect(f"{reverse('public:party_door')}?{urlencode({'number': number[:40]})}")
        return view(request, part)

    return guarded


def _page(request: HttpRequest, part: Pass, status: int = 200, **form: Any) -> HttpResponse:
    page = PartyPage(share_of(part), part, timezone.now())
    forms_ = {"yes": YesForm(), "sign": SignForm(initial={"words": page.digest, "code": ""}), **form}
    shown = next(iter(form.values()), None)
    context = {"page": page, "part": part, "form": shown, "hide_call": False, **forms_}
    return render(request, "public/party.html", context, status=status)


@taking_part
@require_safe
def page(request: HttpRequest, part: Pass) -> HttpResponse:
    return _page(request, part)


def _back(part: Pass) -> HttpResponse:
    return redirect("public:party", part.number)


@taking_part
@require_http_methods(["GET", "HEAD", "POST"])
def yes(request: HttpRequest, part: Pass) -> HttpResponse:
    """The party agrees to being mediated."""
    if request.method != "POST":
        return _back(part)
    form = YesForm(request.POST)
    if form.is_valid():
        with refusals(form):
            actions.say_yes(part=part, by=part.actor, told_rights=form.cleaned_data["told_rights"])
            messages.success(request, _("记下了：您同意调解。定了时间会告诉您。"))
            return _back(part)
    return _page(request, part, 422, yes=form)


@taking_part
@require_http_methods(["GET", "HEAD", "POST"])
def no(request: HttpRequest, part: Pass) -> HttpResponse:
    """A clear refusal ends it: asked on a page of its own, with what it means."""
    share = share_of(part)
    if not may(share.case.stage, "decline"):
        return _back(part)
    form = NoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.say_no(part=part, by=part.actor, reason=form.cleaned_data["reason"])
            messages.success(request, _("记下了：您不愿意调解，调解到此为止。"))
            return _back(part)
    context = {"page": PartyPage(share, part, timezone.now()), "part": part, "form": form}
    return render(request, "public/party_no.html", context, status=422 if form.errors else 200)


@taking_part
@require_POST
def code(request: HttpRequest, part: Pass) -> HttpResponse:
    """Six digits to the party's own telephone."""
    form = forms.Form(request.POST)
    form.is_valid()
    with refusals(form):
        actions.send_code(part=part, by=part.actor)
        messages.success(request, _("验证码发到您的手机了，十分钟内有效。"))
        return redirect(f"{reverse('public:party', args=[part.number])}#sign")
    return _page(request, part, 422, refused=form)


@taking_part
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, part: Pass) -> HttpResponse:
    """The party's mark under the words on its page; under others it is not set."""
    if request.method != "POST":
        return _back(part)
    form = SignForm(request.POST)
    if form.is_valid():
        with refusals(form):
            actions.sign_on_line(part=part, by=part.actor, **form.cleaned_data)
            messages.success(request, _("您签好了。各方都签了、盖了章，协议就生效。"))
            return _back(part)
    fresh = PartyPage(share_of(part), part, timezone.now()).digest
    form.data = {"words": fresh, "agrees": form.data.get("agrees", "")}
    return _page(request, part, 422, sign=form)
