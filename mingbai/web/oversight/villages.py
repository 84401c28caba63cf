"""Villages: who advises them, what they are owed and got; the page of one village (一村一卷)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import page_of
from mingbai.core.when import day as day_words
from mingbai.oversight import actions
from mingbai.oversight.enums import QuotaCode, VillageClass
from mingbai.oversight.models import AdviserTerm, VillageVisit
from mingbai.oversight.perms import (
    can_keep_villages,
    can_strike_visit,
    can_teach,
    can_write_visit,
    village_codes,
)
from mingbai.oversight.queries.village import VillageState, states_of, taught_in
from mingbai.people.enums import Post
from mingbai.people.models import User, Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField, WordsField
from mingbai.web.oversight.reach import link, tabs, village_for, way
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet
from mingbai.web.where import full_name

PAGE, VISITS = 30, 100


class VillageFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("村名"), required=False, max_length=40)
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)

    def __init__(self, data: Any, codes: frozenset[str]) -> None:
        super().__init__(data)
        places = register()
        rows = [places.regions[code] for code in sorted(codes)]
        above = [(row.code, full_name(places, row.code)) for row in rows if row.level != Level.VILLAGE]
        self.fields["region"].choices = [*ANY, *[row for row in above if row[1]]]  # type: ignore[attr-defined]


@staff(Permission.CASE_SEE)
def villages(request: HttpRequest) -> HttpResponse:
    user, today, places = user_of(request), timezone.localdate(), register()
    codes = village_codes(user)
    form = VillageFilter(request.GET, codes)
    within = codes & places.subtree(form.value("region")) if form.value("region") else codes
    rows = Region.objects.filter(code__in=within, level=Level.VILLAGE, name__contains=form.value("q"))
    page = page_of(rows.living(today).order_by("code"), request.GET, PAGE)
    states = {state.code: state for state in states_of([row.code for row in page.items], today)}
    return Listing(
        title=_("到村服务"),
        lead=_("本月、本季度每个村应有的和已有的。到村服务登记一次，考核、报表都从它来。"),
        form=form,
        columns=(
            _("村（社区）"),
            _("法律顾问"),
            _("本月到村"),
            _("本月小时"),
            _("本季讲座"),
            _("法律明白人"),
        ),
        rows=lambda region: _row(states[region.code]),
        page=page,
        actions=[way(_("登记到村服务"), "trip_new", icon="plus")] if can(user, Permission.CASE_OPEN) else [],
        empty=_("没有这样的村。"),
        tabs=tabs("villages"),
    ).show(request)


def _row(state: VillageState) -> list[Any]:
    got = {one.code: f"{_plain(one.got)}/{one.amount}" for one in state.owed}
    return [
        link(full_name(register(), state.code), "village", state.code),
        "、".join(state.advisers) or _("没有"),
        *(got.get(code, "–") for code in (QuotaCode.VISITS, QuotaCode.HOURS, QuotaCode.LECTURES)),
        f"{state.savvy}/{state.savvy_asked}",
    ]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


@staff(Permission.CASE_SEE)
def village(request: HttpRequest, code: str) -> HttpResponse:
    """一村一卷: everything of one village and year on one page that prints."""
    region, user, today = village_for(request, code), user_of(request), timezone.localdate()
    [state] = states_of([code], today)
    keeps = can_keep_villages(user, code)
    ways = [way(_("登记到村服务"), "trip_new", icon="plus")] if can_write_visit(user, code) else []
    if ways:
        ways[0]["url"] += f"?village={code}"
    if keeps:
        ways += [way(_("聘法律顾问"), "adviser_new", code), way(_("定类别"), "village_class", code)]
    return Sheet(
        title=full_name(register(), code),
        lead=_("%(year)d年一村一卷。要存档就打印这一页。") % {"year": today.year},
        facts=_facts(state),
        back=(_("到村服务"), reverse("oversight:villages")),
        actions=ways,
        sections=[
            _visits(region, user, today),
            _advisers(region, today, keeps),
            _savvy(region, user),
        ],
    ).show(request)


def _facts(state: VillageState) -> list[tuple[Any, Any]]:
    rows: list[tuple[Any, Any]] = [
        (_("类别"), str(VillageClass(state.village_class).label) if state.village_class else _("还没定")),
        (_("法律顾问"), "、".join(state.advisers) or _("没有")),
    ]
    for one in state.owed:
        said = _("已有 %(got)s，应有 %(of)s") % {"got": _plain(one.got), "of": one.amount}
        rows.append((QuotaCode(one.code).label, said))
    rows.append(
        (_("法律明白人"), _("%(n)d 人，应有 %(of)d 人") % {"n": state.savvy, "of": state.savvy_asked})
    )
    return rows


def _visits(region: Region, user: User, today: date) -> Section:
    found = VillageVisit.objects.visible_to(user).filter(region=region, on__year=today.year)
    rows = found.select_related("worker").order_by("-on", "-id")[:VISITS]
    return Section(
        title=_("今年的到村服务"),
        columns=(_("日期"), _("谁"), _("做了什么"), _("#小时"), _("#人次"), _("说明")),
        rows=[_visit(row, user, today) for row in rows],
        empty=_("今年还没有登记。"),
    )


def _visit(row: VillageVisit, user: User, today: date) -> list[Any]:
    note: Any = ""
    if row.struck_at:
        note = _("已作废：%(why)s") % {"why": row.struck_for}
    elif can_strike_visit(user, row):
        note = link(_("作废"), "trip_strike", row.pk)
    return [
        day_words(row.on, today=today),
        row.worker.name,
        row.get_kind_display(),
        _plain(row.hours),
        row.people,
        note,
    ]


def _advisers(region: Region, today: date, keeps: bool) -> Section:
    terms = AdviserTerm.objects.filter(region=region).select_related("worker").order_by("-since", "-id")
    return Section(
        title=_("法律顾问聘期"),
        columns=(_("姓名"), _("自"), _("至"), ""),
        rows=[
            [
                term.worker.name,
                day_words(term.since, today=today),
                day_words(term.until, today=today) if term.until else _("现任"),
                link(_("解聘"), "adviser_end", term.pk) if keeps and term.until is None else "",
            ]
            for term in terms
        ],
        empty=_("还没有聘。"),
    )


def _savvy(region: Region, user: User) -> Section:
    return Section(
        title=_("法律明白人"),
        columns=(_("姓名"), _("#学时"), _("证书编号"), ""),
        rows=[
            [
                row.worker.name,
                _plain(row.hours),
                row.certificate or "–",
                link(_("登记培训"), "teach", row.worker.code) if can_teach(user, row.worker) else "",
            ]
            for row in taught_in([region.pk])
        ],
        empty=_("名册里还没有。请先在“设置－人员”里登记。"),
    )


def _back(code: str) -> tuple[str, str]:
    return _("一村一卷"), reverse("oversight:village", args=[code])


class ClassForm(forms.Form):
    village_class = forms.ChoiceField(
        label=gettext_lazy("哪一类"), choices=VillageClass.choices, widget=forms.RadioSelect
    )


@staff(Permission.PEOPLE_EDIT)
def village_class(request: HttpRequest, code: str) -> HttpResponse:
    region = village_for(request, code, keeps=True)

    def act(data: dict[str, Any]) -> None:
        actions.set_class(by=user_of(request).actor, region=region, **data)

    return Ask(_("定类别"), ClassForm, act, _back(code), lead=_("类别不同，每月到村的要求不同。")).show(
        request
    )


class AdviserForm(forms.Form):
    worker = forms.ModelChoiceField(label=gettext_lazy("谁"), queryset=Worker.objects.none())
    since = DayField(label=gettext_lazy("从哪天起"))

    def __init__(self, *args: Any, lawyers: Any, **options: Any) -> None:
        options["initial"] = {"since": timezone.localdate()}
        super().__init__(*args, **options)
        self.fields["worker"].queryset = lawyers  # type: ignore[attr-defined]


def _lawyers(user: User) -> Any:
    posts: Sequence[str] = (Post.VILLAGE_LAWYER, Post.LAWYER)
    found = Worker.objects.visible_to(user)
    return found.filter(is_active=True, post__in=posts).order_by("name", "code")


@staff(Permission.PEOPLE_EDIT)
def adviser_new(request: HttpRequest, code: str) -> HttpResponse:
    region = village_for(request, code, keeps=True)

    def act(data: dict[str, Any]) -> None:
        actions.name_adviser(by=user_of(request).actor, region=region, **data)

    form = partial(AdviserForm, lawyers=_lawyers(user_of(request)))
    return Ask(_("聘法律顾问"), form, act, _back(code)).show(request)


class EndForm(forms.Form):
    until = DayField(label=gettext_lazy("最后一天"))


@staff(Permission.PEOPLE_EDIT)
def adviser_end(request: HttpRequest, pk: int) -> HttpResponse:
    term = get_object_or_404(AdviserTerm.objects.select_related("worker", "region"), pk=pk, until=None)
    village_for(request, term.region_id, keeps=True)

    def act(data: dict[str, Any]) -> None:
        actions.end_adviser(by=user_of(request).actor, term=term, **data)

    form = partial(EndForm, initial={"until": timezone.localdate()})
    title = _("解聘%(name)s") % {"name": term.worker.name}
    return Ask(title, form, act, _back(term.region_id)).show(request)


class TeachForm(forms.Form):
    on = DayField(label=gettext_lazy("哪天"))
    topic = WordsField(label=gettext_lazy("学了什么"), most=120)
    hours = forms.DecimalField(
        label=gettext_lazy("学时"), min_value=Decimal("0.5"), max_value=16, decimal_places=1
    )
    passed = forms.TypedChoiceField(
        label=gettext_lazy("考核"),
        choices=[("", gettext_lazy("没有考")), ("1", gettext_lazy("合格")), ("0", gettext_lazy("不合格"))],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
    )
    certificate = forms.CharField(label=gettext_lazy("证书编号"), max_length=40, required=False)


@staff(Permission.PEOPLE_EDIT)
def teach(request: HttpRequest, code: str) -> HttpResponse:
    user = user_of(request)
    worker = get_object_or_404(Worker, code=code, post=Post.LAW_SAVVY_VILLAGER, is_active=True)
    if worker.region_id not in village_codes(user):
        raise Http404
    if not can_teach(user, worker):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.teach(by=user.actor, worker=worker, **data)

    form = partial(TeachForm, initial={"on": timezone.localdate()})
    title = _("登记%(name)s的培训") % {"name": worker.name}
    return Ask(title, form, act, _back(worker.region_id)).show(request)
