"""Matters of every channel: received, ended, in time, rated."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import BAD_GRADES, GRADES, AppealState, State
from mingbai.cases.models import Case, Clock, Rating
from mingbai.figures.enums import Counts, Unit
from mingbai.figures.indicators.net import case_row, cases, within
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period


def received(period: Period) -> QuerySet[Case]:
    return cases(period).exclude(state=State.MERGED)


def ended(period: Period) -> QuerySet[Case]:
    """Those that ended in the period, whenever they came."""
    since, until = period.moments
    found = Case.objects.filter(closed_at__gte=since, closed_at__lt=until).exclude(state=State.MERGED)
    return found.filter(within(period.region)).order_by("closed_at", "id")


def ended_in_time(period: Period) -> QuerySet[Case]:
    late = Clock.objects.filter(case=OuterRef("pk")).filter(
        Q(raised_at__isnull=False) | Q(done_at__gt=F("due_at"))
    )
    return ended(period).filter(~Exists(late))


def ratings(period: Period) -> QuerySet[Rating]:
    """Those given in the period; what was struck after an appeal does not count."""
    since, until = period.moments
    found = Rating.objects.filter(at__gte=since, at__lt=until).exclude(appeal=AppealState.STRUCK)
    return found.filter(case__in=Case.objects.filter(within(period.region))).order_by("at", "id")


def content(period: Period) -> QuerySet[Rating]:
    return ratings(period).exclude(grade__in=BAD_GRADES)


def _rating(row: Rating) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.at, place=place, what=str(GRADES[row.grade]), case=row.case.number)


_NEEDS, _RATED = ("region",), ("case__region",)
add(
    Indicator(
        "matters",
        _("收到的事项"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("各渠道收到的事项；并单的只算一件。"),
        received,
        case_row,
        time="opened_at",
        needs=_NEEDS,
    ),
    Indicator(
        "matters_ended",
        _("办结的事项"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("这段时间里办结的，包括不予受理和撤回的；并单的不算。"),
        ended,
        case_row,
        time="closed_at",
        needs=_NEEDS,
    ),
    Indicator(
        "matters_in_time",
        _("按期办结的事项"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("办结的事项里，没有一个时限超过的。"),
        ended_in_time,
        case_row,
        time="closed_at",
        needs=_NEEDS,
    ),
    Indicator(
        "ratings",
        _("评价"),
        Unit.TIMES,
        Counts.MATTERS,
        _("群众给的评价；经申诉剔除的不算。"),
        ratings,
        _rating,
        time="at",
        needs=_RATED,
    ),
    Indicator(
        "ratings_content",
        _("满意的评价"),
        Unit.TIMES,
        Counts.MATTERS,
        _("评价里不是不满意、非常不满意的。"),
        content,
        _rating,
        time="at",
        needs=_RATED,
    ),
    Ratio("in_time", _("按期办结率"), "matters_in_time", "matters_ended", _("按期办结 ÷ 办结。")),
    Ratio("rated_rate", _("测评率"), "ratings", "matters_ended", _("评价 ÷ 办结；与满意率一起看。")),
    Ratio(
        "content_rate",
        _("满意率"),
        "ratings_content",
        "ratings",
        _("满意的评价 ÷ 评价；评价少的，率说明不了什么。"),
    ),
)
