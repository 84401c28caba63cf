"""How a clock is shown: its chip (state, words), and the steps that explain its date."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import Clock
from mingbai.cases.queries import rulebook
from mingbai.cases.rules.clocks import pauses_of, run
from mingbai.core.when import day, moment, remaining
from mingbai.places.queries import register


def chip(clock: Clock, now: datetime) -> dict[str, Any]:
    """What components/clock_chip.html needs, without the explanation."""
    if clock.done_at:
        return {"state": "done", "word": clock.get_end_display(), "date": ""}
    if clock.is_paused:
        return {"state": "paused", "word": _("时限暂停"), "date": _("等群众补充")}
    return due_chip(clock.due_at, now, soon_at=clock.soon_at)


def due_chip(due_at: datetime, now: datetime, *, soon_at: datetime | None = None) -> dict[str, Any]:
    """A due time in words; without `soon_at` it is soon on its last day."""
    if now > due_at:
        state = "late"
    elif now >= soon_at if soon_at else timezone.localdate(due_at) == timezone.localdate(now):
        state = "soon"
    else:
        state = "on_time"
    return {"state": state, "word": remaining(now, due_at, register().workdays), "date": ""}


def steps(clock: Clock, now: datetime) -> list[tuple[str, str]]:
    """Why the clock ends when it ends, numbered, with the source of its rule."""
    rule = rulebook().by_id[clock.rule_id]
    places = register()
    ends, _soon = run(
        rule, clock.started_at, places.workdays, extra=clock.extra, pauses=pauses_of(clock.pauses, now)
    )
    told = [(str(n), step.text) for n, step in enumerate(ends.steps, start=1)]
    return [*told, (_("依据"), rule.source)]


def by_when(at: datetime) -> str:
    """11月25日 周三, or with the time of day where it matters."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) == (23, 59):
        return day(local.date(), today=timezone.localdate())
    return moment(at)
