"""Rows of the board: a matter with its clock, where it lies, whose it is, and what may be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import HandoverState, State, WaitingOn
from mingbai.cases.models import Case, Handover
from mingbai.cases.perms import can_assign, can_call_back, can_designate
from mingbai.cases.rules.clocks import urgency
from mingbai.core import when
from mingbai.web.board.reach import BoardReach
from mingbai.web.chips import Chip, chip_of
from mingbai.web.desk.worklist import warned_from
from mingbai.web.matters import kind_label, title_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is looked up once for the rows of all lists: who may be opened, and from when a clock warns."""

    opened: frozenset[int]
    warned: Any

    @classmethod
    def of(cls, reach: BoardReach, cases: list[Case]) -> "Known":
        return cls(reach.opened(cases), warned_from(cases))


def table(
    reach: BoardReach, cases: Iterable[Case], now: datetime, of: str = "", known: Known | None = None
) -> list[dict[str, Any]]:
    """The rows of one list; matters that this person may not open keep their words to themselves."""
    cases = list(cases)
    known = known or Known.of(reach, cases)
    opened, warned = known.opened, known.warned
    offers = _offers(cases) if of == "designate" else {}
    rows = []
    for case in cases:
        soon = warned.get((case.pk, case.due_at)) if case.due_at else None
        rows.append(
            {
                "title": title_of(case) if case.pk in opened else kind_label(case),
                "url": reverse("desk:case", args=[case.number]) if case.pk in opened else "",
                "number": case.number,
                "kind": kind_label(case) if case.pk in opened else "",
                "station": case.station.name,
                "owner": case.owner.name if case.owner else "",
                "has_left": case.owner is not None and not case.owner.is_active,
                "is_open": case.is_open,
                "owes_call": not case.is_open and case.waiting_on == WaitingOn.STATION,
                "clock": _clock(case, reach, now, soon),
                "since": when.moment(case.opened_at),
                "why": _why(case, offers.get(case.pk), now) if of == "designate" else "",
                "action": _action(reach, case, of),
            }
        )
    return rows


def _clock(case: Case, reach: BoardReach, now: datetime, soon: datetime | None) -> Chip:
    """Every row has a chip: what has ended or stands still says so."""
    if case.waiting_on == WaitingOn.NOBODY or (case.due_at is None and not case.is_open):
        return {"state": "done", "word": str(case.get_state_display()), "date": ""}
    if case.state == State.WAITING:
        return {"state": "paused", "word": _("等群众"), "date": ""}
    if case.due_at is None:
        return {"state": "on_time", "word": _("没有时限"), "date": ""}
    return chip_of(now, case.due_at, urgency(now, soon or case.due_at, case.due_at), reach.places.workdays)


def _offers(cases: list[Case]) -> dict[int, Handover]:
    offered = Handover.objects.filter(case__in=[case.pk for case in cases], state=HandoverState.OFFERED)
    return {offer.case_id: offer for offer in offered.select_related("taker").order_by("id")}


def _why(case: Case, offer: Handover | None, now: datetime) -> str:
    if offer is not None:
        text = _("转给%(taker)s，%(when)s起无人签收")
        return text % {"taker": offer.taker.name, "when": when.moment(offer.offered_at)}
    if case.station.closed_on is not None and case.station.closed_on <= timezone.localdate(now):
        return _("站点已停办")
    if case.declines >= 2:
        return _("已被退回 %(n)d 次") % {"n": case.declines}
    if case.owner is not None and case.owner.is_active:
        return _("主办人请假，无人代班")
    return _("%(when)s收到，无人接办") % {"when": when.moment(case.opened_at)}


def _action(reach: BoardReach, case: Case, of: str) -> dict[str, str] | None:
    """What this person may do about it now; a return call where the matter itself has ended."""
    if of == "badly" or not case.is_open:
        owed = of in ("badly", "late", "soon") and can_call_back(reach.user, case)
        return _act(case, "call_back", _("回访")) if owed else None
    free = case.needs_designation or case.owner is None or not case.owner.is_active
    stuck = of == "designate" or (of in ("untaken", "late") and free)
    if stuck and can_designate(reach.user, case):
        return _act(case, "designate", _("指定承办"))
    if stuck and of != "designate" and can_assign(reach.user, case):
        return _act(case, "assign", _("分派"))
    return None


def _act(case: Case, verb: str, label: str) -> dict[str, str]:
    return {"url": reverse("desk:act", args=[case.number, verb]), "label": label}
