"""Where a matter stands, as a good clerk says it: one sentence, the road, whose turn it is, what we owe."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Event, State, Strength
from mingbai.cases.models import Case
from mingbai.cases.queries import ClockView, Line, books
from mingbai.cases.rules.clocks import Deadline, Matter, rules_started, run
from mingbai.core.numbers import group_number
from mingbai.core.when import short_day
from mingbai.core.workdays import Workdays
from mingbai.web.clocks import by_when, chip, steps
from mingbai.web.public.aid_words import aid_sentence
from mingbai.web.public.mediation_words import mediation_sentence

_REACHED = {
    State.RECEIVED: 0,
    State.ACCEPTED: 1,
    State.IN_PROGRESS: 2,
    State.WAITING: 2,
    State.ANSWERED: 3,
    State.CLOSED: 4,
}


def sentence(case: Case) -> str:
    """One sentence, the title of the page."""
    station = case.station.name
    if text := aid_sentence(case) or mediation_sentence(case):
        return text
    match case.state:
        case State.RECEIVED:
            return _("已经收到，等%(station)s接办。") % {"station": station}
        case State.ACCEPTED:
            return _("%(station)s已经接办。") % {"station": station}
        case State.IN_PROGRESS:
            return _("%(station)s正在办理。") % {"station": station}
        case State.WAITING:
            return _("还缺一些材料，等您补充。")
        case State.ANSWERED:
            return _("已经答复您，请往下看。")
        case State.CLOSED:
            return _("这件事已经办结。")
        case State.REFUSED:
            return _("这件事没有受理，原因和您还能怎么办写在下面。")
        case State.MERGED if case.merged_into:
            return _("这件事并到了 %(number)s，请用那个编号查。") % {
                "number": group_number(case.merged_into.number)
            }
        case _other:
            return _("您已经撤回这件事。")


def road(case: Case, told: Iterable[Line]) -> list[dict[str, str]]:
    """Five points with their dates; a matter that ended otherwise stops where it ended."""
    days = _days_of(told)
    labels = [_("收到"), _("受理"), _("办理"), _("答复"), _("办结")]
    if case.state not in _REACHED:
        ends = State(case.state).label
        return [
            {"label": labels[0], "note": _day(case.opened_at), "state": "done"},
            {"label": str(ends), "note": _day(case.closed_at), "state": "now"},
        ]
    now = _REACHED[State(case.state)]
    points = []
    for n, label in enumerate(labels):
        state = "done" if n < now or case.state == State.CLOSED else "now" if n == now else "todo"
        note = _day(days.get(n)) if state == "done" else _("现在") if state == "now" else ""
        points.append({"label": label, "note": note, "state": state})
    return points


def _days_of(told: Iterable[Line]) -> dict[int, datetime]:
    """When each point was first reached; a step that was jumped over has the day of the jump."""
    days: dict[int, datetime] = {}
    for entry in told:
        reached = _REACHED.get(State(entry.state), -1)
        for n in range(reached + 1):
            days.setdefault(n, entry.at)
    return days


def _day(at: datetime | None) -> str:
    return short_day(timezone.localdate(at), today=timezone.localdate()) if at else ""


def turn(case: Case, views: Iterable[ClockView]) -> dict[str, Any] | None:
    """Whose turn it is, and until when; None once nobody owes anything."""
    if not case.is_open:
        return None
    if case.state == State.WAITING:
        return {
            "who": _("轮到您"),
            "text": _("请把缺的补上，下面可以写、可以拍照。等您的这些天不算在期限里。"),
            "wait": False,
        }
    if case.state == State.ANSWERED:
        return {"who": _("轮到您"), "text": _("看看答复。有不明白的，在下面接着问。"), "wait": False}
    owed = promises(views)
    return {"who": _("轮到我们"), "text": owed[0].text if owed else _("办好就告诉您。"), "wait": True}


def owes(event: str, when: str) -> str:
    """What we owe by a date, "" for what is only our own business."""
    match event:
        case Event.TAKEN_UP:
            return _("最晚 %(when)s 有人接办。") % {"when": when}
        case Event.ACCEPTED:
            return _("最晚 %(when)s 告诉您能不能受理。") % {"when": when}
        case Event.ANSWERED:
            return _("最晚 %(when)s 给您答复。") % {"when": when}
        case Event.TOLD:
            return _("最晚 %(when)s 把结果告诉您。") % {"when": when}
        case Event.CLOSED:
            return _("最晚 %(when)s 办完。") % {"when": when}
        case _other:
            return ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that we owe by a date; a later end set by a rule of law is shown beside our own target."""

    text: str
    view: ClockView

    def shown(self, now: datetime, workdays: Workdays) -> dict[str, Any]:
        return {"text": self.text, "clock": chip(self.view, now, workdays), "steps": steps(self.view)}


def promises(views: Iterable[ClockView]) -> list[Promise]:
    """Of the running clocks those that the resident is owed, the earliest first."""
    running = [view for view in views if view.is_running and view.state != "paused"]
    found: dict[tuple[str, str], Promise] = {}
    for view in sorted(running, key=lambda view: view.due_at):
        if text := _promised(view.rule, view.due_at):
            found.setdefault((view.rule.stops_on, view.rule.strength), Promise(text, view))
    return list(found.values())


def _promised(rule: Deadline, at: datetime) -> str:
    text = owes(rule.stops_on, by_when(at))
    return _("按规定，%(text)s") % {"text": text} if text and rule.strength == Strength.LEGAL else text


def expected(kind: str, *, is_wage: bool, now: datetime) -> list[str]:
    """What would be owed by when if the matter came in now: shown before it is sent."""
    book, day = books(), timezone.localdate(now)
    rules = rules_started(book.rules.deadlines, Event.OPENED, Matter(kind, is_wage), day)
    ends = [(run(rule, now, book.places.workdays)[0].at, rule) for rule in rules]
    found: dict[tuple[str, str], str] = {}
    for at, rule in sorted(ends, key=lambda pair: pair[0]):
        if text := _promised(rule, at):
            found.setdefault((rule.stops_on, rule.strength), text)
    return list(found.values())
