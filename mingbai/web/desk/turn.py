"""Whose turn it is in a matter, in one sentence; and what may be done now, and why not more."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Mode, State
from mingbai.cases.kinds import KINDS, is_pending
from mingbai.cases.perms import can_answer_handover, can_designate, can_work
from mingbai.core import when
from mingbai.web.chips import until
from mingbai.web.desk.aid_turn import AID_CODES, aid_next, aid_task
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.mediation_turn import MEDIATION_CODES, mediation_next, mediation_task
from mingbai.web.desk.verbs import VERBS
from mingbai.web.desk.verbs.after import owes_call_back

_BESIDE = 2
_HIDDEN = frozenset(
    (
        "show_person link merge_person unmerge_person correct_person erase_person attach note "
        "withdraw_consent report_risk dismiss_risk classify say_kind say_urgency"
    ).split()
)
"""Verbs that have their place beside the people, the papers and the history, not in the bar."""


@dataclass(frozen=True)
class Turn:
    """`wait`: it is somebody else's."""

    who: str
    text: str
    wait: bool = False


def turn_of(dossier: Dossier) -> Turn:
    """The one line under the title: who has to do what, and by when."""
    case = dossier.case
    if not case.is_open:
        return _after_end(dossier)
    if case.needs_designation:
        text = _("已被退回两次，等监督人员指定承办。")
        return _by(
            can_designate(dossier.here.user, case), _("监督人员"), text, _("已被退回两次，请指定承办。")
        )
    if offer := dossier.offer:
        text = _("已转给%(station)s，等对方签收。签收之前仍由本站主办。") % {"station": offer.taker.name}
        return _by(
            can_answer_handover(dossier.here.user, offer),
            offer.taker.name,
            text,
            _("%(station)s转来，请签收或退回。") % {"station": offer.giver.name},
        )
    if case.state == State.WAITING:
        return Turn(_("等群众"), _("请群众补充的还没有来，时限暂停。"), wait=True)
    return _working(dossier)


def _by(mine: bool, who: str, theirs: str, own: str) -> Turn:
    return Turn(_("轮到您"), own) if mine else Turn(_("等%(who)s") % {"who": who}, theirs, wait=True)


def _working(dossier: Dossier) -> Turn:
    case, text = dossier.case, _task(dossier)
    if dossier.owner is None:
        mine = can_work(dossier.here.user, case)
        return (
            Turn(_("轮到您的站点"), text)
            if mine
            else Turn(_("等%(who)s") % {"who": case.station.name}, text, True)
        )
    if case.owner_id in dossier.here.own:
        return Turn(_("轮到您"), text)
    return Turn(_("等%(who)s") % {"who": case.owner}, text, wait=True)


def _task(dossier: Dossier) -> str:
    case, by = dossier.case, _by_when(dossier)
    if dossier.owner is not None and (text := aid_task(dossier, by) or mediation_task(dossier, by)):
        return text
    if case.state == State.ANSWERED:
        if case.told_at:
            return _("群众已经听到答复，可以办结。")
        return _("答复已写好，%(by)s告知群众（%(how)s）。") % {"by": by, "how": case.get_tell_by_display()}
    if dossier.owner is None:
        return _("还没有人接办，%(by)s接办。") % {"by": by}
    if is_pending(case):
        return _("%(by)s决定是否受理。") % {"by": by}
    if KINDS.get(case.kind).mode == Mode.GUIDED:
        return _("%(by)s指引群众去该去的地方。") % {"by": by}
    return _("%(by)s答复群众。") % {"by": by}


def _by_when(dossier: Dossier) -> str:
    due = dossier.case.due_at
    if due is None:
        return _("请")
    if due < timezone.now():
        return _("%(day)s已到期，请尽快") % {"day": until(due)}
    return _("请在 %(day)s 前") % {"day": until(due)}


