"""Figures of the door: rows 6 and 11 of the letter; all counted from rows."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from mingbai.cases.enums import BAD_GRADES
from mingbai.places.queries import below
from mingbai.visits.enums import AT_THE_WINDOW, OpinionSource
from mingbai.visits.models import Handout, Opinion, Visit


def window_visits(first: date, last: date, region: str = "") -> QuerySet[Visit]:
    """Who came to a window in a period and was served: what the figure `visits` counts."""
    rows = Visit.objects.served().within(first, last).filter(kind__in=AT_THE_WINDOW)
    rows = rows.filter(below(region, "station__region_id")) if region else rows
    return rows.select_related("station").order_by("on", "at", "id")


def handouts(first: date, last: date, region: str = "") -> QuerySet[Handout]:
    rows = Handout.objects.filter(on__gte=first, on__lte=last)
    rows = rows.filter(below(region, "station__region_id")) if region else rows
    return rows.select_related("station").order_by("on", "id")


def rated_visits(first: date, last: date, region: str = "", *, only_content: bool = False) -> QuerySet[Visit]:
    """Those of `window_visits` that were rated; `only_content` without those that were not content."""
    rows = window_visits(first, last, region).filter(grade__isnull=False)
    return rows.exclude(grade__in=BAD_GRADES) if only_content else rows


def opinions(first: date, last: date, region: str = "") -> QuerySet[Opinion]:
    """What was asked of leaders and proposed. Bad ratings and promises are followed alike and are none."""
    asked = (OpinionSource.RECEPTION, OpinionSource.PROPOSAL)
    rows = Opinion.objects.filter(on__gte=first, on__lte=last, source__in=asked)
    rows = rows.filter(below(region, "station__region_id")) if region else rows
    return rows.select_related("station", "case").order_by("on", "id")
