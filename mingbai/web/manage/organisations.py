"""Bureaux, centres, firms, notary offices, committees: who runs, supervises, or serves."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation, Region
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet

_NAMES = ("name", "kind", "credit_code", "phone", "address", "is_active")


class OrganisationFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("名称"), required=False, max_length=40)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), required=False, choices=[*ANY, *OrganisationKind.choices]
    )


@staff(Permission.PLACES_EDIT)
def organisations(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    form = OrganisationFilter(request.GET)
    found = Organisation.objects.filter(region__in=own.codes).select_related("region").order_by("name")
    if text := form.value("q"):
        found = found.filter(name__contains=text)
    if form.value("kind"):
        found = found.filter(kind=form.value("kind"))
    return Listing(
        title=_("机构"),
        form=form,
        columns=(_("名称"), _("类别"), _("所属区划"), _("公开电话"), _("状态")),
        rows=lambda one: [
            link(one.name, "organisation", one.pk),
            one.get_kind_display(),
            one.region.name,
            one.phone,
            _("在用") if one.is_active else _("已停用"),
        ],
        page=page_of(found, request.GET, 50),
        actions=[action(_("登记机构"), "organisation_new", icon="plus")],
        empty=_("还没有登记机构。先登记司法局，再给站点指定运营和监督单位。"),
    ).show(request)


@staff(Permission.PLACES_EDIT)
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    found = own.organisation(pk)
    held = found.tenures.select_related("station").order_by("-valid_from", "-id")
    today = timezone.localdate()
    rows = [
        [
            link(one.station.name, "station", one.station_id)
            if one.station_id in own.stations
            else one.station.name,
            one.get_charge_display(),
            when.short_day(one.valid_from, today=today),
            when.short_day(one.valid_to, today=today) if one.valid_to else _("至今"),
        ]
        for one in held[:50]
    ]
    return Sheet(
        title=found.name,
        tags=[{"text": found.get_kind_display(), "tone": ""}]
        + ([] if found.is_active else [{"text": _("已停用"), "tone": "late"}]),
        facts=[
            (_("所属区划"), found.region.name),
            (_("统一社会信用代码"), found.credit_code),
            (_("公开电话"), found.phone),
            (_("地址"), found.address),
        ],
        back=(_("机构"), reverse("manage:organisations")),
        chain=f"organisation:{pk}",
        actions=[action(_("修改资料"), "organisation_edit", pk, icon="edit")],
        sections=[Section(_("负责的站点"), (_("站点"), _("职责"), _("自"), _("至")), rows)],
    ).show(request)


class OrganisationForm(forms.Form):
    name = WordsField(label=gettext_lazy("名称"), most=100)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=OrganisationKind.choices)
    region = forms.ChoiceField(label=gettext_lazy("所属区划"))
    credit_code = WordsField(label=gettext_lazy("统一社会信用代码"), most=18, required=False)
    phone = WordsField(label=gettext_lazy("公开电话"), most=32, required=False)
    address = WordsField(label=gettext_lazy("地址"), most=200, required=False)

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = own.region_choices()  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class EditForm(OrganisationForm):
    is_active = forms.BooleanField(label=gettext_lazy("在用"), required=False)
    why = WordsField(label=gettext_lazy("为什么改"), most=200, required=False)


@staff(Permission.PLACES_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)

    def act(data: dict[str, Any]) -> str:
        made = actions.create_organisation(by=own.user.actor, **data)
        return reverse("manage:organisation", args=[made.pk])

    back = (_("机构"), reverse("manage:organisations"))
    form = partial(OrganisationForm, own=own)
    return Ask(_("登记机构"), form, act, back, button=_("登记")).show(request)


@staff(Permission.PLACES_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    found = own.organisation(pk)

    def act(data: dict[str, Any]) -> None:
        why = data.pop("why")
        actions.edit_organisation(by=own.user.actor, organisation=found, changes=data, why=why)

    values = {**{name: getattr(found, name) for name in _NAMES}, "region": found.region_id}
    form = partial(EditForm, own=own, initial=values)
    return Ask(_("修改机构资料"), form, act, (found.name, reverse("manage:organisation", args=[pk]))).show(
        request
    )
