"""Service areas laid over the tree: whose matters go to another station than the tree would say."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.enums import Line, Tier
from mingbai.places.models import Coverage, Region, Station
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, FilterForm, Listing


@staff(Permission.PLACES_EDIT)
def areas(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    form = FilterForm(request.GET)
    found = Coverage.objects.filter(region__in=own.codes).select_related("region", "station")
    if text := form.value("q"):
        found = found.filter(area__contains=text) | found.filter(region__name__contains=text)
    return Listing(
        title=_("服务区"),
        lead=_("这些地方的事项，由指定的站点办，不按行政区划走。没有自己代码的开发区、示范区就这样设。"),
        form=form,
        columns=(_("名称"), _("地区"), _("由谁服务"), _("业务"), _("有效"), _("变更")),
        rows=_row,
        page=page_of(found.order_by("area", "id"), request.GET, 50),
        actions=[action(_("划服务区"), "area_new", icon="plus")],
        empty=_("没有另划的服务区。"),
    ).show(request)


def _row(one: Coverage) -> list[Any]:
    today = timezone.localdate()
    begins = when.short_day(one.valid_from, today=today)
    until = when.short_day(one.valid_to, today=today) if one.valid_to else ""
    return [
        one.area,
        one.region.name,
        one.station.name,
        one.get_line_display() or _("全部业务"),
        _("%(a)s至%(b)s") % {"a": begins, "b": until} if until else _("%(a)s起") % {"a": begins},
        "" if one.valid_to else link(_("结束"), "area_end", one.pk),
    ]


class AreaForm(forms.Form):
    area = WordsField(label=gettext_lazy("服务区名称"), most=64)
    region = forms.ChoiceField(label=gettext_lazy("哪个地区（连同下级）"))
    station = forms.ChoiceField(label=gettext_lazy("由哪个站点服务"))
    line = forms.ChoiceField(
        label=gettext_lazy("只限哪项业务"),
        required=False,
        choices=[("", gettext_lazy("全部业务")), *Line.choices],
    )
    valid_from = DayField(label=gettext_lazy("从哪天起"))
    source = WordsField(label=gettext_lazy("依据"), most=200, required=False)

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        options["initial"] = {"valid_from": timezone.localdate()}
        super().__init__(*args, **options)
        centres = {
            row.code
            for row in own.places.stations.values()
            if row.tier in (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)
        }
        self.fields["region"].choices = [("", _("请选择")), *own.region_choices()]  # type: ignore[attr-defined]
        # Of another county only its centre can be asked to serve.
        self.fields["station"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *own.station_choices(own.stations | centres),
        ]


@staff(Permission.PLACES_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)

    def act(data: dict[str, Any]) -> None:
        data["region"] = Region.objects.get(code=data["region"])
        data["station"] = Station.objects.get(code=data["station"])
        actions.add_coverage(by=own.user.actor, **data)

    back = (_("服务区"), reverse("manage:areas"))
    return Ask(_("划服务区"), partial(AreaForm, own=own), act, back).show(request)


class EndForm(forms.Form):
    on = DayField(label=gettext_lazy("最后一天"))


@staff(Permission.PLACES_EDIT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    found = get_object_or_404(Coverage.objects.select_related("region"), pk=pk, valid_to=None)
    if found.region_id not in own.codes:
        raise Http404

    def act(data: dict[str, Any]) -> None:
        actions.end_coverage(by=own.user.actor, coverage=found, **data)

    back = (_("服务区"), reverse("manage:areas"))
    form = partial(EndForm, initial={"on": timezone.localdate()})
    title = _("结束“%(area)s”") % {"area": found.area}
    return Ask(title, form, act, back, button=_("结束"), lead=_("之后按行政区划走。")).show(request)
