"""Step: one step of the explanation of a due date, as data, and its words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from mingbai.core.when import day as day_text

Unit = Literal["working_day", "calendar_day", "month", "hour"]
StepKind = Literal["start", "counted", "off", "paused", "moved", "set", "end"]


@dataclass(frozen=True, slots=True)
class Step:
    """A day, or a run of days that were treated alike."""

    date: datetime.date
    kind: StepKind
    until: datetime.date
    first: int = 0  # of counted days: the ordinal of the first and of the last
    last: int = 0
    name: str = ""
    unit: Unit = "calendar_day"
    estimated: bool = False
    from_year: int = 0  # days of another year are written with their year
    at: datetime.datetime | None = None

    @property
    def text(self) -> str:
        """Return the step in words, in the active language."""
        return _WORDS[self.kind](self, _days(self))


def joined(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Join neighbouring days that were treated alike."""
    runs: list[Step] = []
    for step in steps:
        before = runs[-1] if runs else None
        if before and (before.kind, before.name, before.estimated) == (step.kind, step.name, step.estimated):
            runs[-1] = replace(before, until=step.until, last=step.last)
        else:
            runs.append(step)
    return tuple(runs)


def _days(step: Step) -> str:
    this_year = datetime.date(step.from_year or step.date.year, 1, 1)
    first = day_text(step.date, today=this_year)
    if step.until == step.date:
        return first
    return _("%(first)s 至 %(last)s") % {"first": first, "last": day_text(step.until, today=this_year)}


def _start(step: Step, days: str) -> str:
    if step.at:
        return _("%(days)s %(clock)s 起算") % {"days": days, "clock": f"{step.at:%H:%M}"}
    return _("%(days)s 不计（当日不计入）") % {"days": days}


def _counted(step: Step, days: str) -> str:
    ordinals = str(step.first) if step.first == step.last else f"{step.first}–{step.last}"
    if step.unit == "working_day":
        return _("%(days)s 计第 %(ordinals)s 个工作日") % {"days": days, "ordinals": ordinals}
    return _("%(days)s 计第 %(ordinals)s 日") % {"days": days, "ordinals": ordinals}


def _off(step: Step, days: str) -> str:
    return _("%(days)s %(name)s 不计") % {"days": days, "name": step.name or _("休息日")}


def _paused(step: Step, days: str) -> str:
    return _("%(days)s 暂停，不计") % {"days": days}


def _moved(step: Step, days: str) -> str:
    return _("%(days)s %(name)s 顺延") % {"days": days, "name": step.name or _("休息日")}


def _set(_step: Step, days: str) -> str:
    return _("定好的日期是 %(days)s，当天 24:00 届满") % {"days": days}


def _end(step: Step, days: str) -> str:
    clock = f"{step.at:%H:%M}" if step.at and step.unit == "hour" else "24:00"
    text = _("%(days)s %(clock)s 届满") % {"days": days, "clock": clock}
    if step.estimated:
        text += _("（%(year)d年放假安排尚未公布，按法定节假日推算）") % {"year": step.until.year}
    return text


_WORDS = {
    "start": _start,
    "counted": _counted,
    "off": _off,
    "paused": _paused,
    "moved": _moved,
    "set": _set,
    "end": _end,
}
