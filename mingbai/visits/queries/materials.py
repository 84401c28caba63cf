"""What is left of guides and posters at a station, and what went out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min, Sum

from mingbai.visits.enums import Material
from mingbai.visits.models import Handout, Supply
from mingbai.visits.rules.materials import LOOKED_BACK, Stock, stock_of


def stocks(station: str, today: date) -> list[Stock]:
    """Of each material that was ever brought in; before its first supply nothing was counted."""
    came = Supply.objects.filter(station_id=station).values("material")
    rows = came.annotate(count=Sum("count"), since=Min("on")).order_by("material")
    found = {row["material"]: row for row in rows}
    return [_stock(station, row, today) for material in Material if (row := found.get(material.value))]


def _stock(station: str, row: Any, today: date) -> Stock:
    given = Handout.objects.filter(station_id=station, material=row["material"], on__gte=row["since"])
    lately = given.filter(on__gt=today - LOOKED_BACK)
    total, recent = (one.aggregate(n=Sum("count"))["n"] or 0 for one in (given, lately))
    return stock_of(row["material"], row["count"], total, recent)
