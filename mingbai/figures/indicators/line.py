"""The hotline: every call that came in, answered or not."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.dimensions import about, of_station
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.registry import Indicator, Mean, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.hotline.enums import UNMEASURED
from mingbai.hotline.models import Call
from mingbai.hotline.queries import calls_in
from mingbai.hotline.rules.wall import WITHIN

ANSWERED, MEASURED = Q(wait_seconds__isnull=False), ~Q(source__in=UNMEASURED)
"""Both stand in `call_figures`: who was answered has waited some seconds, if none."""

_CUT = {
    Dimension.REGION: "region_id",
    **of_station("station"),
    **about("case__"),
    Dimension.PERSON: "worker_id",
}


def offered(period: Period) -> QuerySet[Call]:
    return calls_in(period.first, period.last, period.region)


def _call(row: Call) -> Row:
    what = _("接通") if row.answered_at else _("未接通")
    return Row(
        at=row.offered_at, place=row.region.name, what=str(what), case=row.case.number if row.case else ""
    )


def _calls(code: str, name: Any, definition: Any, only: Q, unit: Unit = Unit.TIMES) -> Indicator:
    return Indicator(
        code,
        name,
        unit,
        Counts.CONTACTS,
        definition,
        offered,
        _call,
        only=only,
        time="on",
        needs=("region", "case"),
        cut=_CUT,
    )


add(
    Group.LINE,
    _calls("calls_offered", _("热线呼入"), _("打进 12348 的全部来电，接没接通都算。"), Q()),
    _calls("calls_answered", _("热线接听咨询"), _("有人接听的来电。"), ANSWERED, Unit.PERSON_TIMES),
    _calls("calls_lost", _("没有接到的来电"), _("没有等到人接听就结束的来电。"), ~ANSWERED),
    _calls(
        "calls_measured",
        _("测得等待时间的来电"),
        _("电话交换机、台账、话单记有等待时间的来电；值班人员代录的、没有测过等待的不算。"),
        MEASURED,
    ),
    _calls(
        "calls_in_time",
        _("15 秒内接听"),
        _("测得等待时间的来电里，15 秒内接听的。"),
        MEASURED & Q(wait_seconds__lte=int(WITHIN.total_seconds())),
    ),
    _calls(
        "calls_waited",
        _("测得并接通的来电"),
        _("测得等待时间的来电里，有人接听的。"),
        MEASURED & ANSWERED,
    ),
    Mean(
        "calls_wait",
        _("平均等待"),
        "calls_waited",
        F("wait_seconds"),
        Unit.SECONDS,
        _("测得并接通的来电，从呼入到接听的平均秒数。"),
    ),
    Ratio("answer_rate", _("接通率"), "calls_answered", "calls_offered", _("接听的来电 ÷ 全部来电。")),
    Ratio("lost_rate", _("放弃率"), "calls_lost", "calls_offered", _("没有接到的来电 ÷ 全部来电。")),
    Ratio(
        "in_time_rate", _("15 秒接听率"), "calls_in_time", "calls_measured", _("15 秒内接听 ÷ 测得的来电。")
    ),
)
