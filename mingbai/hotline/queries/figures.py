"""Calls of a period: what the figures of the line count, and the ledger writes out."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.aggregates import Avg, Count

from mingbai.hotline.enums import CallSource
from mingbai.hotline.models import Call
from mingbai.hotline.rules.wall import WITHIN
from mingbai.places.queries import register


def calls_in(first: date, last: date, region: str = "") -> QuerySet[Call]:
    """Every call that came in in the period, from a region's subtree; "" is the whole city."""
    calls = Call.objects.incoming().within(first, last)
    if region and region != register().city_of(region):
        calls = calls.filter(region_id__in=register().subtree(region))
    return calls.order_by("offered_at", "id")


def answered_within(calls: QuerySet[Call], limit: timedelta = WITHIN) -> QuerySet[Call]:
    """Of measured calls, those that were answered within the limit."""
    return measured(calls).filter(answered_at__lte=F("offered_at") + limit)


def measured(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Those whose waiting somebody measured: not what was taken down by hand."""
    return calls.exclude(source=CallSource.HAND)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """`waited` is the average wait of the answered ones, None where nothing was measured."""

    offered: int
    answered: int
    in_time: int
    measured: int
    waited: timedelta | None


def line_figures(first: date, last: date, region: str = "") -> LineFigures:
    """One query."""
    is_measured = ~Q(source=CallSource.HAND)
    answered = Q(answered_at__isnull=False)
    found = (
        calls_in(first, last, region)
        .order_by()
        .aggregate(
            offered=Count("pk"),
            answered=Count("pk", filter=answered),
            measured=Count("pk", filter=is_measured),
            in_time=Count("pk", filter=is_measured & Q(answered_at__lte=F("offered_at") + WITHIN)),
            waited=Avg(F("answered_at") - F("offered_at"), filter=is_measured & answered),
        )
    )
    return LineFigures(**found)
