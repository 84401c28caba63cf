"""Matters of every channel: ended, in time, taken up in time, without a visit; rated and called back."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import (
    BAD_GRADES,
    GRADES,
    AppealState,
    Channel,
    Event,
    HeardFrom,
    State,
)
from mingbai.cases.models import Case, Clock, Rating
from mingbai.figures.dimensions import of_matter
from mingbai.figures.enums import Counts, Group, Unit
from mingbai.figures.indicators.net import WORK_ORDER, case_row, cases, in_places, within
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Visit

_TAKEN_LATE = Exists(Clock.objects.over().filter(case=OuterRef("pk"), rule__stops_on=Event.TAKEN_UP))


def ended(period: Period) -> QuerySet[Case]:
    """Those that ended in the period, whenever they came: what has a time of its end (`case_closed_at`), but
    for the merged. One comparison for each row of the index costs half of what a list of states does.
    """
    since, until = period.moments
    found = Case.objects.filter(~Q(state=State.MERGED), closed_at__gte=since, closed_at__lt=until)
    return found.filter(within(period.region)).order_by("closed_at", "id")


def orders_ended(period: Period) -> QuerySet[Case]:
    # Asked once for a row: each of what is counted of them would ask it again.
    return ended(period).filter(WORK_ORDER)


def ended_visited(period: Period) -> QuerySet[Case]:
    """Somebody came to a window for it: it began there, or a visit stands in it."""
    came = Visit.objects.filter(state=VisitState.SERVED, case__isnull=False).values("case_id")
    return ended(period).filter(Q(channel=Channel.WINDOW) | Q(pk__in=came))


def taken_up_late(period: Period) -> QuerySet[Case]:
    """Work orders received in the period whose time to be taken up ran out."""
    # Each is looked up: the list of all that ever ran out would cost ten times as much.
    return cases(period).filter(WORK_ORDER, _TAKEN_LATE)


def ratings(period: Period) -> QuerySet[Rating]:
    """Those given in the period; what was struck after an appeal does not count."""
    since, until = period.moments
    found = Rating.objects.filter(at__gte=since, at__lt=until).exclude(appeal=AppealState.STRUCK)
    return found.filter(within(period.region, "case__")).order_by("at", "id")


def _rating(row: Rating) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.at, place=place, what=str(GRADES[row.grade]), case=row.case.number)


def _of_received(code: str, name: Any, definition: Any, **more: Any) -> Indicator:
    given = {
        "base": cases,
        "shown": case_row,
        "time": "opened_at",
        "needs": ("region",),
        "cut": of_matter(),
        **more,
    }
    return Indicator(code, name, Unit.MATTERS, Counts.CONTACTS, definition, **given)


def _of_ended(code: str, name: Any, definition: Any, **more: Any) -> Indicator:
    given = {
        "base": ended,
        "shown": case_row,
        "time": "closed_at",
        "leads": in_places,
        "needs": ("region",),
        "cut": of_matter(),
        **more,
    }
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
        cut=of_matter("case__"),
    )


_CAME = Exists(Visit.objects.filter(state=VisitState.SERVED, case=OuterRef("pk")))
_BAD = Q(grade__in=BAD_GRADES)
add(
    Group.MATTERS,
    _of_ended(
        "matters_ended",
        _("办结的事项"),
        _("这段时间里办结的，包括不予受理和撤回的；并单的不算。"),
    ),
    _of_ended(
        "matters_late",
        _("超期办结的事项"),
        _("办结的事项里，有一个以上时限超过的。"),
        only=Q(ran_out=True),
    ),
    _of_ended(
        "matters_in_time",
        _("按期办结的事项"),
        _("办结的事项里，没有一个时限超过的。"),
        only=Q(ran_out=False),
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
    Ratio("in_time", _("按期办结率"), "matters_in_time", "matters_ended", _("按期办结 ÷ 办结。")),
    Ratio(
        "unvisited_rate",
        _("一次没跑的占比"),
        "matters_unvisited",
        "matters_ended",
        _("一次没跑的事项 ÷ 办结的事项。"),
    ),
)
add(
    Group.LIKED,
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
    _of_ratings("heard_told", _("说了从哪里知道"), _("评价以后，说了从哪里知道我们的。"), ~Q(heard_from="")),
    _of_ratings(
        "heard_village",
        _("从村里、社区知道"),
        _("说了从哪里知道的人里，从村里、社区知道的。"),
        Q(heard_from=HeardFrom.VILLAGE),
    ),
    _of_ratings(
        "choice_told",
        _("说了是不是先想到"),
        _("评价以后，说了遇到事先想到的是不是我们的。"),
        Q(was_first_choice__isnull=False),
    ),
    _of_ratings(
        "first_choice", _("先想到我们"), _("说了的人里，先想到的就是我们的。"), Q(was_first_choice=True)
    ),
    Ratio(
        "heard_village_rate",
        _("知晓：从村里、社区"),
        "heard_village",
        "heard_told",
        _("从村里、社区知道 ÷ 说了从哪里知道的；说的人少，率说明不了什么。"),
    ),
    Ratio(
        "first_choice_rate",
        _("首选率"),
        "first_choice",
        "choice_told",
        _("先想到我们 ÷ 说了的；说的人少，率说明不了什么。"),
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
add(
    Group.NET,
    _of_ended("orders_ended", _("办结的工单"), _("办结的事项里，是网络工单的。"), base=orders_ended),
    _of_ended(
        "orders_late",
        _("超期办结的工单"),
        _("办结的工单里，有一个以上时限超过的。"),
        base=orders_ended,
        only=Q(ran_out=True),
    ),
    _of_ended(
        "orders_in_time",
        _("按期办结的工单"),
        _("办结的工单里，没有一个时限超过的。"),
        base=orders_ended,
        only=Q(ran_out=False),
    ),
    _of_received(
        "orders_taken_up_late",
        _("超时签收的工单"),
        _("收到的网络工单里，过了接办时限才接办、或者还没人接办的。"),
        base=taken_up_late,
    ),
    _of_received(
        "orders_taken_up_in_time",
        _("及时签收的工单"),
        _("收到的网络工单里，没有超过接办时限的；还在时限内的也在内。"),
        only=WORK_ORDER & Q(~_TAKEN_LATE),
        less=("work_orders", "orders_taken_up_late"),
    ),
    Ratio(
        "taken_up_rate",
        _("工单及时签收率"),
        "orders_taken_up_in_time",
        "work_orders",
        _("及时签收的工单 ÷ 网络工单。"),
    ),
    Ratio(
        "orders_in_time_rate",
        _("工单按期办结率"),
        "orders_in_time",
        "orders_ended",
        _("按期办结的工单 ÷ 办结的工单。"),
    ),
)
