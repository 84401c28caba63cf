"""The hotline: every call that came in, answered or not."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.enums import Counts, Unit
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.hotline.models import Call
from mingbai.hotline.queries import answered_within, calls_in, measured


def offered(period: Period) -> QuerySet[Call]:
    return calls_in(period.first, period.last, period.region)


def answered(period: Period) -> QuerySet[Call]:
    return offered(period).filter(answered_at__isnull=False)


def _call(row: Call) -> Row:
    what = _("接通") if row.answered_at else _("未接通")
    return Row(
        at=row.offered_at, place=row.region.name, what=str(what), case=row.case.number if row.case else ""
    )


_NEEDS = ("region", "case")
add(
    Indicator(
        "calls_offered",
        _("热线呼入"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("打进 12348 的全部来电，接没接通都算。"),
        offered,
        _call,
        time="on",
        needs=_NEEDS,
    ),
    Indicator(
        "calls_answered",
        _("热线接听咨询"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("有人接听的来电。"),
        answered,
        _call,
        time="on",
        needs=_NEEDS,
    ),
    Indicator(
        "calls_measured",
        _("测得等待时间的来电"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("电话交换机或台账记有时间的来电；值班人员代录的没有测过，不算。"),
        lambda period: measured(offered(period)),
        _call,
        time="on",
        needs=_NEEDS,
    ),
    Indicator(
        "calls_in_time",
        _("15 秒内接听"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("测得等待时间的来电里，15 秒内接听的。"),
        lambda period: answered_within(offered(period)),
        _call,
        time="on",
        needs=_NEEDS,
    ),
    Ratio("answer_rate", _("接通率"), "calls_answered", "calls_offered", _("接听的来电 ÷ 全部来电。")),
    Ratio(
        "in_time_rate", _("15 秒接听率"), "calls_in_time", "calls_measured", _("15 秒内接听 ÷ 测得的来电。")
    ),
)
