"""Needs: taken down in seconds for several people at once, added up, ended; whose they are is looked at."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from mingbai.core.pagination import page_of
from mingbai.core.when import day as day_words
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.actions import needs
from mingbai.servicedays.actions.needs import Taken
from mingbai.servicedays.enums import NeedSource, NeedState, Skill
from mingbai.servicedays.models import Need
from mingbai.servicedays.perms import can_show_person, can_take_need
from mingbai.servicedays.queries.needs import NeedFilters, NeedSum, need_sums, waiting_needs
from mingbai.web.access import staff, user_of
from mingbai.web.days.need_form import LineForm, Lines, PlaceForm, lines_of, with_more
from mingbai.web.days.reach import need_for, tabs, tried
from mingbai.web.forms import WordsField, said, unjudged, wants_list_only
from mingbai.web.offline import from_phone, is_from_phone, keeps_page, key_of, not_taken, taken
from mingbai.web.pages import Ask
from mingbai.web.pages import columns as headed
from mingbai.web.where import Choices, full_name

PAGE = 30
AGES = (
    ("7", gettext_lazy("超过一周")),
    ("30", gettext_lazy("超过一个月")),
    ("90", gettext_lazy("超过三个月")),
)
ANY = [("", gettext_lazy("全部"))]


class FilterForm(forms.Form):
    """Lives in the address; what it does not know is left out."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    skill = forms.ChoiceField(label=gettext_lazy("需要谁"), choices=[*ANY, *Skill.choices], required=False)
    source = forms.ChoiceField(
        label=gettext_lazy("来源"), choices=[*ANY, *NeedSource.choices], required=False
    )
    age = forms.ChoiceField(label=gettext_lazy("等了多久"), choices=[*ANY, *AGES], required=False)
    urgent = forms.BooleanField(label=gettext_lazy("只看急的"), required=False)

    def __init__(self, data: Any, regions: Choices) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["region"].choices = [*ANY, *regions]  # type: ignore[attr-defined]

    def asked(self) -> NeedFilters:
        self.is_valid()
        data = self.cleaned_data
        return NeedFilters(
            region=data.get("region") or "",
            skill=data.get("skill") or "",
            source=data.get("source") or "",
            urgent=bool(data.get("urgent")),
            age=int(data.get("age") or 0),
        )


