"""Figures of oversight, hung into the registry of figures: visits to villages, supervision, training."""

from typing import Any

from django.db.models import Case as Choice
from django.db.models import Min, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from mingbai.figures.dimensions import of_matter, of_worker
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.indicators.net import within
from mingbai.figures.indicators.stations import villages
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.oversight.enums import VisitKind
from mingbai.oversight.models import Supervision, Training, VillageVisit
from mingbai.oversight.queries.village import days_owed, visits_in
from mingbai.places.models import Region
from mingbai.places.queries import register

_VISIT_CUT = {Dimension.REGION: "region_id", Dimension.PERSON: "worker_id"}


def _visits(period: Period) -> QuerySet[VillageVisit]:
    return visits_in(period.region, period.first, period.last)


def _whole_months(period: Period) -> Period | None:
    """The months that lie in it from their first day to their last: a quota is one of a month."""
    whole = [one for one in period.split() if one.is_whole_months]
    return Period(whole[0].first, whole[-1].last, period.region) if whole else None


def _days(period: Period) -> QuerySet[VillageVisit]:
    """The first visit of each village and day: several on one day are one day in the village."""
    whole = _whole_months(period)
    if whole is None:
        return VillageVisit.objects.none()
    found = visits_in(whole.region, whole.first, whole.last)
    firsts = found.order_by().values("region_id", "on").annotate(first=Min("pk")).values("first")
    return VillageVisit.objects.filter(pk__in=firsts).order_by("on", "id")


def _owed(period: Period) -> QuerySet[Region]:
    """The villages with `owed`: the days that each is owed in the whole months, by its class."""
    whole = _whole_months(period)
    owed = days_owed([one.last for one in whole.split()]) if whole else {}
    of_class = [
        When(village__village_class=each, then=Value(days)) for each, days in sorted(owed.items()) if each
    ]
    found: QuerySet[Region] = villages(period)
    return found.annotate(owed=Choice(*of_class, default=Value(owed.get("", 0))))


def _owed_row(row: Region) -> Row:
    place = row.parent.name if row.parent else ""
    return Row(at="", place=place, what=f"{row.name} {row.owed}")  # type: ignore[attr-defined]


def _visit_row(row: VillageVisit) -> Row:
    return Row(at=row.on, place=row.region.name, what=str(row.get_kind_display()))


def _supervised(period: Period) -> QuerySet[Supervision]:
    since, until = period.moments
    found = Supervision.objects.filter(opened_at__gte=since, opened_at__lt=until)
    return found.filter(within(period.region, "case__")).order_by("opened_at", "id")


def _supervision_row(row: Supervision) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.opened_at, place=place, what=str(row.get_state_display()), case=row.case.number)


def _taught(period: Period) -> QuerySet[Training]:
    rows = Training.objects.filter(on__gte=period.first, on__lte=period.last)
    if period.region:
        rows = rows.filter(worker__region_id__in=register().subtree(period.region))
    return rows.order_by("on", "id")


def _training_row(row: Training) -> Row:
    return Row(at=row.on, place=row.worker.region.name, what=row.topic)


def _of_visits(code: str, name: Any, unit: Unit, definition: Any, **more: Any) -> Indicator:
    return Indicator(
        code,
        name,
        unit,
        Counts.CONTACTS,
        definition,
        _visits,
        _visit_row,
        time="on",
        needs=("region",),
        cut=_VISIT_CUT,
        **more,
    )


def _of_supervision(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.MATTERS,
        Counts.MATTERS,
        definition,
        _supervised,
        _supervision_row,
        only=only,
        time="opened_at",
        needs=("case__region",),
        cut=of_matter("case__"),
    )


add(
    Group.VILLAGES,
    _of_visits("village_visits", _("村居法律顾问到村"), Unit.TIMES, _("登记的到村服务，作废的不算。")),
    _of_visits(
        "village_people",
        _("到村服务人次"),
        Unit.PERSON_TIMES,
        _("到村服务登记的人次相加。"),
        amount="people",
    ),
    _of_visits(
        "village_lectures",
        _("村居法治讲座"),
        Unit.DAYS,
        _("到村服务里的法治讲座。"),
        only=Q(kind=VisitKind.LECTURE),
    ),
    Indicator(
        "adviser_days",
        _("到村天数"),
        Unit.SPAN_DAYS,
        Counts.CONTACTS,
        _("整月里到村服务的天数，一个村一天只算一天；没有满月的不算。"),
        _days,
        _visit_row,
        time="on",
        needs=("region",),
        cut=_VISIT_CUT,
    ),
    Indicator(
        "adviser_days_owed",
        _("应到村天数"),
        Unit.SPAN_DAYS,
        Counts.STOCK,
        _("期末在册的村，按类别每月应到的天数，整月相加；要求按每个月月末那天的规则。"),
        _owed,
        _owed_row,
        amount="owed",
        needs=("parent",),
        cut={Dimension.REGION: "code"},
    ),
    Ratio(
        "adviser_days_rate",
        _("到村天数达标率"),
        "adviser_days",
        "adviser_days_owed",
        _("到村天数 ÷ 应到村天数；一个村多去的会盖住另一个村少去的，逐村看“到村服务”。"),
    ),
    Indicator(
        "savvy_trainings",
        _("法律明白人培训"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("一人受训一次算一人次。"),
        _taught,
        _training_row,
        time="on",
        needs=("worker__region",),
        cut=of_worker("worker__") | {Dimension.PERSON: "worker_id"},
    ),
    _of_supervision("supervisions", _("督办"), _("这段时间里发起的督办；一件事项可以先后督办几次。"), Q()),
    _of_supervision(
        "supervisions_answered",
        _("已答复的督办"),
        _("这段时间里发起、已经答复过的督办。"),
        Q(answered_at__isnull=False),
    ),
    Ratio(
        "supervision_answer_rate",
        _("督办答复率"),
        "supervisions_answered",
        "supervisions",
        _("已答复的督办 ÷ 督办。"),
    ),
)
