"""Which day must be named with an opinion. By when it is answered is the clock of its matter."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.visits.enums import OpinionSource

DATED = frozenset({OpinionSource.PROPOSAL, OpinionSource.PROMISE})
"""Their matters run a rule of their own: the source is the stage that DeadlineRule asks for."""


def check_day(source: str, on: date, due_on: date | None) -> None:
    """Raises Refused "needs_day" for a promise without its day, "bad_day" for one before `on`."""
    if source == OpinionSource.PROMISE and due_on is None:
        raise Refused(_("请写明答应在哪天以前做到。"), code="needs_day", field="due_on")
    if due_on is not None and due_on < on:
        raise Refused(_("期限不能早于交办的那天。"), code="bad_day", field="due_on")
