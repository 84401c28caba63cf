"""Subsidies of a place: what waits for a person, the sheets of its months, the next year's need."""

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
from django.views.decorators.http import require_safe

from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.models import User
from mingbai.people.perms import region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.subsidies import actions
from mingbai.subsidies import queries as subsidies
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Piece
from mingbai.subsidies.models import Sheet as PaySheet
from mingbai.subsidies.perms import can_make_sheet, pay_regions
from mingbai.web.access import staff, user_of
from mingbai.web.exports import take_out
from mingbai.web.pages import Ask, Section, Sheet
from mingbai.web.pay.book import budget_book, sheet_book
from mingbai.web.pay.rows import day_of, linked, yuan
from mingbai.web.ways import Room

PER_PAGE = 50
MOST = 100


_ROOM = Room("pay")


def _month(month: int) -> str:
    return _("%(year)d 年 %(month)d 月") % {"year": month // 100, "month": month % 100}


def _payers(user: User) -> list[tuple[str, str]]:
    """The places whose sheet this user may make, the city first."""
    found, places = scopes(user, Permission.SUBSIDY_EDIT), register()
    codes = sorted(found.everywhere_cities | found.counties)
    codes += sorted(
        row.code
        for city in found.everywhere_cities
        for row in places.children(city, timezone.localdate())
        if row.code not in codes
    )
    return [(code, places.regions[code].name) for code in codes if can_make_sheet(user, code)]


@staff(Permission.SUBSIDY_SEE)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets that were made, and what stands open."""
    user = user_of(request)
    codes = pay_regions(user)
    found = PaySheet.objects.filter(region__in=codes).select_related("region")
    page = page_of(found, request.GET, PER_PAGE)
    rows = [
        [_sheet_link(one), one.region.name, one.count, yuan(one.total), one.made_by, when.moment(one.made_at)]
        for one in page.items
    ]
    columns = (_("月份"), _("地区"), _("#件数"), _("#合计（元）"), _("制表人"), _("时间"))
    todo = [_ROOM.way(_("做一个月的发放表"), "sheet_new", icon="plus")] if _payers(user) else []
    todo.append(_ROOM.way(_("下一年预算表"), "budget", icon="download"))
    return Sheet(
        title=_("补贴发放"),
        facts=(),
        lead=_("每一件的标准在指派那天定下；列入过发放表的，不会再列第二次。"),
        back=(_("我的服务和补贴"), reverse("pay:mine")),
        actions=todo,
        sections=[Section(_("发放表"), columns, rows, page=page), *_open(codes)],
    ).show(request)


def _sheet_link(one: PaySheet) -> dict[str, str]:
    return {"text": _month(one.month), "url": reverse("pay:sheet", args=[one.pk])}


def _open(codes: frozenset[str]) -> list[Section]:
    """What waits for a person: no rate holds, or it is still promised."""
    waiting = subsidies.unpriced_pieces(codes)[:MOST]
    promised = Piece.objects.filter(state=PieceState.PROMISED, region__in=codes).exclude(rate=None)
    running = promised.select_related("worker", "region", "rate").order_by("frozen_on", "pk")[:MOST]
    faults = subsidies.faults_of_table()[:MOST]
    said = {"gap": _("没有标准"), "overlap": _("两条标准重叠")}
    return [
        Section(
            _("没有标准的"),
            (_("工作"), _("人员"), _("地区"), _("从哪天起算")),
            [[linked(p), p.worker.name, p.region.name, when.day(p.frozen_on)] for p in waiting],
            note=_("在“设置”里登记补贴标准，就会补算。"),
        ),
        Section(
            _("标准表的问题"),
            (_("标准"), _("问题"), _("从"), _("到")),
            [
                [str(rate), said[kind], first.isoformat(), last.isoformat()]
                for rate, kind, first, last in faults
            ],
        ),
        Section(
            _("还在办的"),
            (_("工作"), _("人员"), _("地区"), _("指派")),
            [[linked(p), p.worker.name, p.region.name, when.day(p.frozen_on)] for p in running],
            note=_("中途换人、终止的，请点开核定完成了多少。"),
        ),
    ]


class MonthForm(forms.Form):
    region = forms.ChoiceField(label=gettext_lazy("哪里"))
    month = forms.ChoiceField(label=gettext_lazy("哪个月"))

    def __init__(self, *args: Any, payers: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = payers  # type: ignore[attr-defined]
        self.fields["month"].choices = [(str(one), _month(one)) for one in _past_months()]  # type: ignore[attr-defined]


def _past_months(count: int = 14) -> list[int]:
    """The last whole months, newest first, as yyyymm."""
    today = timezone.localdate()
    numbers = [today.year * 12 + today.month - 2 - n for n in range(count)]
    return [number // 12 * 100 + number % 12 + 1 for number in numbers]


@staff(Permission.SUBSIDY_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    payers = _payers(user)
    if not payers:
        raise PermissionDenied

    def act(data: dict[str, Any]) -> str:
        region = Region.objects.get(code=data["region"])
        made = actions.make_sheet(by=user.actor, region=region, month=int(data["month"]))
        return reverse("pay:sheet", args=[made.pk])

    lead = _("到这个月底完成、还没有列入过发放表的，都会列进来。做好的表不能再改。")
    back = (_("补贴发放"), reverse("pay:sheets"))
    return Ask(_("做发放表"), partial(MonthForm, payers=payers), act, back, _("做表"), lead=lead).show(
        request
    )


def _sheet(request: HttpRequest, pk: int) -> PaySheet:
    found = PaySheet.objects.filter(region__in=pay_regions(user_of(request))).select_related("region")
    return get_object_or_404(found, pk=pk)


@staff(Permission.SUBSIDY_SEE)
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    made = _sheet(request, pk)
    page = page_of(subsidies.rows_of(made), request.GET, PER_PAGE)
    rows = [[linked(one), one.worker.name, day_of(one), yuan(one.amount)] for one in page.items]
    return Sheet(
        title=_("%(place)s %(month)s发放表") % {"place": made.region.name, "month": _month(made.month)},
        facts=[
            (_("件数"), f"{made.count:,}"),
            (_("合计"), _("%(n)s 元") % {"n": yuan(made.total)}),
            (_("制表人"), made.made_by),
            (_("时间"), when.moment(made.made_at)),
        ],
        back=(_("补贴发放"), reverse("pay:sheets")),
        actions=[_ROOM.way(_("下载 Excel"), "sheet_file", pk, icon="download")],
        sections=[Section(_("明细"), (_("工作"), _("人员"), _("完成"), _("#金额（元）")), rows, page=page)],
    ).show(request)


@staff(Permission.SUBSIDY_SEE)
@require_safe
def sheet_file(request: HttpRequest, pk: int) -> HttpResponse:
    made = _sheet(request, pk)
    name = f"{made.region.name}{_month(made.month)}补贴发放表"
    return take_out(request, sheet_book(made), name, "xlsx")


@staff(Permission.SUBSIDY_SEE)
@require_safe
def budget_file(request: HttpRequest) -> HttpResponse:
    """Of the widest place that the user keeps."""
    found = scopes(user_of(request), Permission.SUBSIDY_SEE)
    whole = sorted(found.everywhere_cities) or sorted(found.counties) or sorted(region_codes(found))
    if not whole:
        raise Http404
    year = timezone.localdate().year
    name = register().regions[whole[0]].name
    content = budget_book(year, subsidies.budget(whole[0], year))
    return take_out(request, content, f"{name}{year + 1}年补贴预算表", "xlsx", is_personal=False)
