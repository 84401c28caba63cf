"""The dated rules of time: read by code with source and validity, followed by a successor, ended."""

from dataclasses import asdict
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions import rulebook
from mingbai.cases.enums import Event, Strength, Unit
from mingbai.cases.kinds import KINDS, stage_of
from mingbai.cases.models import DeadlineRule
from mingbai.cases.rules.seeds import DeadlineTerms
from mingbai.people.roles import Permission
from mingbai.places.actions import end_rule
from mingbai.web.access import staff
from mingbai.web.dated import state_of, valid_said
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, Sheet, Why, columns

_ANY_KIND = [("", gettext_lazy("所有业务"))]


def kind_choices() -> list[tuple[str, Any]]:
    return [*_ANY_KIND, *((code, kind.label) for code, kind in KINDS.items())]


def kind_said(code: str) -> str:
    return str(KINDS.get(code).label) if code in KINDS else str(_ANY_KIND[0][1])


def _only_city(request: HttpRequest) -> Keeper:
    """A rule of time holds for the whole city: who keeps a county reads it and does not change it."""
    own = keeper(request, Permission.RULES_EDIT)
    if not own.is_city_wide:
        raise PermissionDenied
    return own


# ── time ──


def amount_said(rule: DeadlineRule) -> str:
    return f"{rule.amount} {rule.get_unit_display()}"


def reach_said(rule: DeadlineRule) -> str:
    """What the rule is about: kind, stage, wage arrears, urgent."""
    stage = stage_of(rule.kind, rule.stage)
    marks = [
        (stage, stage and stage.label),
        (rule.wage_only, _("仅欠薪求助")),
        (rule.urgent_only, _("仅紧急")),
    ]
    return _("，").join([kind_said(rule.kind), *(str(text) for holds, text in marks if holds)])


@staff(Permission.RULES_EDIT)
def deadlines(request: HttpRequest) -> HttpResponse:
    own, today = keeper(request, Permission.RULES_EDIT), timezone.localdate()
    with_ended = request.GET.get("ended") == "1"
    rules = DeadlineRule.objects.order_by("code", "kind", "-valid_from", "id")
    shown = [rule for rule in rules if with_ended or not rule.valid_to or rule.valid_to >= today]
    groups = [
        {
            "id": f"rule-{code}",
            "title": f"{rows[0].get_starts_on_display()} → {rows[0].get_stops_on_display()}",
            "note": code,
            "columns": columns(_("规则"), _("适用"), _("期限"), _("性质"), _("依据"), _("施行")),
            "rows": [{"cells": _deadline_cells(rule, today)} for rule in rows],
        }
        for code, rows in ((code, list(found)) for code, found in groupby(shown, key=lambda rule: rule.code))
    ]
    context = {
        "title": _("时限规则"),
        "lead": _("改规则就是加一条新的：旧的到前一天失效，已经在走的时限按旧的算完。"),
        "groups": groups,
        "primary": action(_("新增规则"), "deadline_new", icon="plus") if own.is_city_wide else None,
        "with_ended": with_ended,
    }
    return render(request, "manage/rules.html", context)


def _deadline_cells(rule: DeadlineRule, today: date) -> list[Any]:
    state = state_of(rule, today)
    return [
        link(rule.name, "deadline", rule.pk),
        reach_said(rule),
        amount_said(rule),
        rule.get_strength_display(),
        rule.source,
        valid_said(rule) if state == _("施行中") else f"{valid_said(rule)}（{state}）",
    ]


@staff(Permission.RULES_EDIT)
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    own, today = keeper(request, Permission.RULES_EDIT), timezone.localdate()
    rule = get_object_or_404(DeadlineRule, pk=pk)
    yes = {True: _("是"), False: _("否")}
    more = _("%(n)d %(unit)s") % {"n": rule.extension_most, "unit": rule.get_unit_display()}
    facts = [
        (_("适用"), reach_said(rule)),
        (_("期限"), amount_said(rule)),
        (_("起算"), rule.get_starts_on_display()),
        (_("终止"), rule.get_stops_on_display()),
        (_("性质"), rule.get_strength_display()),
        (_("当日计入"), yes[rule.first_day_counts]),
        (_("末日遇休息日顺延"), yes[rule.end_moves]),
        (_("待补充时暂停"), yes[rule.pauses]),
        (_("最多延期"), more if rule.extension_most else _("不能延期")),
        (_("依据"), rule.source),
        (_("施行"), valid_said(rule)),
    ]
    ways = []
    if own.is_city_wide and rule.valid_to is None:
        ways = [
            action(_("由新规则接替"), "deadline_next", pk, icon="plus"),
            action(_("使失效"), "deadline_end", pk, icon="x"),
        ]
    return Sheet(
        title=rule.name,
        tags=[{"text": state_of(rule, today), "tone": ""}],
        facts=facts,
        back=(_("时限规则"), reverse("manage:deadlines")),
        chain=f"rule:deadline:{pk}",
        actions=ways,
    ).show(request)


