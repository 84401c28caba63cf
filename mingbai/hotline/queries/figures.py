"""Calls of a period: what the figures of the line count, and the ledger writes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from mingbai.hotline.enums import UNMEASURED
from mingbai.hotline.models import Call
from mingbai.hotline.rules.wall import WITHIN, Tally
from mingbai.places.queries import below, register


def calls_in(first: date, last: date, region: str = "") -> QuerySet[Call]:
    """Every call that came in in the period, from a region's subtree; "" is the whole city."""
    if not region or region == register().city_of(region):
        calls: QuerySet[Call] = Call.objects.incoming().within(first, last)
    else:
        calls = _on_days(first, last).filter(below(region, "region_id"))
    return calls.order_by("on", "offered_at", "id")  # as its index lies: a page is read, no year


MOST_DAYS = 400


def _on_days(first: date, last: date) -> QuerySet[Call]:
    """Listed and not spanned, where they are not too many: `call_figures` then leads on to the region."""
    days = (last - first).days + 1
    if days > MOST_DAYS:
        return Call.objects.incoming().within(first, last)
    return Call.objects.incoming().filter(on__in=[first + timedelta(days=n) for n in range(days)])


def answered_within(calls: QuerySet[Call], limit: timedelta = WITHIN) -> QuerySet[Call]:
    """Of measured calls, those that were answered within the limit, in whole seconds as they are reported."""
    return measured(calls).filter(wait_seconds__lte=limit.total_seconds())


def measured(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Those whose waiting somebody measured: not what was taken down by hand."""
    return calls.exclude(source__in=UNMEASURED)


_MEASURED = ~Q(source__in=UNMEASURED)
_ANSWERED = Q(answered_at__isnull=False)
_OVER = Q(_ANSWERED, ended_at__isnull=False)
_WORK = ExpressionWrapper(Coalesce("wrapped_at", "ended_at") - F("answered_at"), DurationField())
COUNTS: dict[str, Aggregate] = {
    "offered": Count("pk"),
    "answered": Count("pk", filter=_ANSWERED),
    "abandoned": Count("pk", filter=Q(answered_at=None, ended_at__isnull=False)),
    "measured": Count("pk", filter=_MEASURED),
    "in_time": Count("pk", filter=_MEASURED & Q(wait_seconds__lte=WITHIN.total_seconds())),
    "waits": Count("pk", filter=_MEASURED & _ANSWERED),
    "waiting": Sum("wait_seconds", filter=_MEASURED & _ANSWERED),
    "works": Count("pk", filter=_OVER),
    "working": Sum(_WORK, filter=_OVER),
}
"""What the figures, the wall and every table of calls count: here once, by the database."""


def tally_of(counted: Mapping[str, Any]) -> Tally:
    """A row with COUNTS as a tally."""
    told = {name: counted[name] or 0 for name in COUNTS}
    worked: timedelta | None = counted["working"]
    return Tally(**told | {"working": worked.total_seconds() if worked else 0.0})


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
    one = tally_of(calls_in(first, last, region).order_by().aggregate(**COUNTS))
    waited = None if one.waited is None else timedelta(seconds=one.waited)
    return LineFigures(one.offered, one.answered, one.in_time, one.measured, waited)
