"""How residents are shown a clock: its chip (state, words), its date in words, the steps that explain it."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Strength
from mingbai.cases.queries import ClockView
from mingbai.core.when import day, moment, remaining
from mingbai.core.workdays import Workdays


def chip(view: ClockView, now: datetime, workdays: Workdays) -> dict[str, Any]:
    """What components/clock_chip.html needs for a running clock, without the explanation."""
    if view.state == "paused":
        return {"state": "paused", "word": _("时限暂停"), "date": _("等您补充")}
    return {"state": view.state, "word": remaining(now, view.due_at, workdays), "date": ""}


def steps(view: ClockView) -> list[tuple[str, str]]:
    """Why the clock ends when it ends, numbered, with the law; our own promises need no source."""
    told = [(str(n), step.text) for n, step in enumerate(view.steps, start=1)]
    source = view.rule.source if view.rule.strength == Strength.LEGAL else _("我们的服务承诺")
    return [*told, (_("依据"), source)]


def by_when(at: datetime) -> str:
    """11月25日 周三, or with the time of day where it matters."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) == (23, 59):
        return day(local.date(), today=timezone.localdate())
    return moment(at)
