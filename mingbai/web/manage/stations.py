"""The register of stations: its list, the page of one, and the forms that change it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.models import Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.enums import Charge, Line, Tier, TransferState
from mingbai.places.models import Closure, Region, Station
from mingbai.places.queries import in_charge
from mingbai.places.rules import StationRow
from mingbai.web.access import staff
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.station_forms import EditForm, hours_text
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Section, Sheet

_STATES = [
    *ANY,
    ("open", gettext_lazy("开办中")),
    ("planned", gettext_lazy("未建成")),
    ("closed", gettext_lazy("已停办")),
    ("lacks", gettext_lazy("缺业务")),
]


class StationFilter(FilterForm):
    tier = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Tier.choices])
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=_STATES)

    def __init__(self, data: Any, own: Keeper) -> None:
        super().__init__(data)
        self.fields["region"].choices = [*ANY, *own.county_choices()]  # type: ignore[attr-defined]


@staff(Permission.PLACES_EDIT)
def stations(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    form = StationFilter(request.GET, own)
    return Listing(
        title=_("站点"),
        form=form,
        columns=(_("名称"), _("层级"), _("业务"), _("承办"), _("状态")),
        rows=lambda station: _row(station, own),
        page=page_of(_found(form, own), request.GET, 50),
        actions=[action(_("登记站点"), "station_new", icon="plus")],
    ).show(request)


def _found(form: StationFilter, own: Keeper) -> Any:
    """The codes come from the register in memory: what a station lacks is no column."""
    today, tier, region, state = (
        timezone.localdate(),
        form.value("tier"),
        form.value("region"),
        form.value("state"),
    )
    below = own.places.subtree(region) if region else None
    fits = {
        "open": lambda row: row.is_built and not row.is_closed(today),
        "planned": lambda row: not row.is_built,
        "closed": lambda row: row.is_closed(today),
        "lacks": lambda row: row.is_built and bool(own.places.lacks(row.code, today)),
    }
    text = form.value("q")
    rows = (own.places.stations[code] for code in own.stations)
    codes = [
        row.code
        for row in rows
        if (not tier or row.tier == tier)
        and (below is None or row.region in below)
        and (not state or fits[state](row))
        and (not text or text in row.name or text in row.code)
    ]
    return Station.objects.filter(code__in=codes).order_by("code")


def lines_text(lines: Any) -> str:
    return _("、").join(str(line.label) for line in Line if line in lines)


def lacks_text(row: StationRow, own: Keeper) -> str:
    """What its tier asks for and the station does not offer, in words; "" where nothing is missing."""
    missing = own.places.lacks(row.code, timezone.localdate())
    return lines_text(missing)


def _row(station: Station, own: Keeper) -> list[Any]:
    row = own.places.stations[station.code]
    return [
        link(station.name, "station", station.code),
        station.get_tier_display(),
        _("%(n)d 项") % {"n": len(row.lines)},
        _("承办") if station.takes_matters else "",
        _state(row, own),
    ]


def _state(row: StationRow, own: Keeper) -> str:
    if row.is_closed(timezone.localdate()):
        return _("已停办")
    if not row.is_built:
        return _("未建成")
    missing = lacks_text(row, own)
    return _("缺 %(lines)s") % {"lines": missing} if missing else _("开办中")


def back_to(station: Station) -> tuple[str, str]:
    return station.name, reverse("manage:station", args=[station.code])


@staff(Permission.PLACES_EDIT)
def station(request: HttpRequest, code: str) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)
    found = own.station(code)
    row = own.places.stations[code]
    missing = lacks_text(row, own)
    tags = [{"text": found.get_tier_display(), "tone": ""}]
    if missing:
        tags.append({"text": _("缺 %(lines)s") % {"lines": missing}, "tone": "soon"})
    if found.closed_on:
        tags.append({"text": _("%(day)s停办") % {"day": when.day(found.closed_on)}, "tone": "late"})
    return Sheet(
        title=found.name,
        tags=tags,
        facts=_facts(found, row, missing, own),
        back=(_("站点"), reverse("manage:stations")),
        chain=f"station:{code}",
        actions=_actions(found),
        sections=[_charges(found), _closures(found), _transfers(found), _people(found, own), _areas(found)],
    ).show(request)


def _facts(found: Station, row: StationRow, missing: str, own: Keeper) -> list[tuple[str, Any]]:
    yes = {True: _("是"), False: _("否")}
    rule = "3+X" if found.tier in (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE) else "2+X"
    lack = _("按“%(rule)s”还缺：%(lines)s") % {"rule": rule, "lines": missing} if missing else ""
    return [
        (_("站点代码"), found.code),
        (_("所在区划"), link(own.places.path_names(found.region_id), "region", found.region_id)),
        (_("业务"), lines_text(row.lines) or _("还没有开办")),
        (_("业务配置"), lack),
        (_("已建成"), yes[found.is_built]),
        (
            _("计划建成日期"),
            when.day(found.planned_on, today=timezone.localdate()) if found.planned_on else "",
        ),
        (_("独立场所"), yes[found.own_premises]),
        (_("承办转来事项"), yes[found.takes_matters]),
        (_("空岗日代办站点"), found.substitute.name if found.substitute else ""),
        (_("开放时间"), hours_text(row.hours)),
        (_("地址"), found.address),
        (_("公开电话"), found.phone),
        (_("窗口、热线席位、查询机"), f"{found.windows}、{found.hotline_seats}、{found.kiosks}"),
        (
            _("坐标"),
            f"{found.latitude}，{found.longitude}" if found.latitude is not None else _("还没有定位"),
        ),
    ]


def _actions(found: Station) -> list[dict[str, Any]]:
    ways = [
        action(_("修改资料"), "station_edit", found.code, icon="edit"),
        action(_("开放时间"), "station_hours", found.code, icon="clock"),
        action(_("定位"), "station_point", found.code, icon="map-pin"),
        action(_("临时闭站"), "station_closure", found.code, icon="calendar-event"),
        action(_("扫码海报"), "station_qr", found.code, icon="printer"),
    ]
    if found.closed_on:
        return [*ways, action(_("恢复开办"), "station_reopen", found.code, icon="refresh")]
    return [*ways, action(_("停办"), "station_close", found.code, icon="x")]


def _charges(found: Station) -> Section:
    today, rows = timezone.localdate(), []
    for charge in Charge:
        held = in_charge(found, charge, today)
        if held is None:
            way = link(_("指定"), "station_name", found.code, charge.value)
        else:
            way = link(_("移交"), "station_transfer", found.code, charge.value)
        rows.append([charge.label, held.name if held else _("还没有"), way])
    return Section(_("责任单位"), (_("职责"), _("机构"), _("变更")), rows)


def _closures(found: Station) -> Section:
    coming = Closure.objects.filter(station=found, ends_on__gte=timezone.localdate()).order_by(
        "starts_on", "id"
    )
    rows = [
        [
            _("%(a)s 至 %(b)s") % {"a": when.day(one.starts_on), "b": when.day(one.ends_on)},
            one.reason,
            link(_("取消"), "closure_remove", found.code, one.pk),
        ]
        for one in coming
    ]
    return Section(_("临时闭站"), (_("日期"), _("原因"), _("变更")), rows, empty=_("没有要闭站的日子。"))


def _transfers(found: Station) -> Section:
    rows = [
        [
            link(f"{one.giver.name} → {one.taker.name}", "transfer", one.pk),
            one.get_charge_display(),
            one.get_state_display(),
            when.day(one.effective_on, today=timezone.localdate()),
        ]
        for one in found.transfers.select_related("giver", "taker").order_by("-offered_at", "-id")[:10]
    ]
    waiting = found.transfers.filter(state=TransferState.OFFERED).exists()
    note = _("有一份等对方接收") if waiting else ""
    return Section(_("移交"), (_("从谁到谁"), _("职责"), _("状态"), _("移交日期")), rows, note=note)


def _people(found: Station, own: Keeper) -> Section:
    people = Worker.objects.filter(station=found, is_active=True).order_by("code")
    rows = [
        [one.name, one.get_post_display(), _("专职") if one.is_full_time else _("兼职")]
        for one in people[:50]
    ]
    note = _("%(n)d 人") % {"n": people.count()}
    is_theirs = can(own.user, Permission.PEOPLE_EDIT, station=found.code)
    ways = [action(_("看排班"), "roster", found.code)] if is_theirs else []
    head = (_("姓名"), _("岗位"), _("专兼职"))
    return Section(_("人员"), head, rows, ways, note=note, empty=_("名册上还没有人。"))


def _areas(found: Station) -> Section:
    rows = [
        [one.area, one.region.name, one.get_line_display() or _("全部业务")]
        for one in found.covers.select_related("region").order_by("valid_from", "id")
    ]
    return Section(_("服务区"), (_("名称"), _("区划"), _("业务")), rows, empty=_("没有另划的服务区。"))


class NewForm(EditForm):
    region = forms.ChoiceField(label=gettext_lazy("所在区划"))
    field_order = ("region",)

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, own=own, **options)
        self.fields["region"].choices = own.region_choices()  # type: ignore[attr-defined]
        del self.fields["why"]


@staff(Permission.PLACES_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PLACES_EDIT)

    def act(data: dict[str, Any]) -> str:
        region = Region.objects.get(code=data.pop("region"))
        made = actions.create_station(
            by=own.user.actor, region=region, name=data.pop("name"), tier=data.pop("tier"), values=data
        )
        return reverse("manage:station", args=[made.code])

    def form(*args: Any) -> NewForm:
        return NewForm(*args, own=own, initial={"region": request.GET.get("region", "")})

    return Ask(_("登记站点"), form, act, (_("站点"), reverse("manage:stations")), button=_("登记")).show(
        request
    )
