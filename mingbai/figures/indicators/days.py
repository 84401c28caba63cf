"""Public legal service days: row 13 of the letter, from the days' own records."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.dimensions import about, of_station
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.registry import Indicator, Row, add
from mingbai.figures.rules import Period
from mingbai.servicedays.enums import RecordKind
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.servicedays.queries.figures import held_in, records_in


def _day(row: ServiceDay) -> Row:
    return Row(at=row.on, place=row.region.name, what=row.room)


def _record(row: DayRecord) -> Row:
    return Row(
        at=row.day.on,
        place=row.day.region.name,
        what=str(row.get_kind_display()),
        case=row.case.number if row.case else "",
    )


def _kept(period: Period) -> QuerySet[DayRecord]:
    return records_in(period.first, period.last, "", period.region)


def _records(code: str, name: Any, kind: RecordKind, unit: Unit, definition: Any) -> Indicator:
    return Indicator(
        code,
        name,
        unit,
        Counts.CONTACTS,
        definition,
        _kept,
        _record,
        only=Q(kind=kind),
        time="day__on",
        needs=("day__region", "case"),
        cut={
            Dimension.REGION: "day__region_id",
            **of_station("day__station"),
            **about("case__"),
            Dimension.PERSON: "worker_id",
        },
    )


add(
    Group.DAYS,
    Indicator(
        "service_days",
        _("公共法律服务日"),
        Unit.DAYS,
        Counts.CONTACTS,
        _("办过的服务日，一地一天算一场。"),
        lambda period: held_in(period.first, period.last, period.region),
        _day,
        time="on",
        needs=("region",),
        cut={Dimension.REGION: "region_id", **of_station("station")},
    ),
    _records(
        "day_consultations",
        _("服务日解答咨询"),
        RecordKind.CONSULTATION,
        Unit.PERSON_TIMES,
        _("服务日记下的解答咨询；取消的那一天记下的也算，做了就是做了。"),
    ),
    _records(
        "day_aid",
        _("服务日受理法律援助"),
        RecordKind.LEGAL_AID,
        Unit.MATTERS,
        _("服务日记下的受理法律援助。"),
    ),
    _records(
        "day_notary_home",
        _("服务日预约上门公证"),
        RecordKind.NOTARY_HOME,
        Unit.MATTERS,
        _("服务日记下的预约上门公证。"),
    ),
)
