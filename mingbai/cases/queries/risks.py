"""Whom to call where a matter warns of something."""

from collections.abc import Collection
from datetime import date

from mingbai.cases.models import HelpContact


def contacts_for(risks: Collection[str], on: date) -> dict[str, list[HelpContact]]:
    """Risk → the offices that hold on that day; one query."""
    rows = HelpContact.objects.valid_on(on).filter(risk__in=risks).order_by("risk", "id")
    found: dict[str, list[HelpContact]] = {}
    for row in rows:
        found.setdefault(row.risk, []).append(row)
    return found
