"""Figures of oversight, hung into the registry of figures: visits to villages, supervision, training."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.enums import Counts, Group, Unit
from mingbai.figures.indicators.net import within
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.oversight.enums import VisitKind
from mingbai.oversight.models import Supervision, Training, VillageVisit
from mingbai.oversight.queries.village import visits_in
from mingbai.places.queries import register


def _visits(period: Period) -> QuerySet[VillageVisit]:
    return visits_in(period.region, period.first, period.last)


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
        "savvy_trainings",
        _("法律明白人培训"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("一人受训一次算一人次。"),
        _taught,
        _training_row,
        time="on",
        needs=("worker__region",),
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
