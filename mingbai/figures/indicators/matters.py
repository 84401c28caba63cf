"""Matters of every channel: ended, in time, taken up in time, without a visit; rated and called back."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import BAD_GRADES, GRADES, AppealState, Channel, ClockEnd, Event, State
from mingbai.cases.models import Case, Clock, Rating
from mingbai.figures.enums import Counts, Unit
from mingbai.figures.indicators.net import NET, WORK_ORDER, case_row, within
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Visit

OVER = Q(raised_at__isnull=False) | Q(done_at__gt=F("due_at"))
"""A clock that ran out, while it ran or when it ended."""


def ended(period: Period) -> QuerySet[Case]:
    """Those that ended in the period, whenever they came."""
    since, until = period.moments
    found = Case.objects.filter(closed_at__gte=since, closed_at__lt=until).exclude(state=State.MERGED)
    return found.filter(within(period.region)).order_by("closed_at", "id")


def ended_late(period: Period) -> QuerySet[Case]:
    return ended(period).filter(pk__in=Clock.objects.filter(OVER).values("case_id"))


def ended_visited(period: Period) -> QuerySet[Case]:
    """Somebody came to a window for it: it began there, or a visit stands in it."""
    came = Visit.objects.filter(state=VisitState.SERVED, case__isnull=False).values("case_id")
    return ended(period).filter(Q(channel=Channel.WINDOW) | Q(pk__in=came))


def take_ups(period: Period) -> QuerySet[Clock]:
    """Of work orders: the clocks of being taken up that ended in the period, in time or late."""
    since, until = period.moments
    found = Clock.objects.filter(done_at__gte=since, done_at__lt=until, rule__stops_on=Event.TAKEN_UP)
    found = found.filter(end__in=[ClockEnd.MET, ClockEnd.LATE], case__channel__in=NET, case__is_instant=False)
    return found.filter(within(period.region, "case__")).order_by("done_at", "id")


def ratings(period: Period) -> QuerySet[Rating]:
    """Those given in the period; what was struck after an appeal does not count."""
    since, until = period.moments
    found = Rating.objects.filter(at__gte=since, at__lt=until).exclude(appeal=AppealState.STRUCK)
    return found.filter(within(period.region, "case__")).order_by("at", "id")


def _rating(row: Rating) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.at, place=place, what=str(GRADES[row.grade]), case=row.case.number)


def _clock(row: Clock) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.done_at, place=place, what=str(row.get_end_display()), case=row.case.number)


def _of_ended(code: str, name: Any, definition: Any, **more: Any) -> Indicator:
    given = {"base": ended, "shown": case_row, "time": "closed_at", "needs": ("region",), **more}
    return Indicator(code, name, Unit.MATTERS, Counts.MATTERS, definition, **given)


def _of_ratings(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.TIMES,
        Counts.MATTERS,
        definition,
        ratings,
        _rating,
        only=only,
        time="at",
        needs=("case__region",),
    )


def _of_take_ups(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.MATTERS,
        Counts.MATTERS,
        definition,
        take_ups,
        _clock,
        only=only,
        time="done_at",
        needs=("case__region",),
    )


_LATE = Exists(Clock.objects.filter(OVER, case=OuterRef("pk")))
_CAME = Exists(Visit.objects.filter(state=VisitState.SERVED, case=OuterRef("pk")))
_BAD = Q(grade__in=BAD_GRADES)
add(
    _of_ended(
        "matters_ended",
        _("办结的事项"),
        _("这段时间里办结的，包括不予受理和撤回的；并单的不算。"),
    ),
    _of_ended(
        "matters_late",
        _("超期办结的事项"),
        _("办结的事项里，有一个以上时限超过的。"),
        base=ended_late,
    ),
    _of_ended(
        "matters_in_time",
        _("按期办结的事项"),
        _("办结的事项里，没有一个时限超过的。"),
        only=Q(~_LATE),
        less=("matters_ended", "matters_late"),
    ),
    _of_ended(
        "matters_visited",
        _("来过窗口的事项"),
        _("办结的事项里，在窗口登记的，或者登记过来访的。"),
        base=ended_visited,
    ),
    _of_ended(
        "matters_unvisited",
        _("一次没跑的事项"),
        _("办结的事项里，没有为它来过窗口的。"),
        only=Q(~_CAME) & ~Q(channel=Channel.WINDOW),
        less=("matters_ended", "matters_visited"),
    ),
    _of_ended("orders_ended", _("办结的工单"), _("办结的事项里，是网络工单的。"), only=WORK_ORDER),
    _of_ended(
        "orders_late",
        _("超期办结的工单"),
        _("办结的工单里，有一个以上时限超过的。"),
        base=ended_late,
        only=WORK_ORDER,
    ),
    _of_ended(
        "orders_in_time",
        _("按期办结的工单"),
        _("办结的工单里，没有一个时限超过的。"),
        only=WORK_ORDER & Q(~_LATE),
        less=("orders_ended", "orders_late"),
    ),
    _of_take_ups("orders_taken_up", _("签收的工单"), _("这段时间里有人接办的工单，按时的、超时的。"), Q()),
    _of_take_ups(
        "orders_taken_up_in_time",
        _("及时签收的工单"),
        _("签收的工单里，没有超过接办时限的。"),
        Q(end=ClockEnd.MET),
    ),
    _of_ratings("ratings", _("评价"), _("群众给的评价；经申诉剔除的不算。"), Q()),
    _of_ratings("ratings_content", _("满意的评价"), _("评价里不是不满意、非常不满意的。"), ~_BAD),
    _of_ratings("ratings_bad", _("差评"), _("评价里不满意、非常不满意的。"), _BAD),
    _of_ratings(
        "ratings_called_back",
        _("已回访的差评"),
        _("差评里已经回访的。"),
        _BAD & Q(called_back_at__isnull=False),
    ),
    _of_ratings(
        "ratings_redone", _("重办的差评"), _("回访以后仍不满意、重新办理的。"), _BAD & Q(is_happy_after=False)
    ),
    Ratio("in_time", _("按期办结率"), "matters_in_time", "matters_ended", _("按期办结 ÷ 办结。")),
    Ratio(
        "unvisited_rate",
        _("一次没跑的占比"),
        "matters_unvisited",
        "matters_ended",
        _("一次没跑的事项 ÷ 办结的事项。"),
    ),
    Ratio(
        "taken_up_rate",
        _("工单及时签收率"),
        "orders_taken_up_in_time",
        "orders_taken_up",
        _("及时签收的工单 ÷ 签收的工单。"),
    ),
    Ratio(
        "orders_in_time_rate",
        _("工单按期办结率"),
        "orders_in_time",
        "orders_ended",
        _("按期办结的工单 ÷ 办结的工单。"),
    ),
    Ratio("rated_rate", _("测评率"), "ratings", "matters_ended", _("评价 ÷ 办结；与满意率一起看。")),
    Ratio(
        "content_rate",
        _("满意率"),
        "ratings_content",
        "ratings",
        _("满意的评价 ÷ 评价；评价少的，率说明不了什么。"),
    ),
    Ratio("called_back_rate", _("回访率"), "ratings_called_back", "ratings_bad", _("已回访的差评 ÷ 差评。")),
    Ratio("redone_rate", _("重办率"), "ratings_redone", "ratings_called_back", _("重办 ÷ 已回访的差评。")),
)