def _after_end(dossier: Dossier) -> Turn:
    case = dossier.case
    if owes_call_back(dossier):
        text = _("群众给了差评，%(by)s回访。") % {"by": _by_when(dossier)}
        return _by(VERBS["call_back"].may(dossier), _("回访人员"), text, text)
    if case.state == State.REFUSED and not case.told_at:
        text = _("已决定不予受理，请把理由和救济途径告知群众。")
        return _by(can_work(dossier.here.user, case), case.station.name, text, text)
    if case.merged_into:
        return Turn(_("已并单"), _("并入 %(number)s 一起办理。") % {"number": case.merged_into}, wait=True)
    text = _("%(state)s，%(when)s。") % {
        "state": State(case.state).label,
        "when": when.moment(case.closed_at) if case.closed_at else "",
    }
    return Turn(_("已结束"), text, wait=True)


def bar_of(dossier: Dossier) -> dict[str, Any]:
    """What components/action_bar.html needs: of the open verbs one first, two beside it, then the menu."""
    line = {*aid_next(dossier), *mediation_next(dossier)}
    hidden = _HIDDEN | (AID_CODES | MEDIATION_CODES) - line
    open_ones = {code: verb for code, verb in VERBS.items() if code not in hidden and verb.is_open(dossier)}
    first = next((code for code in _wished(dossier) if code in open_ones), None)
    rest = [code for code in (*_second(dossier), *open_ones) if code in open_ones and code != first]
    rest = list(dict.fromkeys(rest))
    return {
        "primary": _action(dossier, first) if first else None,
        "actions": [_action(dossier, code) for code in rest[:_BESIDE]],
        "more": [_action(dossier, code) for code in rest[_BESIDE:]],
        "why_not": list(_why_not(dossier)),
    }


def _wished(dossier: Dossier) -> tuple[str, ...]:
    """What the page is for, by state; the first that is open stands as the filled button."""
    kind = KINDS.get(dossier.case.kind)
    work = ("guide", "answer") if kind.mode == Mode.GUIDED else ("answer",)
    head = ("accept_handover", "designate") if dossier.case.needs_designation or dossier.offer else ()
    by_state: dict[str, tuple[str, ...]] = {
        State.RECEIVED: ("take_up", "accept", *work, "assign"),
        State.ACCEPTED: ("take_up", *work, "start"),
        State.IN_PROGRESS: ("take_up", *work),
        State.WAITING: ("supplement",),
        State.ANSWERED: ("tell", "close"),
        State.REFUSED: ("tell",),
        State.CLOSED: ("call_back",),
    }
    return (
        *head,
        "decide_extension",
        "decide_appeal",
        *(("take_up",) if dossier.owner is None else ()),
        *aid_next(dossier),
        *mediation_next(dossier),
        *by_state.get(State(dossier.case.state), ()),
        "finish_help",
    )


def _second(dossier: Dossier) -> tuple[str, ...]:
    if dossier.offer:
        return ("decline_handover", "take_back")
    return ("ask", "offer", "tell", "reopen", "appeal")


def _action(dossier: Dossier, code: str) -> dict[str, Any]:
    verb = VERBS[code]
    return {"label": verb.label, "url": act_url(dossier, code), "icon": verb.icon, "post": False}


def act_url(dossier: Dossier, code: str) -> str:
    return reverse("desk:act", args=[dossier.case.number, code])


def _why_not(dossier: Dossier) -> list[str]:
    """In plain words, why the step that comes next in everybody's mind is not possible yet."""
    case = dossier.case
    if not case.is_open:
        return []
    if not can_work(dossier.here.user, case):
        return (
            [_("这件事由%(station)s主办，您可以查看。") % {"station": case.station.name}]
            if not dossier.offer
            else []
        )
    if dossier.offer:
        return [_("现在还不能答复：转办在等对方签收。要自己答复，请先收回转办。")]
    lines = []
    if case.needs_designation:
        lines.append(_("现在不能再转办：已被退回两次，由监督人员指定承办。"))
    if dossier.owner is None and dossier.here.worker is None:
        lines.append(_("您不在服务人员登记册上，不能做主办人，可以请站点负责人分派。"))
    if case.state == State.ANSWERED and not case.told_at:
        lines.append(_("现在还不能办结：告知群众之后才可以。"))
    elif case.state != State.ANSWERED and dossier.aid is None and dossier.mediation is None:
        lines.append(_("现在还不能办结：答复并告知群众之后才可以。"))
    return lines
