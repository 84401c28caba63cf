"""Figures of the door: rows 6 and 11 of the letter; all counted from rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from mingbai.places.queries import register
from mingbai.visits.enums import AT_THE_WINDOW, Material
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


@dataclass(frozen=True, slots=True)
class DoorFigures:
    """What the letter says of windows, materials and reception days."""

    visits: int
    guides: int
    posters: int
    opinions: int


def door_figures(first: date, last: date, region: str = "") -> DoorFigures:
    """Three queries, whatever the period."""
    sums = handouts(first, last, region).order_by("material").values("material").annotate(n=Sum("count"))
    given = {row["material"]: row["n"] for row in sums}
    return DoorFigures(
        visits=window_visits(first, last, region).count(),
        guides=given.get(Material.GUIDE, 0),
        posters=given.get(Material.POSTER, 0),
        opinions=opinions(first, last, region).count(),
    )