class NextForm(forms.Form):
    """What may differ from the rule before."""

    name = WordsField(label=gettext_lazy("名称"), most=64)
    amount = forms.IntegerField(label=gettext_lazy("期限"), min_value=1, max_value=366)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), choices=Unit.choices)
    strength = forms.ChoiceField(label=gettext_lazy("性质"), choices=Strength.choices)
    first_day_counts = forms.BooleanField(
        label=gettext_lazy("当日计入（民法典第二百零一条：通常不计）"), required=False
    )
    end_moves = forms.BooleanField(
        label=gettext_lazy("末日是休息日的顺延（民法典第二百零三条）"), required=False
    )
    pauses = forms.BooleanField(label=gettext_lazy("等群众补充时暂停"), required=False)
    extension_most = forms.IntegerField(
        label=gettext_lazy("最多延期"),
        min_value=0,
        max_value=366,
        initial=0,
        help_text=gettext_lazy("0 是不能延期。"),
    )
    source = WordsField(
        label=gettext_lazy("依据"), most=300, rows=2, help_text=gettext_lazy("文件名、文号、第几条。")
    )
    valid_from = DayField(label=gettext_lazy("从哪天起施行"))


class NewForm(NextForm):
    code = forms.SlugField(
        label=gettext_lazy("规则代码"),
        max_length=32,
        help_text=gettext_lazy("同一代码的规则里，最具体的一条适用。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("哪类业务"), required=False)
    starts_on = forms.ChoiceField(label=gettext_lazy("从什么时候起算"), choices=Event.choices)
    stops_on = forms.ChoiceField(label=gettext_lazy("到什么时候为止"), choices=Event.choices)
    wage_only = forms.BooleanField(label=gettext_lazy("仅欠薪求助"), required=False)
    urgent_only = forms.BooleanField(label=gettext_lazy("仅紧急"), required=False)
    field_order = ("code", "name", "kind", "starts_on", "stops_on", "wage_only", "urgent_only")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]


@staff(Permission.RULES_EDIT)
def deadline_new(request: HttpRequest) -> HttpResponse:
    own = _only_city(request)

    def act(data: dict[str, Any]) -> str:
        made = rulebook.add_deadline_rule(by=own.user.actor, terms=DeadlineTerms(**data))
        return reverse("manage:deadline", args=[made.pk])

    values = {"valid_from": timezone.localdate(), "end_moves": True, "pauses": True, "unit": Unit.WORKING_DAY}
    form = partial(NewForm, initial=values)
    return Ask(_("新增时限规则"), form, act, (_("时限规则"), reverse("manage:deadlines"))).show(request)


@staff(Permission.RULES_EDIT)
def deadline_next(request: HttpRequest, pk: int) -> HttpResponse:
    """The rule that takes its place from a day on."""
    own, rule = _only_city(request), get_object_or_404(DeadlineRule, pk=pk, valid_to=None)
    names = asdict(DeadlineTerms("", "", "", "", 1, "", "")).keys()
    held = {name: getattr(rule, name) for name in names}

    def act(data: dict[str, Any]) -> str:
        made = rulebook.add_deadline_rule(by=own.user.actor, terms=DeadlineTerms(**{**held, **data}))
        return reverse("manage:deadline", args=[made.pk])

    values = {**held, "valid_from": timezone.localdate(), "source": ""}
    lead = _("现行：%(amount)s（%(source)s）") % {"amount": amount_said(rule), "source": rule.source}
    form = partial(NextForm, initial=values)
    back = (rule.name, reverse("manage:deadline", args=[pk]))
    return Ask(_("由新规则接替“%(name)s”") % {"name": rule.name}, form, act, back, lead=lead).show(request)


class EndForm(Why):
    on = DayField(label=gettext_lazy("最后一天"))
    field_order = ("on", "reason")


def end_page(request: HttpRequest, own: Keeper, rule: Any, back: tuple[str, str]) -> HttpResponse:
    def act(data: dict[str, Any]) -> None:
        end_rule(by=own.user.actor, rule=rule, **data)

    form = partial(EndForm, initial={"on": timezone.localdate()})
    lead = _("没有别的规则接替。已经在走的时限不变。")
    return Ask(_("使规则失效"), form, act, back, button=_("使失效"), lead=lead, is_danger=True).show(request)


@staff(Permission.RULES_EDIT)
def deadline_end(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(DeadlineRule, pk=pk)
    return end_page(request, _only_city(request), rule, (rule.name, reverse("manage:deadline", args=[pk])))
