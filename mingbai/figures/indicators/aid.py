"""Legal aid: asked for, decided, assigned, ended; how many days each took and how often somebody came."""

from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import State
from mingbai.cases.models import Case
from mingbai.figures.dimensions import of_matter
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.indicators.net import case_row, in_places, within
from mingbai.figures.measures import SecondsBetween
from mingbai.figures.registry import Indicator, Mean, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.legalaid.enums import DecisionKind, DecisionState
from mingbai.legalaid.models import Application, Assignment, Decision
from mingbai.visits.enums import AT_THE_WINDOW, VisitState
from mingbai.visits.models import Visit

GIVES = (DecisionKind.GRANT, DecisionKind.FIRST, DecisionKind.NOTICE)
ON_REQUEST = (DecisionKind.GRANT, DecisionKind.REFUSE)
DAY = 24 * 60 * 60


def asked(period: Period) -> QuerySet[Application]:
    since, until = period.moments
    found = Application.objects.filter(case__opened_at__gte=since, case__opened_at__lt=until)
    found = found.exclude(case__state=State.MERGED)
    return found.filter(within(period.region, "case__")).order_by("case__opened_at", "pk")


def decided(period: Period) -> QuerySet[Decision]:
    """Decisions that were made in the period, one that was put right later among them."""
    since, until = period.moments
    found = Decision.objects.filter(made_at__gte=since, made_at__lt=until)
    found = found.filter(state__in=[DecisionState.MADE, DecisionState.OVERTURNED])
    return found.filter(within(period.region, "case__")).order_by("made_at", "pk")


def assigned(period: Period) -> QuerySet[Assignment]:
    """The first assignment of each matter, with `granted_at`: the decision that it follows."""
    since, until = period.moments
    of_case = Assignment.objects.filter(case=OuterRef("case")).order_by("assigned_at", "pk")
    grants = Decision.objects.filter(
        case=OuterRef("case"), kind__in=GIVES, made_at__lte=OuterRef("assigned_at")
    ).order_by("made_at", "pk")
    found = Assignment.objects.filter(assigned_at__gte=since, assigned_at__lt=until)
    found = found.filter(pk=Subquery(of_case.values("pk")[:1]))
    found = found.annotate(granted_at=Coalesce(Subquery(grants.values("made_at")[:1]), F("assigned_at")))
    return found.filter(within(period.region, "case__")).order_by("assigned_at", "pk")


def ended(period: Period) -> QuerySet[Case]:
    since, until = period.moments
    found = Case.objects.filter(closed_at__gte=since, closed_at__lt=until, kind="legal_aid")
    found = found.exclude(state=State.MERGED)
    return found.filter(within(period.region)).order_by("closed_at", "id")


def _trips() -> Any:
    came = Visit.objects.filter(case=OuterRef("pk"), state=VisitState.SERVED, kind__in=AT_THE_WINDOW)
    counted = came.order_by().values("case").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=BigIntegerField()), 0)


def _place(case: Case) -> str:
    return case.region.name if case.region else ""


def _application(row: Application) -> Row:
    return Row(at=row.case.opened_at, place=_place(row.case), what=str(row.get_source_display()),
               case=row.case.number)  # fmt: skip


def _decision(row: Decision) -> Row:
    return Row(at=row.made_at, place=_place(row.case), what=str(row.get_kind_display()), case=row.case.number)


def _assignment(row: Assignment) -> Row:
    return Row(at=row.assigned_at, place=_place(row.case), what=row.worker.name, case=row.case.number)


def _decisions(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    return Indicator(
        code, name, Unit.MATTERS, Counts.MATTERS, definition, decided, _decision,
        only=only, time="made_at", needs=("case__region",), cut=of_matter("case__"),
    )  # fmt: skip


add(
    Group.AID,
    Indicator(
        "aid_asked",
        _("法律援助申请"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("这段时间收到的法律援助申请和办案机关的通知；并单的不算。"),
        asked,
        _application,
        time="case__opened_at",
        needs=("case__region",),
        cut=of_matter("case__"),
    ),
    _decisions(
        "aid_decided",
        _("申请审查决定"),
        _("这段时间作出的给予、不予法律援助的决定。"),
        Q(kind__in=ON_REQUEST),
    ),
    _decisions(
        "aid_given",
        _("给予法律援助"),
        _("给予、先行提供、按通知指派的决定。"),
        Q(kind__in=GIVES),
    ),
    _decisions("aid_refused", _("不予法律援助"), _("不予法律援助的决定。"), Q(kind=DecisionKind.REFUSE)),
    Indicator(
        "aid_assigned",
        _("法律援助指派"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("这段时间里第一次指派承办人的，一件算一次，换人的不重复算。"),
        assigned,
        _assignment,
        time="assigned_at",
        needs=("case__region", "worker"),
        cut=of_matter("case__") | {Dimension.PERSON: "worker_id"},
    ),
    Indicator(
        "aid_ended",
        _("办结的法律援助"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("这段时间办结的法律援助事项，包括不予援助、撤回的。"),
        ended,
        case_row,
        time="closed_at",
        leads=in_places,
        needs=("region",),
        cut=of_matter(),
    ),
    Mean(
        "aid_days_to_decision",
        _("申请到决定"),
        "aid_decided",
        SecondsBetween("made_at", "case__opened_at"),
        Unit.SPAN_DAYS,
        _("从收到申请到作出决定的平均自然天数；等群众补材料的时间也在内。"),
        scale=DAY,
    ),
    Mean(
        "aid_days_to_assignment",
        _("决定到指派"),
        "aid_assigned",
        SecondsBetween("assigned_at", "granted_at"),
        Unit.SPAN_DAYS,
        _("从给予援助的决定到第一次指派的平均自然天数。"),
        scale=DAY,
    ),
    Mean(
        "aid_trips",
        _("每件法律援助跑几次"),
        "aid_ended",
        _trips(),
        Unit.TIMES,
        _("办结的法律援助事项里，每件登记的来窗口次数平均。"),
    ),
    Ratio(
        "aid_decided_rate",
        _("申请决定率"),
        "aid_decided",
        "aid_asked",
        _("申请审查决定 ÷ 法律援助申请；跨年的两边可能不是同一批。"),
    ),
)
