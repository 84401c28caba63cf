"""The standards of stations: what is asked of each tier, line by line; a new one replaces the old."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import whole
from mingbai.oversight.actions.rulebook import set_standard
from mingbai.oversight.enums import Measure
from mingbai.oversight.models import Criterion, Standard
from mingbai.oversight.rules.standard import CriterionTerms, line_text, read_line
from mingbai.people.roles import Permission
from mingbai.places.enums import Tier
from mingbai.web.access import staff
from mingbai.web.dated import state_of, valid_said
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import keeper
from mingbai.web.oversight.reach import link, tabs, way
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet


class StandardFilter(FilterForm):
    q = None  # type: ignore[assignment]
    tier = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Tier.choices])


@staff(Permission.CASE_SEE)
def listing(request: HttpRequest) -> HttpResponse:
    form = StandardFilter(request.GET)
    rows = Standard.objects.order_by("tier", "-valid_from")
    if tier := form.value("tier"):
        rows = rows.filter(tier=tier)
    today = timezone.localdate()
    return Listing(
        title=_("考评标准"),
        lead=_("每一级站点考什么、各占几分。改，就是从某天起换一份；已经开始的考评仍按原来的。"),
        form=form,
        columns=(_("标准"), _("层级"), _("依据"), _("施行"), _("状态")),
        rows=lambda row: [
            link(row.name, "standard", row.pk),
            row.get_tier_display(),
            row.source,
            valid_said(row),
            state_of(row, today),
        ],
        page=whole(list(rows)),
        actions=[],
        empty=_("还没有标准。"),
        tabs=tabs("standards"),
    ).show(request)


@staff(Permission.CASE_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Standard, pk=pk)
    ways = [way(_("换一份"), "standard_replace", pk, icon="edit")] if _may(request, row) else []
    return Sheet(
        title=row.name,
        tags=[{"text": state_of(row, timezone.localdate()), "tone": ""}],
        facts=[(_("层级"), row.get_tier_display()), (_("依据"), row.source), (_("施行"), valid_said(row))],
        back=(_("考评标准"), reverse("oversight:standards")),
        actions=ways,
        sections=[
            Section(
                title=_("考什么"),
                columns=(_("内容"), _("要求"), _("#分值"), _("数据"), _("#零分线"), _("#满分线")),
                rows=[_line(one) for one in row.criteria.order_by("number")],
            )
        ],
        chain=f"rule:{Standard.TABLE}:{pk}",
    ).show(request)


def _line(one: Criterion) -> list[Any]:
    cells = [f"{one.number}. {one.name}", one.text, _plain(one.points)]
    if not one.measure:
        return [*cells, _("看现场"), "", ""]
    return [*cells, one.get_measure_display(), _plain(one.least), _plain(one.full)]


def _plain(number: Any) -> str:
    return f"{number.normalize():f}"


def _may(request: HttpRequest, row: Standard) -> bool:
    user = request.user
    return (
        row.valid_to is None and user.is_authenticated and keeper(request, Permission.RULES_EDIT).is_city_wide
    )


class StandardForm(forms.Form):
    """One line a criterion: 内容 | 要求 | 分值 | 数据 | 零分线 | 满分线."""

    name = WordsField(label=gettext_lazy("名称"), most=100)
    lines = WordsField(
        label=gettext_lazy("考什么，一行一项"),
        most=6000,
        rows=14,
        help_text=gettext_lazy("内容 | 要求 | 分值；能从数据算的，后面再写：数据代码 | 零分线 | 满分线。"),
    )
    source = WordsField(
        label=gettext_lazy("依据"), most=300, rows=2, help_text=gettext_lazy("文件名、文号、第几条。")
    )
    valid_from = DayField(label=gettext_lazy("从哪天起施行"))

    def clean_lines(self) -> list[CriterionTerms]:
        found = []
        for n, text in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not text.strip():
                continue
            line = read_line(text)
            if line is None:
                raise forms.ValidationError(_("第 %(n)d 行看不懂：%(text)s") % {"n": n, "text": text[:60]})
            found.append(line)
        return found


def _text(one: Criterion) -> str:
    return line_text(
        CriterionTerms(one.name, one.text, int(one.points), one.measure, _plain(one.least), _plain(one.full))
    )


@staff(Permission.RULES_EDIT)
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    own, row = keeper(request, Permission.RULES_EDIT), get_object_or_404(Standard, pk=pk)
    if not _may(request, row):
        raise Http404

    def act(data: dict[str, Any]) -> str:
        made = set_standard(by=own.user.actor, tier=row.tier, **data)
        return reverse("oversight:standard", args=[made.pk])

    initial = {
        "name": row.name,
        "source": "",
        "lines": "\n".join(_text(one) for one in row.criteria.order_by("number")),
        "valid_from": timezone.localdate(),
    }
    codes = "；".join(f"{code} {label}" for code, label in Measure.choices)
    lead = _("各项分值加起来是 100。数据代码：%(codes)s。") % {"codes": codes}
    back = (row.name, reverse("oversight:standard", args=[pk]))
    return Ask(_("换一份标准"), partial(StandardForm, initial=initial), act, back, lead=lead).show(request)
