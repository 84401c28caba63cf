"""Whom to call where a matter warns of something."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from mingbai.cases.models import HelpContact


def contacts_for(risks: Collection[str], on: date) -> dict[str, list[HelpContact]]:
    """Risk → the offices that hold on that day; one query."""
    holding = Q(valid_to=None) | Q(valid_to__gte=on)
    rows = HelpContact.objects.filter(holding, risk__in=risks, valid_from__lte=on).order_by("risk", "id")
    found: dict[str, list[HelpContact]] = {}
    for row in rows:
        found.setdefault(row.risk, []).append(row)
    return found
