"""Clocks as the chips of the pages show them: a state, a word, a date, and the steps of the calculation."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Strength
from mingbai.cases.queries import ClockView
from mingbai.core.when import day, moment, remaining, short_day
from mingbai.core.workdays import Workdays

Chip = dict[str, Any]


def chip_of(now: datetime, due: datetime, state: str, workdays: Workdays) -> Chip:
    """A running period: "还剩 2 个工作日" and "11月25日止" apart, so that a list can leave the date out."""
    word, _bracket, date = re.split(r"([（(])", remaining(now, due, workdays) + "（", maxsplit=1)
    return {"state": state, "word": word.strip(), "date": re.sub(r"[（()）]", "", date), "steps": []}


def view_chip(view: ClockView, now: datetime, workdays: Workdays) -> Chip:
    """One clock of the case page, with its explanation."""
    if view.state == "paused":
        return {"state": "paused", "word": _("时限暂停"), "date": _("等群众补充"), "steps": _steps(view)}
    if not view.is_running:
        words = {"met": _("按时完成"), "missed": _("超期完成"), "cancelled": _("不再计时")}
        state = "late" if view.state == "missed" else "done"
        return {"state": state, "word": words[view.state], "date": "", "steps": []}
    return {**chip_of(now, view.due_at, view.state, workdays), "steps": _steps(view)}


def _steps(view: ClockView) -> list[tuple[str, str]]:
    """The rule with its source first, then each step."""
    steps = [(short_day(step.date), step.text) for step in view.steps]
    return [(str(_("依据")), view.rule.source), *steps]


def until(due: datetime) -> str:
    """A whole day by its name alone, an hour with its time."""
    local = timezone.localtime(due)
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return day(local.date(), today=timezone.localdate())
    return moment(due)


def is_legal(view: ClockView) -> bool:
    return view.rule.strength == Strength.LEGAL
