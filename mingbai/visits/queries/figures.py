"""Figures of the door: rows 6 and 11 of the letter; all counted from rows."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from mingbai.places.queries import register
from mingbai.visits.enums import AT_THE_WINDOW
from mingbai.visits.models import Handout, Opinion, Visit


def window_visits(first: date, last: date, region: str = "") -> QuerySet[Visit]:
    """Who came to a window in a period and was served: what the figure `visits` counts."""
    rows = Visit.objects.served().within(first, last).filter(kind__in=AT_THE_WINDOW)
    rows = rows.filter(station__region_id__in=register().subtree(region)) if region else rows
    return rows.select_related("station").order_by("on", "at", "id")


def handouts(first: date, last: date, region: str = "") -> QuerySet[Handout]:
    rows = Handout.objects.filter(on__gte=first, on__lte=last)
    rows = rows.filter(station__region_id__in=register().subtree(region)) if region else rows
    return rows.select_related("station").order_by("on", "id")


def opinions(first: date, last: date, region: str = "") -> QuerySet[Opinion]:
    rows = Opinion.objects.filter(on__gte=first, on__lte=last)
    rows = rows.filter(station__region_id__in=register().subtree(region)) if region else rows
    return rows.select_related("station", "case").order_by("on", "id")
