"""Stations and people: as the register stands at the end of the period."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.dimensions import of_worker
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.enums import Level, Tier
from mingbai.places.models import Region, Station, StationLine
from mingbai.places.queries import below, register
from mingbai.places.rules.lines import required

STATION_CUT = {Dimension.REGION: "region_id", Dimension.TIER: "tier"}


def stations(period: Period) -> QuerySet[Station]:
    """Those not closed for good by the end of the period."""
    found = Station.objects.exclude(closed_on__lte=period.last)
    if period.region:
        found = found.filter(below(period.region, "region_id"))
    return found.order_by("code")


def lacking(period: Period) -> QuerySet[Station]:
    """Built ones that do not offer a line of their tier's "3+X" or "2+X" as it holds at the end."""
    missing = Q(pk__in=[])
    for tier in Tier:
        for line in required(tier, register().standards, period.last):
            offers = StationLine.objects.filter(station=OuterRef("pk"), line=line)
            missing |= Q(~Exists(offers), tier=tier)
    return stations(period).filter(missing, is_built=True)


def people(period: Period) -> QuerySet[Worker]:
    found = Worker.objects.filter(is_active=True)
    if period.region:
        found = found.filter(below(period.region, "region_id"))
    return found.order_by("code")


def villages(period: Period) -> QuerySet[Region]:
    found = Region.objects.filter(level=Level.VILLAGE).living(period.last)
    if period.region:
        found = found.filter(below(period.region, "code"))
    return found.order_by("code")


def station_row(row: Station) -> Row:
    return Row(at="", place=row.name, what=str(row.get_tier_display()))


def _person(row: Worker) -> Row:
    return Row(at="", place=row.region.name, what=f"{row.name} {row.get_post_display()}")


def _village(row: Region) -> Row:
    return Row(at="", place=row.parent.name if row.parent else "", what=row.name)


def _of_stations(code: str, name: Any, definition: Any, **more: Any) -> Indicator:
    unit, counts = Unit.PIECES, Counts.STOCK
    return Indicator(
        code,
        name,
        unit,
        counts,
        definition,
        **{"base": stations, "shown": station_row, "cut": STATION_CUT, **more},
    )


def _of_people(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    unit, counts = Unit.PEOPLE, Counts.STOCK
    return Indicator(
        code, name, unit, counts, definition, people, _person,
        only=only, needs=("region",), cut=of_worker(""),
    )  # fmt: skip


add(
    Group.STATIONS,
    _of_stations("stations_required", _("应建站点"), _("登记的公共法律服务中心、站、室，包括还没有建成的。")),
    _of_stations("stations_built", _("已建成站点"), _("登记为已建成的站点。"), only=Q(is_built=True)),
    _of_stations("own_premises", _("独立场所"), _("有独立场所的站点。"), only=Q(own_premises=True)),
    _of_stations(
        "stations_lacking",
        _("业务没有设齐的站点"),
        _("已建成、按“3+X”“2+X”还缺一项以上业务的站点；标准按期末那天的。"),
        base=lacking,
    ),
    _of_people("people", _("专兼职人员"), _("在岗的全部服务人员，专职、兼职都算。"), Q()),
    _of_people("savvy_people", _("法律明白人"), _("在岗的法律明白人。"), Q(post=Post.LAW_SAVVY_VILLAGER)),
    _of_people("advisers", _("村居法律顾问"), _("在岗的村居法律顾问。"), Q(post=Post.VILLAGE_LAWYER)),
    Indicator(
        "villages",
        _("村（社区）"),
        Unit.PIECES,
        Counts.STOCK,
        _("期末在册的村和社区。"),
        villages,
        _village,
        needs=("parent",),
        cut={Dimension.REGION: "code"},
    ),
    _of_stations("windows", _("服务窗口"), _("各站点窗口数之和。"), only=Q(windows__gt=0), amount="windows"),
    _of_stations(
        "hotline_seats",
        _("热线席位"),
        _("各站点热线席位之和。"),
        only=Q(hotline_seats__gt=0),
        amount="hotline_seats",
    ),
    _of_stations("kiosks", _("查询机"), _("各站点查询机之和。"), only=Q(kiosks__gt=0), amount="kiosks"),
    Ratio("built_rate", _("建成率"), "stations_built", "stations_required", _("已建成站点 ÷ 应建站点。")),
    Ratio(
        "own_premises_rate", _("独立场所率"), "own_premises", "stations_built", _("独立场所 ÷ 已建成站点。")
    ),
    Ratio(
        "savvy_per_village",
        _("每村法律明白人"),
        "savvy_people",
        "villages",
        _("法律明白人 ÷ 村（社区）。"),
        unit=Unit.PEOPLE,
    ),
)
