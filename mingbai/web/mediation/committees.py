"""Mediation committees: who sits in them, and what is missing by the law; kept by who keeps the people."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.when import day
from mingbai.mediation import actions
from mingbai.mediation.models import Committee, Member
from mingbai.mediation.queries import findings_of
from mingbai.people.models import User, Worker
from mingbai.people.perms import region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.mediation.listing import pages
from mingbai.web.pages import Ask
from mingbai.web.pages import columns as headed


def _reach(request: HttpRequest) -> set[str]:
    """Regions whose people the user keeps; a county's centre keeps those of its county."""
    user: User = request.user  # type: ignore[assignment]
    found, places = scopes(user, Permission.PEOPLE_EDIT), register()
    codes = set(region_codes(found))
    for code in found.stations & places.stations.keys():
        region = places.stations[code].region
        codes |= places.subtree(places.county_of(region) or region)
    return codes


def _mine(request: HttpRequest) -> Any:
    found = Committee.objects.filter(organisation__region_id__in=_reach(request))
    return found.select_related("organisation__region")


@staff(Permission.PEOPLE_EDIT)
def committees(request: HttpRequest) -> HttpResponse:
    """Every committee of the reach with its gaps: findings, never blocks."""
    rows = list(_mine(request))
    gaps = findings_of(rows, timezone.localdate())
    context = {
        "pages": pages(request, "committees"),
        "columns": headed(_("调委会"), _("地区"), _("字号简称"), _("推选日期"), _("不合规定的地方")),
        "rows": [{"cells": _cells(row, gaps[row.pk])} for row in rows],
    }
    return render(request, "mediation/committees.html", context)


def _cells(row: Committee, gaps: Any) -> list[Any]:
    return [
        {"text": row.organisation.name, "url": reverse("mediation:committee", args=[row.pk])},
        row.organisation.region.name,
        row.short,
        day(row.since, today=timezone.localdate()) if row.since else "–",
        "".join(gap.text for gap in gaps) or _("没有"),
    ]


@staff(Permission.PEOPLE_EDIT)
def committee(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits in it now, and what the law wants besides."""
    row = get_object_or_404(_mine(request), pk=pk)
    members = row.members.filter(until=None).select_related("worker")
    context = {
        "row": row,
        "pages": pages(request, "committees"),
        "gaps": findings_of([row], timezone.localdate())[row.pk],
        "columns": headed(_("姓名"), _("身份"), _("自"), ""),
        "rows": [{"cells": _member_cells(one)} for one in members],
    }
    return render(request, "mediation/committee.html", context)


def _member_cells(one: Member) -> list[Any]:
    role = _("主任") if one.is_chair else _("委员") if one.is_seat else _("聘任调解员")
    return [
        one.worker.name,
        role,
        day(one.since, today=timezone.localdate()),
        {"text": _("离任"), "url": reverse("mediation:unseat", args=[one.committee_id, one.pk])},
    ]


class CommitteeForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("哪个机构"), queryset=Organisation.objects.none()
    )
    short = WordsField(
        label=gettext_lazy("卷宗字号里的简称"), most=16, help_text=gettext_lazy("例如“新抚”，写在卷宗号里。")
    )
    since = DayField(label=gettext_lazy("本届哪天推选的"), required=False)
    is_mixed = forms.BooleanField(label=gettext_lazy("多民族居住的地方"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("在用"), required=False, initial=True)

    def __init__(self, *args: Any, organisations: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


def _back() -> tuple[str, str]:
    return _("调解委员会"), reverse("mediation:committees")


def _organisations(request: HttpRequest) -> Any:
    found = Organisation.objects.filter(kind=OrganisationKind.MEDIATION_COMMITTEE, is_active=True)
    return found.filter(region_id__in=_reach(request))


@staff(Permission.PEOPLE_EDIT)
def committee_new(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = partial(CommitteeForm, organisations=_organisations(request).filter(committee=None))

    def act(data: dict[str, Any]) -> str:
        made = actions.set_committee(by=user.actor, **data)
        return reverse("mediation:committee", args=[made.pk])

    lead = _("机构先在“设置 → 机构”里登记，类别选人民调解委员会。")
    return Ask(_("登记调委会"), form, act, _back(), lead=lead).show(request)


@staff(Permission.PEOPLE_EDIT)
def committee_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(_mine(request), pk=pk)
    only = Organisation.objects.filter(pk=row.organisation_id)
    held = ("short", "since", "is_mixed", "is_active")
    initial = {"organisation": row.organisation_id, **{name: getattr(row, name) for name in held}}
    form = partial(CommitteeForm, organisations=only, initial=initial)

    def act(data: dict[str, Any]) -> str:
        actions.set_committee(by=user.actor, **data)
        return reverse("mediation:committee", args=[row.pk])

    return Ask(str(row), form, act, _back()).show(request)


class SeatForm(forms.Form):
    worker = forms.ModelChoiceField(label=gettext_lazy("谁"), queryset=Worker.objects.none())
    since = DayField(label=gettext_lazy("哪天起"))
    is_seat = forms.BooleanField(
        label=gettext_lazy("是委员"),
        required=False,
        initial=True,
        help_text=gettext_lazy("不是委员的，是聘任的调解员。"),
    )
    is_chair = forms.BooleanField(label=gettext_lazy("是主任"), required=False)
    is_woman = forms.BooleanField(label=gettext_lazy("是妇女委员"), required=False)
    is_minority = forms.BooleanField(label=gettext_lazy("是人数较少的民族"), required=False)

    def __init__(self, *args: Any, reach: set[str], **options: Any) -> None:
        super().__init__(*args, **options)
        found = Worker.objects.filter(is_active=True, region_id__in=reach).order_by("name", "code")
        self.fields["worker"].queryset = found  # type: ignore[attr-defined]


@staff(Permission.PEOPLE_EDIT)
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(_mine(request), pk=pk)
    form = partial(SeatForm, reach=_reach(request), initial={"since": timezone.localdate()})
    back = (str(row), reverse("mediation:committee", args=[row.pk]))

    def act(data: dict[str, Any]) -> None:
        actions.seat(by=user.actor, committee=row, **data)

    return Ask(_("加成员"), form, act, back).show(request)


class LeaveForm(forms.Form):
    on = DayField(label=gettext_lazy("最后一天"))


@staff(Permission.PEOPLE_EDIT)
def unseat(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(_mine(request), pk=pk)
    member = get_object_or_404(row.members.select_related("worker"), pk=member_pk)
    back = (str(row), reverse("mediation:committee", args=[row.pk]))
    today: date = timezone.localdate()

    def act(data: dict[str, Any]) -> None:
        actions.unseat(by=user.actor, member=member, on=data["on"])

    title = _("%(name)s离任") % {"name": member.worker.name}
    return Ask(title, partial(LeaveForm, initial={"on": today}), act, back, _("离任")).show(request)
