"""What planning is bound by: communities that host days, people's limits, shut ways, stations' points."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.enums import Place
from mingbai.core.when import day as day_words
from mingbai.people.models import Worker
from mingbai.people.roles import Permission
from mingbai.places.actions import set_point
from mingbai.places.models import Region, Station
from mingbai.places.queries import register
from mingbai.servicedays.actions import terms
from mingbai.servicedays.enums import RuleCode
from mingbai.servicedays.models import Block, Host, Limit
from mingbai.servicedays.perms import can_plan, can_set_point, planning_regions
from mingbai.servicedays.queries.terms import terms_on
from mingbai.web.access import staff, user_of
from mingbai.web.days.reach import planned_regions, tabs, tried
from mingbai.web.forms import DayField, WordsField
from mingbai.web.headers import may_locate
from mingbai.web.pages import Ask
from mingbai.web.where import RegionField, full_name

MOST = 200


@staff(Permission.CASE_SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Only who plans has something to agree on."""
    regions = planned_regions(request)
    if not regions:
        raise PermissionDenied
    codes, today, places = planning_regions(user_of(request)), timezone.localdate(), register()
    hosts = Host.objects.filter(region_id__in=codes).exclude(until__lt=today).order_by("region_id")
    blocks = Block.objects.filter(region_id__in=codes, ends_on__gte=today)
    limits = Limit.objects.filter(worker__station__region_id__in=codes).select_related("worker__station")
    amounts = terms_on(today, regions[0][0])
    context = {
        "tabs": tabs(request, "terms"),
        "place": regions[0][1],
        "numbers": [(code.label, amounts[code]) for code in RuleCode],
        "hosts": [
            {
                "pk": host.pk,
                "place": full_name(places, host.region_id),
                "room": host.room,
                "since": day_words(host.since),
            }
            for host in hosts[:MOST]
        ],
        "blocks": [
            {
                "pk": block.pk,
                "place": full_name(places, block.region_id),
                "days": f"{day_words(block.starts_on)} – {day_words(block.ends_on)}",
                "why": block.reason,
            }
            for block in blocks.order_by("starts_on", "id")[:MOST]
        ],
        "limits": [_limit_row(limit) for limit in limits.order_by("worker__code")[:MOST]],
    }
    return render(request, "days/terms.html", context)


def _limit_row(limit: Limit) -> dict[str, Any]:
    said = [] if limit.is_sent else [_("不派出")]
    if limit.leaves_duty:
        said.append(_("值班日也可派出"))
    if limit.most_days is not None:
        said.append(_("每月最多 %(n)d 天") % {"n": limit.most_days})
    if limit.capacity is not None:
        said.append(_("每天接待 %(n)d 件") % {"n": limit.capacity})
    return {
        "name": limit.worker.name,
        "station": limit.worker.station.name if limit.worker.station else "",
        "said": "，".join(said) or _("和大家一样"),
        "url": reverse("days:limit", args=[limit.worker.code]),
    }


def _back() -> tuple[str, str]:
    return _("约定"), reverse("days:terms")


class WhereForm(forms.Form):
    where = RegionField()

    def region_for(self, request: HttpRequest) -> Region:
        """A place of the city that the user plans for."""
        where = self.cleaned_data["where"]
        if where.place != Place.KNOWN or not can_plan(user_of(request), where.region):
            raise PermissionDenied
        return Region.objects.get(code=where.region)


class HostForm(WhereForm):
    room = WordsField(label=gettext_lazy("哪间屋子，怎么走"), most=200)
    since = DayField(label=gettext_lazy("从哪天起"))


class BlockForm(WhereForm):
    starts_on = DayField(label=gettext_lazy("从哪天"))
    ends_on = DayField(label=gettext_lazy("到哪天"))
    reason = WordsField(label=gettext_lazy("为什么不能办"), most=200)


def _ask_where(request: HttpRequest, title: str, form: type[WhereForm], act: Any, lead: str) -> HttpResponse:
    """A form with a place; the form itself is needed to judge the place by who asks."""
    if not planned_regions(request):
        raise PermissionDenied
    made: list[WhereForm] = []

    def build(*args: Any, **options: Any) -> WhereForm:
        made.append(form(*args, **options))
        return made[-1]

    def do(data: dict[str, Any]) -> None:
        rest = {name: value for name, value in data.items() if name != "where"}
        act(by=user_of(request).actor, region=made[-1].region_for(request), **rest)

    return Ask(title, build, do, _back(), lead=lead).show(request)


