"""Who takes legal aid: the list in the order of turns, with what everybody has had; kept by the office."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.when import day
from mingbai.legalaid.actions import enrol_lawyer
from mingbai.legalaid.enums import Group
from mingbai.legalaid.models import AidLawyer
from mingbai.legalaid.queries.candidates import lawyers_with_load
from mingbai.people.enums import Post
from mingbai.people.models import User, Worker
from mingbai.people.perms import region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.aid.listing import pages
from mingbai.web.forms import DayField
from mingbai.web.pages import Ask
from mingbai.web.pages import columns as headed

_POSTS = (Post.LAWYER, Post.VILLAGE_LAWYER, Post.LEGAL_AID_CLERK)


def _reach(request: HttpRequest) -> Q:
    """Workers of the places where the user decides on aid; a county's centre keeps those of its county."""
    user: User = request.user  # type: ignore[assignment]
    found, places = scopes(user, Permission.AID_DECIDE), register()
    codes = set(region_codes(found))
    for code in found.stations & places.stations.keys():
        region = places.stations[code].region
        codes |= places.subtree(places.county_of(region) or region)
    return Q(region_id__in=codes)


@staff(Permission.AID_DECIDE)
def lawyers(request: HttpRequest) -> HttpResponse:
    """In the order of turns: who has had fewest this year first."""
    found = lawyers_with_load(timezone.now()).filter(worker__in=Worker.objects.filter(_reach(request)))
    rows = sorted(found, key=lambda row: (not row.is_active, row.taken, row.running, row.worker.code))
    context = {
        "pages": pages(request, "lawyers"),
        "columns": headed(
            _("姓名"), _("律所"), _("擅长"), _("执业起"), _("#今年已接"), _("#在办"), _("最近一次"), _("状态")
        ),
        "rows": [{"cells": _cells(row)} for row in rows],
    }
    return render(request, "aid/lawyers.html", context)


def _cells(row: Any) -> list[Any]:
    worker = row.worker
    today = timezone.localdate()
    return [
        {"text": worker.name, "url": reverse("aid:lawyer", args=[worker.code])},
        worker.organisation.name if worker.organisation else "–",
        "、".join(str(Group(code).label) for code in row.groups) or _("都可以"),
        day(row.practises_since, today=today),
        row.taken,
        f"{row.running}/{row.most_open}",
        day(timezone.localdate(row.last_at), today=today) if row.last_at else "–",
        _("接受指派") if row.is_active else _("暂不接受"),
    ]


class FindForm(forms.Form):
    """Whose entry; by name, which opens the person's own form."""

    worker = forms.ModelChoiceField(label=gettext_lazy("谁"), queryset=Worker.objects.none())

    def __init__(self, *args: Any, reach: Q, **options: Any) -> None:
        super().__init__(*args, **options)
        found = Worker.objects.filter(reach, is_active=True, post__in=_POSTS)
        self.fields["worker"].queryset = found.order_by("name", "code")  # type: ignore[attr-defined]


class LawyerForm(forms.Form):
    practises_since = DayField(label=gettext_lazy("哪天开始执业"))
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("擅长哪些事"),
        choices=Group.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选，就是都可以。"),
    )
    most_open = forms.IntegerField(
        label=gettext_lazy("同时最多承办几件"), min_value=1, max_value=100, initial=10
    )
    is_public_post = forms.BooleanField(label=gettext_lazy("公职，不领劳务费"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("接受指派"), required=False, initial=True)


def _back() -> tuple[str, str]:
    return _("法律援助人员"), reverse("aid:lawyers")


@staff(Permission.AID_DECIDE)
def find(request: HttpRequest) -> HttpResponse:
    def act(data: dict[str, Any]) -> HttpResponse:
        return redirect("aid:lawyer", data["worker"].code)

    form = partial(FindForm, reach=_reach(request))
    return Ask(_("加谁进名单"), form, act, _back(), _("下一步")).show(request)


@staff(Permission.AID_DECIDE)
def lawyer(request: HttpRequest, code: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    worker = get_object_or_404(Worker.objects.filter(_reach(request), post__in=_POSTS), code=code)
    now = AidLawyer.objects.filter(worker=worker).first()
    names = ("practises_since", "groups", "most_open", "is_public_post", "is_active")
    initial = {name: getattr(now, name) for name in names} if now else {}

    def act(data: dict[str, Any]) -> None:
        enrol_lawyer(by=user.actor, worker=worker, **{**data, "groups": tuple(data["groups"])})

    lead = _("可能判处无期徒刑、死刑的案件，要执业满三年。")
    form = partial(LawyerForm, initial=initial)
    return Ask(worker.name, form, act, _back(), lead=lead).show(request)
