"""The dated rules of routing: the lowest tier that matters of a kind, channel or region may reach."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions import rulebook
from mingbai.cases.enums import Channel
from mingbai.cases.models import RoutingRule
from mingbai.people.roles import Permission
from mingbai.places.enums import Tier
from mingbai.places.models import Region
from mingbai.web.access import staff
from mingbai.web.dated import state_of, valid_said
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.deadlines import end_page, kind_choices, kind_said
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, Sheet, columns


@staff(Permission.RULES_EDIT)
def routings(request: HttpRequest) -> HttpResponse:
    today, with_ended = timezone.localdate(), request.GET.get("ended") == "1"
    rules = RoutingRule.objects.select_related("region").order_by("channel", "kind", "-valid_from", "id")
    shown = [rule for rule in rules if with_ended or not rule.valid_to or rule.valid_to >= today]
    group = {
        "id": "routing",
        "title": _("最低可以分到哪一级"),
        "note": "",
        "columns": columns(_("渠道"), _("业务"), _("地区"), _("最低到"), _("依据"), _("施行")),
        "rows": [{"cells": _routing_cells(rule)} for rule in shown],
    }
    context = {
        "title": _("分派规则"),
        "lead": _("从事发地往上找：不低于这一级、开办这项业务、开通承办、当天有人的第一个站点。"),
        "groups": [group] if shown else [],
        "primary": action(_("新增规则"), "routing_new", icon="plus"),
        "with_ended": with_ended,
    }
    return render(request, "manage/rules.html", context)


def _routing_cells(rule: RoutingRule) -> list[Any]:
    channel = str(rule.get_channel_display() or _("所有渠道"))
    urgent = _("仅紧急")
    return [
        link(f"{channel}，{urgent}" if rule.urgent_only else channel, "routing", rule.pk),
        kind_said(rule.kind),
        rule.region.name if rule.region else _("全市"),
        rule.get_lowest_tier_display(),
        rule.source,
        valid_said(rule),
    ]


def _may_change(own: Keeper, region: str | None) -> bool:
    """The whole city's rules: who holds the city; one of a region: who holds that."""
    return own.is_city_wide or (region is not None and region in own.codes)


@staff(Permission.RULES_EDIT)
def routing(request: HttpRequest, pk: int) -> HttpResponse:
    own = keeper(request, Permission.RULES_EDIT)
    rule = get_object_or_404(RoutingRule.objects.select_related("region"), pk=pk)
    labels = (_("渠道"), _("业务"), _("地区"), _("最低到"), _("依据"), _("施行"))
    cells = _routing_cells(rule)
    facts = list(zip(labels, [cells[0]["text"], *cells[1:]], strict=True))
    may = rule.valid_to is None and _may_change(own, rule.region_id)
    return Sheet(
        title=_("分派规则"),
        tags=[{"text": state_of(rule, timezone.localdate()), "tone": ""}],
        facts=facts,
        back=(_("分派规则"), reverse("manage:routings")),
        chain=f"rule:routing:{pk}",
        actions=[action(_("使失效"), "routing_end", pk, icon="x")] if may else [],
    ).show(request)


class RoutingForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"), required=False, choices=[("", gettext_lazy("所有渠道")), *Channel.choices]
    )
    kind = forms.ChoiceField(label=gettext_lazy("业务"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("只在哪个地区"), required=False)
    urgent_only = forms.BooleanField(label=gettext_lazy("仅紧急"), required=False)
    lowest_tier = forms.ChoiceField(label=gettext_lazy("最低到哪一级"), choices=Tier.choices)
    source = WordsField(label=gettext_lazy("依据"), most=300, rows=2)
    valid_from = DayField(label=gettext_lazy("从哪天起施行"))

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        options["initial"] = {"valid_from": timezone.localdate()}
        super().__init__(*args, **options)
        whole = [("", _("全市"))] if own.is_city_wide else []
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["region"].choices = [*whole, *own.region_choices("county", "township")]  # type: ignore[attr-defined]
        self.fields["region"].required = not own.is_city_wide

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"]
        return Region.objects.get(code=code) if code else None


@staff(Permission.RULES_EDIT)
def routing_new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.RULES_EDIT)

    def act(data: dict[str, Any]) -> str:
        made = rulebook.add_routing_rule(by=own.user.actor, **data)
        return reverse("manage:routing", args=[made.pk])

    form = partial(RoutingForm, own=own)
    lead = _("同样范围的旧规则到前一天失效。")
    return Ask(_("新增分派规则"), form, act, (_("分派规则"), reverse("manage:routings")), lead=lead).show(
        request
    )


@staff(Permission.RULES_EDIT)
def routing_end(request: HttpRequest, pk: int) -> HttpResponse:
    own, rule = keeper(request, Permission.RULES_EDIT), get_object_or_404(RoutingRule, pk=pk)
    if not _may_change(own, rule.region_id):
        raise Http404
    return end_page(request, own, rule, (_("分派规则"), reverse("manage:routing", args=[pk])))