@staff(Permission.CASE_SEE)
def host(request: HttpRequest) -> HttpResponse:
    lead = _("人多的社区可以自己办服务日；在那里登记的需求就算在那里，不再算到街道。")
    return _ask_where(request, _("登记承办社区"), HostForm, terms.host_days, lead)


@staff(Permission.CASE_SEE)
def block(request: HttpRequest) -> HttpResponse:
    lead = _("修路、封山、会议室被占：这些天不排服务日。已公布的请另做调整。")
    return _ask_where(request, _("登记不能办的日子"), BlockForm, terms.block_place, lead)


@staff(Permission.CASE_SEE)
@require_POST
def host_end(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Host.objects.filter(region_id__in=planning_regions(user_of(request))), pk=pk)
    today = timezone.localdate()
    tried(
        request,
        lambda: terms.end_hosting(by=user_of(request).actor, host=found, until=max(today, found.since)),
        _("到今天为止。"),
    )
    return redirect("days:terms")


@staff(Permission.CASE_SEE)
@require_POST
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Block.objects.filter(region_id__in=planning_regions(user_of(request))), pk=pk)
    tried(request, lambda: terms.unblock_place(by=user_of(request).actor, block=found), _("又可以办了。"))
    return redirect("days:terms")


class FindForm(forms.Form):
    """Whose limit; by name, which opens the person's own form."""

    worker = forms.ModelChoiceField(label=gettext_lazy("谁"), queryset=Worker.objects.none())

    def __init__(self, *args: Any, codes: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        found = Worker.objects.filter(is_active=True, station__region_id__in=codes)
        self.fields["worker"].queryset = found.select_related("station").order_by("name", "code")  # type: ignore[attr-defined]


@staff(Permission.CASE_SEE)
def limit_find(request: HttpRequest) -> HttpResponse:
    codes = planning_regions(user_of(request))
    if not codes:
        raise PermissionDenied

    def act(data: dict[str, Any]) -> HttpResponse:
        return redirect("days:limit", data["worker"].code)

    form = partial(FindForm, codes=codes)
    return Ask(_("谁的派出有另外的约定"), form, act, _back(), _("下一步")).show(request)


class LimitForm(forms.Form):
    is_sent = forms.BooleanField(label=gettext_lazy("可以派出去服务日"), required=False)
    leaves_duty = forms.BooleanField(label=gettext_lazy("值班的日子也可以派出"), required=False)
    most_days = forms.IntegerField(
        label=gettext_lazy("每月最多几天"), required=False, min_value=0, max_value=31
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("每天接待几件"), required=False, min_value=0, max_value=100
    )


@staff(Permission.CASE_SEE)
def limit(request: HttpRequest, code: str) -> HttpResponse:
    codes = planning_regions(user_of(request))
    worker = get_object_or_404(
        Worker.objects.filter(station__region_id__in=codes).select_related("station"), code=code
    )
    now = Limit.objects.filter(worker=worker).first() or Limit(worker=worker)
    fields = ("is_sent", "leaves_duty", "most_days", "capacity")
    initial = {name: getattr(now, name) for name in fields}

    def act(data: dict[str, Any]) -> None:
        terms.set_limit(by=user_of(request).actor, worker=worker, **data)

    title = _("%(who)s能派出多少") % {"who": worker.name}
    form = partial(LimitForm, initial=initial)
    return Ask(title, form, act, _back(), lead=_("不填的，和大家一样。")).show(request)


class PointForm(forms.Form):
    latitude = forms.DecimalField(label=gettext_lazy("纬度"), max_digits=9, decimal_places=6)
    longitude = forms.DecimalField(label=gettext_lazy("经度"), max_digits=9, decimal_places=6)


@staff(Permission.CASE_SEE)
def point(request: HttpRequest, code: str) -> HttpResponse:
    """The worker on the spot sets where the station is, once; distances are measured from then on."""
    if not can_set_point(user_of(request), code):
        raise PermissionDenied
    station = get_object_or_404(Station, code=code)

    def act(data: dict[str, Any]) -> None:
        set_point(by=user_of(request).actor, station=station, **data)

    back = (_("哪里缺人"), reverse("days:coverage"))
    lead = _("人在站点时点“用这部手机定位”，一次就好。")
    return may_locate(
        Ask(station.name, PointForm, act, back, lead=lead, extra="manage/_locate.html").show(request)
    )