@staff(Permission.CASE_SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """Who waits, the sums above the rows; urgent first, then who has waited longest."""
    user = user_of(request)
    sums = need_sums(user)
    form = FilterForm(request.GET, _regions(sums))
    filters = form.asked()
    page = page_of(waiting_needs(user, filters), request.GET, PAGE)
    below = register().subtree(filters.region) if filters.region else None
    shown = [row for row in sums if below is None or row.spot in below]
    context = {
        "tabs": tabs(request, "needs"),
        "form": form,
        "total": sum(row.waiting for row in shown),
        "urgent": sum(row.urgent for row in shown),
        "sums": _sums_table(shown),
        "rows": [_row(request, need) for need in page.items],
        "page": page,
        "is_filtered": bool(form.changed_data),
        "may_take": can(user, Permission.CASE_OPEN),
    }
    return render(request, "days/needs.html", context)


def _regions(sums: list[NeedSum]) -> Choices:
    """The counties and townships where somebody waits."""
    places = register()
    codes = dict.fromkeys([row.county for row in sums] + [row.spot for row in sums])
    return [
        (code, full_name(places, code)) for code in sorted(code for code in codes if code in places.regions)
    ]


def _sums_table(sums: list[NeedSum]) -> dict[str, Any] | None:
    """A row per place, a column per skill, how many are urgent and since when somebody waits."""
    if not sums:
        return None
    counts: Counter[tuple[str, str]] = Counter()
    urgent: Counter[str] = Counter()
    for row in sums:
        counts[row.spot, row.skill] += row.waiting
        urgent[row.spot] += row.urgent
    spots = sorted(
        {row.spot for row in sums}, key=lambda spot: (-urgent[spot], min(_oldest(sums, spot)), spot)
    )
    columns = [_("地点"), *(f"#{skill.label}" for skill in Skill), _("#其中急的"), _("最早的从")]
    places = register()
    rows = [
        [
            {"text": full_name(places, spot), "url": f"?region={spot}"},
            *(counts[spot, skill] or "–" for skill in Skill),
            urgent[spot] or "–",
            day_words(min(_oldest(sums, spot)), today=timezone.localdate()),
        ]
        for spot in spots
    ]
    return {
        "columns": headed(*columns),
        "rows": [{"cells": cells} for cells in rows],
    }


def _oldest(sums: list[NeedSum], spot: str) -> list[Any]:
    return [row.oldest for row in sums if row.spot == spot]


def _row(request: HttpRequest, need: Need) -> dict[str, Any]:
    user, days = user_of(request), (timezone.localdate() - need.since).days
    may = can_take_need(user, need.region_id)
    return {
        "pk": need.pk,
        "skill": need.get_skill_display(),
        "count": need.waiting,
        "is_urgent": need.is_urgent,
        "place": full_name(register(), need.region_id),
        "waited": _waited(days),
        "source": need.get_source_display(),
        "text": need.text if may else "",
        "case": need.case.number if need.case else "",
        "day": day_words(need.day.on) if need.day else "",
        "may": may,
        "may_show": bool(need.phone_sealed or need.name_sealed) and can_show_person(user, need),
    }


def _waited(days: int) -> str:
    if days == 0:
        return _("今天登记")
    return ngettext("等了 %(days)d 天", "等了 %(days)d 天", days) % {"days": days}


# ── taking down ──


@from_phone
@keeps_page
@staff(Permission.CASE_OPEN)
def take(request: HttpRequest) -> HttpResponse:
    """One place, several lines; each line stands for itself, what is refused stays to be put right."""
    if request.method != "POST":
        return _form(request, PlaceForm(initial={"where": _own_place(request)}), Lines(prefix="line"))
    place, lines = PlaceForm(request.POST), lines_of(request.POST, request.FILES)
    if wants_list_only(request.POST):
        more = with_more(request.POST) if request.POST.get("refresh") == "more" else request.POST
        return _form(request, unjudged(place), lines_of(more, None), unjudged_lines=True)
    if place.is_valid() and lines.is_valid():
        return _taken(request, place, lines)
    if is_from_phone(request):
        return not_taken(_first_error(place, lines))
    return _form(request, place, lines)


def _own_place(request: HttpRequest) -> str:
    """The region of the own station, where it is within the city."""
    worker = getattr(user_of(request), "worker", None)
    station = register().stations.get(worker.station_id) if worker else None
    return station.region if station else ""


def _taken(request: HttpRequest, place: PlaceForm, lines: BaseFormSet[LineForm]) -> HttpResponse:
    region, key = place.cleaned_data["where"], key_of(request)
    if not can_take_need(user_of(request), region):
        raise PermissionDenied
    wishes = [(form, form.wish(region, f"{key}-{n}")) for n, form in enumerate(lines.forms)]
    filled = [(form, wish) for form, wish in wishes if wish is not None]
    if not filled:
        place.add_error(None, _("请至少写一行：需要谁，几个人。"))
        return (
            not_taken(_first_error(place, lines)) if is_from_phone(request) else _form(request, place, lines)
        )
    found = needs.take_down_needs(by=user_of(request).actor, wishes=[wish for _form, wish in filled])
    refused = _put_errors([form for form, _wish in filled], found)
    if refused:
        return not_taken(refused) if is_from_phone(request) else _form(request, place, lines, partly=True)
    _say(request, found)
    return taken() if is_from_phone(request) else redirect("days:needs")


def _put_errors(forms_: list[LineForm], found: list[Taken]) -> str:
    """Each refusal at its line; the first of them."""
    first = ""
    for form, one in zip(forms_, found, strict=True):
        if one.refused is not None:
            name = one.refused.field or ""
            form.add_error(name if name in form.fields else None, said(one.refused))
            first = first or said(one.refused)
    return first


def _say(request: HttpRequest, found: list[Taken]) -> None:
    new = sum(one.is_new for one in found)
    known = len(found) - new
    text = ngettext("登记了 %(new)d 条。", "登记了 %(new)d 条。", new) % {"new": new}
    if known:
        more = ngettext("%(n)d 条已经在等，没有重复登记。", "%(n)d 条已经在等，没有重复登记。", known)
        text += more % {"n": known}
    messages.success(request, text)


def _first_error(place: PlaceForm, lines: BaseFormSet[LineForm]) -> str:
    rows = [place.errors, *(form.errors for form in lines.forms)]
    return next((str(error) for row in rows for errors in row.values() for error in errors), "")


def _form(
    request: HttpRequest,
    place: PlaceForm,
    lines: BaseFormSet[LineForm],
    *,
    partly: bool = False,
    unjudged_lines: bool = False,
) -> HttpResponse:
    for form in lines.forms if unjudged_lines else ():
        unjudged(form)
    context = {
        "tabs": tabs(request, "needs"),
        "place": place,
        "lines": lines,
        "key": key_of(request),
        "partly": partly,
    }
    return render(request, "days/take.html", context)


# ── one need ──


class EndForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("为什么不再等"),
        choices=[(s, s.label) for s in (NeedState.ELSEWHERE, NeedState.WITHDRAWN)],
        widget=forms.RadioSelect,
    )
    reason = WordsField(label=gettext_lazy("说明"), most=300, rows=2)


class UrgentForm(forms.Form):
    reason = WordsField(label=gettext_lazy("为什么"), most=300, rows=2)


def _back() -> tuple[str, str]:
    return _("需求"), reverse("days:needs")


@staff(Permission.CASE_OPEN)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    need = need_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        needs.end_need(by=user_of(request).actor, need=need, **data)

    return Ask(_("不用再等了"), EndForm, act, _back(), lead=_lead(need), done=_("已记下。")).show(request)


@staff(Permission.CASE_OPEN)
def urgent(request: HttpRequest, pk: int) -> HttpResponse:
    """It cannot wait, or it can after all."""
    need = need_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        needs.mark_urgent(by=user_of(request).actor, need=need, urgent=not need.is_urgent, **data)

    title = _("改为不急") if need.is_urgent else _("改为紧急")
    return Ask(title, UrgentForm, act, _back(), lead=_lead(need), done=_("已改。")).show(request)


def _lead(need: Need) -> str:
    return _("%(place)s，%(skill)s，%(count)d 人") % {
        "place": full_name(register(), need.region_id),
        "skill": need.get_skill_display(),
        "count": need.waiting,
    }


@staff(Permission.PERSON_SHOW)
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and telephone in clear, once; the look is kept in the need's history."""
    need = need_for(request, pk)
    if not can_show_person(user_of(request), need):
        raise PermissionDenied

    def act() -> None:
        name, phone = needs.show_person(by=user_of(request).actor, need=need)
        messages.info(
            request, _("%(name)s，电话 %(phone)s") % {"name": name or _("未留姓名"), "phone": phone}
        )

    tried(request, act)
    return redirect("days:needs")
