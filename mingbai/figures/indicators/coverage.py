"""How far the figures may be believed: stations that recorded nothing, records written long afterwards."""

from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from mingbai.figures.dimensions import about, at_station
from mingbai.figures.enums import Counts, Group, Unit
from mingbai.figures.indicators.door import handout_row, handouts_of, visit_row, window_visits_of
from mingbai.figures.indicators.net import cases
from mingbai.figures.indicators.stations import STATION_CUT, station_row, stations
from mingbai.figures.measures import SecondsBetween
from mingbai.figures.registry import Indicator, Ratio, Sum, add
from mingbai.figures.rules import Period
from mingbai.hotline.models import Call
from mingbai.places.models import Station
from mingbai.visits.models import Handout, Visit

LATE_BY = 4 * 24 * 60 * 60 - 8 * 60 * 60
"""Seconds from UTC midnight of the day of a record to the end of the third day after it, local time."""
_LATE = Q(GreaterThan(SecondsBetween("written_at", "on"), LATE_BY))


def silent(period: Period) -> QuerySet[Station]:
    """Built stations without one matter, visit, handout or call in the period."""
    days = {"on__gte": period.first, "on__lte": period.last}
    # Wherever they came from; one reading of the index as it lies, because it begins with the regions.
    heap = ("month", "region_id", "station_id")
    matters = cases(replace(period, region="")).order_by().values(*heap).annotate(heap=Count("*"))
    recorded = Q(pk__in=matters.values("station_id"))
    for model in (Visit, Handout):
        recorded |= Q(Exists(model.objects.filter(station=OuterRef("pk"), **days)))
    since, until = period.moments
    calls = Call.objects.filter(station=OuterRef("pk"), offered_at__gte=since, offered_at__lt=until)
    return stations(period).filter(~(recorded | Q(Exists(calls))), is_built=True)


def _late(code: str, name: Any, definition: Any, **more: Any) -> Indicator:
    return Indicator(code, name, Unit.TIMES, Counts.CONTACTS, definition, only=_LATE, time="on", **more)


add(
    Group.COVERAGE,
    Indicator(
        "stations_silent",
        _("没有记录的站点"),
        Unit.PIECES,
        Counts.STOCK,
        _("已建成的站点里，这段时间没有办件、来访、发放、来电记录的；看数以前先看这个。"),
        silent,
        station_row,
        cut=STATION_CUT,
    ),
    Ratio(
        "stations_silent_rate",
        _("没有记录的站点占比"),
        "stations_silent",
        "stations_built",
        _("没有记录的站点 ÷ 已建成站点。"),
    ),
    _late(
        "visits_late",
        _("补登的来访"),
        _("窗口接待里，过了三天以后才登记的。"),
        base=window_visits_of,
        shown=visit_row,
        needs=("station", "case"),
        cut=at_station("station") | about("case__"),
    ),
    _late(
        "handouts_late",
        _("补登的发放"),
        _("发放、张贴的记录里，过了三天以后才登记的，一条算一次。"),
        base=handouts_of,
        shown=handout_row,
        needs=("station",),
        cut=at_station("station"),
    ),
    Sum(
        "records_late",
        _("补登的记录"),
        Unit.TIMES,
        ("visits_late", "handouts_late"),
        _("过了三天以后才登记的来访和发放。"),
    ),
    Ratio("visits_late_rate", _("来访补登率"), "visits_late", "visits", _("补登的来访 ÷ 窗口接待。")),
)
