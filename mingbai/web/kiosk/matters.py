"""Asking and following at the query machine: a short form, a number with its slip, where a matter stands.

What one person opened here is closed when the machine goes back to its beginning.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases.actions.follow import follow as followed
from mingbai.cases.actions.follow import seen_answer
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel, Place, Purpose, Tell
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import RESIDENT
from mingbai.core.crypto import sm3
from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.forms import PhoneField, WordsField, refusals
from mingbai.web.offline import is_from_phone, key_of, not_taken, taken
from mingbai.web.public.ask import told
from mingbai.web.public.follow import (
    SESSION_KEY,
    FollowForm,
    case_context,
    grant,
    granted_role,
)
from mingbai.web.public.papers import role_of
from mingbai.web.where import choices_below

GIVEN, SHOWN_FOR = "kiosk_given", 600
"""Session: the number that was just given, and seconds for which its page can be opened again."""
UNKNOWN = "unknown"


def forget(request: HttpRequest) -> None:
    """Nothing of one person for the next."""
    for name in (GIVEN, SESSION_KEY):
        if name in request.session:
            del request.session[name]


class QuestionForm(forms.Form):
    text = WordsField(
        label=gettext_lazy("出了什么事，想问什么"),
        rows=6,
        error_messages={"required": gettext_lazy("请写几句：出了什么事。")},
    )
    where = forms.ChoiceField(label=gettext_lazy("在哪里发生的"))
    phone = PhoneField(
        label=gettext_lazy("电话"),
        required=False,
        help_text=gettext_lazy("留了电话，我们打给您；不留，就给您一个四位查询码。"),
    )
    name = WordsField(label=gettext_lazy("怎么称呼您"), most=64, required=False)
    agree = forms.BooleanField(
        label=gettext_lazy("同意用我填的内容和联系方式办这件事"),
        error_messages={"required": gettext_lazy("要您同意，我们才能看您写的内容。")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        here = choices_below(register(), settings.CITY_CODE)
        self.fields["where"].choices = [*here, (UNKNOWN, gettext_lazy("别的地方，或者说不清"))]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def intake(self, key: str) -> Intake:
        data = self.cleaned_data
        is_unknown = data["where"] == UNKNOWN
        plain = "\0".join(str(data[name]) for name in sorted(data))
        return Intake(
            kind="consultation",
            channel=Channel.KIOSK,
            text=data["text"],
            region="" if is_unknown else data["where"],
            place=Place.UNKNOWN if is_unknown else Place.KNOWN,
            speaker=Person(name=data["name"], phone=data["phone"]),
            tell_by=Tell.PHONE if data["phone"] else Tell.FOLLOW,
            consents=(Purpose.HANDLE,),
            source="kiosk",
            idempotency_key=key,
            body_hash=sm3(plain.encode()),
        )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A question becomes a matter; sent twice under one key it is one."""
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form, region="where"):
            opened = open_case(by=RESIDENT, intake=form.intake(key_of(request)))
            request.session[GIVEN] = (opened.case.number, int(timezone.now().timestamp()))
            url = reverse("kiosk:done")
            return taken(url=url) if is_from_phone(request) else redirect(url)
    if is_from_phone(request):
        return not_taken("")
    return render(request, "kiosk/ask.html", {"form": form, "key": key_of(request)})


@public
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The number, on the screen and as a slip; whoever comes next finds nothing here."""
    number, at = request.session.get(GIVEN, ("", 0))
    is_fresh = timezone.now().timestamp() - at <= SHOWN_FOR
    case = Case.objects.select_related("station").filter(number=number).first() if is_fresh else None
    if case is None:
        return redirect("kiosk:home")
    context = told(case)
    how = _("凭编号和查询码，随时能查。") if case.follow_code else _("凭编号和电话后四位，随时能查。")
    lines = [(_("承办"), case.station.name), (_("电话"), case.station.phone or settings.CITY_HOTLINE)]
    context |= {"lines": lines, "steps": [*context["steps"], how]}
    return render(request, "kiosk/done.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and secret; five wrong tries lock the number, as on every channel."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            case = followed(by=RESIDENT, **form.cleaned_data)
            grant(request, case.number, role_of(case))
            return redirect("kiosk:case", case.number)
    return render(request, "kiosk/follow.html", {"form": form})


@public
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Where it stands and what was answered; more is done on one's own phone or at the window."""
    role = granted_role(request, number)
    found = Case.objects.select_related("station", "merged_into").filter(number=number).first()
    if found is None or not role:
        return redirect("kiosk:follow")
    found.followed_as = role  # type: ignore[attr-defined]
    context = case_context(request, found)
    if context["answers"]:
        seen_answer(case=found, by=RESIDENT)
    return render(request, "kiosk/case.html", context)
