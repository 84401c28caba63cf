"""By when a proposal is answered and a promise kept."""

from __future__ import annotations

import calendar
from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.visits.enums import OpinionSource

MONTHS = 3
"""From the day it was handed over (《代表法》2015年修正，第四十二条)."""
MOST_MONTHS = 6
"""What touches many and is hard: no later than this (the same article)."""


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, else the last of that month.

    >>> months_after(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_of(source: str, on: date, due_on: date | None) -> date | None:
    """The day that counts: of a proposal three months or another within six that was set; the day promised.

    Raises Refused "needs_day" for a promise without one, "bad_day" before `on` or beyond what the law allows.
    """
    if source == OpinionSource.PROMISE and due_on is None:
        raise Refused(_("请写明答应在哪天以前做到。"), code="needs_day", field="due_on")
    if source == OpinionSource.PROPOSAL and due_on is None:
        return months_after(on, MONTHS)
    if due_on is not None and due_on < on:
        raise Refused(_("期限不能早于交办的那天。"), code="bad_day", field="due_on")
    if source == OpinionSource.PROPOSAL and due_on is not None and due_on > months_after(on, MOST_MONTHS):
        raise Refused(_("建议、提案最迟六个月内答复。"), code="bad_day", field="due_on")
    return due_on
