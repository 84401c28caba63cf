"""What came on WeChat and is no matter yet: read, taken down with its place, or settled with a note."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel, Place
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.crypto import sm3
from mingbai.integrations.wechat import actions
from mingbai.integrations.wechat.queries import waiting
from mingbai.knowledge.enums import Risk
from mingbai.people.models import User
from mingbai.people.perms import scopes
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.pages import Ask
from mingbai.web.where import RegionField

_MOST = 100


def _duty(request: HttpRequest) -> User:
    """Nobody knows yet which county a message belongs to: the city's own people read it, who may also read
    names; names stand in its words."""
    user: Any = request.user
    if not scopes(user, Permission.PERSON_SHOW).everywhere_cities:
        raise PermissionDenied
    return user


@staff(Permission.PERSON_SHOW)
def messages(request: HttpRequest) -> HttpResponse:
    user = _duty(request)
    rows: list[dict[str, Any]] = [
        {
            "pk": one.pk,
            "at": one.at,
            "text": one.text,
            "kind": one.kind,
            "risks": [str(Risk(code).label) for code in one.risks.split(",") if code],
        }
        for one in waiting()[:_MOST]
    ]
    if rows:
        actions.note_read(by=user.actor, messages=[row["pk"] for row in rows])
    return render(request, "desk/wechat.html", {"rows": rows})


class PlaceForm(forms.Form):
    where = RegionField(label=gettext_lazy("在哪里发生的"))
    text = WordsField(label=gettext_lazy("诉求"), rows=6)


@staff(Permission.PERSON_SHOW)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A person takes the message down as a matter; its number goes back to the writer."""
    user = _duty(request)
    message = get_object_or_404(waiting().select_related("follower"), pk=pk)

    def act(data: dict[str, Any]) -> str:
        where = data["where"]
        intake = Intake(
            kind="consultation",
            channel=Channel.WECHAT,
            text=data["text"],
            place=where.place if where else Place.UNKNOWN,
            region=where.region if where else "",
            speaker=Person(phone=message.follower.phone),
            source="wechat",
            idempotency_key=f"wechat:{message.pk}",
            body_hash=sm3(data["text"].encode()),
        )
        opened = open_case(by=user.actor, intake=intake)
        actions.link_case(by=user.actor, message=message, case=opened.case)
        return reverse("desk:case", args=[opened.case.number])

    form = partial(PlaceForm, initial={"text": message.text})
    back = (_("微信来信"), reverse("desk:wechat"))
    return Ask(_("登记为办件"), form, act, back, button=_("登记")).show(request)


class NoteForm(forms.Form):
    note = WordsField(label=gettext_lazy("怎么处理的"), most=200, rows=2)


@staff(Permission.PERSON_SHOW)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    user = _duty(request)
    message = get_object_or_404(waiting(), pk=pk)

    def act(data: dict[str, Any]) -> None:
        actions.settle(by=user.actor, message=message, note=data["note"])

    back = (_("微信来信"), reverse("desk:wechat"))
    return Ask(_("不用登记"), NoteForm, act, back, button=_("处理完了")).show(request)
