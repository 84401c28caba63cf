"""Stations and people: as the register stands at the end of the period."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.enums import Counts, Unit
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register


def stations(period: Period) -> QuerySet[Station]:
    """Those not closed for good by the end of the period."""
    found = Station.objects.exclude(closed_on__lte=period.last)
    if period.region:
        found = found.filter(region_id__in=register().subtree(period.region))
    return found.order_by("code")


def built(period: Period) -> QuerySet[Station]:
    return stations(period).filter(is_built=True)


def own_premises(period: Period) -> QuerySet[Station]:
    return stations(period).filter(own_premises=True)


def people(period: Period) -> QuerySet[Worker]:
    found = Worker.objects.filter(is_active=True)
    if period.region:
        found = found.filter(region_id__in=register().subtree(period.region))
    return found.order_by("code")


def _station(row: Station) -> Row:
    return Row(at="", place=row.name, what=str(row.get_tier_display()))


def _person(row: Worker) -> Row:
    return Row(at="", place=row.region.name, what=f"{row.name} {row.get_post_display()}")


def _sum_of(field: str, code: str, name: Any, definition: Any) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.PIECES,
        Counts.STOCK,
        definition,
        lambda period: stations(period).filter(**{f"{field}__gt": 0}),
        _station,
        amount=field,
    )


add(
    Indicator(
        "stations_required",
        _("应建站点"),
        Unit.PIECES,
        Counts.STOCK,
        _("登记的公共法律服务中心、站、室，包括还没有建成的。"),
        stations,
        _station,
    ),
    Indicator(
        "stations_built",
        _("已建成站点"),
        Unit.PIECES,
        Counts.STOCK,
        _("登记为已建成的站点。"),
        built,
        _station,
    ),
    Indicator(
        "own_premises",
        _("独立场所"),
        Unit.PIECES,
        Counts.STOCK,
        _("有独立场所的站点。"),
        own_premises,
        _station,
    ),
    Indicator(
        "people",
        _("专兼职人员"),
        Unit.PEOPLE,
        Counts.STOCK,
        _("在岗的全部服务人员，专职、兼职都算。"),
        people,
        _person,
        needs=("region",),
    ),
    _sum_of("windows", "windows", _("服务窗口"), _("各站点窗口数之和。")),
    _sum_of("hotline_seats", "hotline_seats", _("热线席位"), _("各站点热线席位之和。")),
    _sum_of("kiosks", "kiosks", _("查询机"), _("各站点查询机之和。")),
    Ratio("built_rate", _("建成率"), "stations_built", "stations_required", _("已建成站点 ÷ 应建站点。")),
    Ratio(
        "own_premises_rate", _("独立场所率"), "own_premises", "stations_built", _("独立场所 ÷ 已建成站点。")
    ),
)
