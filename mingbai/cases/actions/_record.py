"""What every action of the trunk shares: lock the matter, move its state, enter it in the journal."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.enums import AuthorKind, Event, HandoverState, MessageKind, State
from mingbai.cases.kinds import KINDS, is_pending, stage_of
from mingbai.cases.models import Case, Message
from mingbai.cases.rules.states import next_state
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.journal.actions import write, write_row
from mingbai.journal.models import Entry


def locked(case: Case) -> Case:
    """The matter as it is now, held until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def move(case: Case, verb: str) -> str:
    """Set the state after `verb` and return the one before.

    The one who comes second is told who was first, and when.
    """
    before = case.state
    _leave_to_the_line(case, verb)
    try:
        case.state = next_state(case.state, verb, pending=is_pending(case))
    except Refused as refused:
        raise Refused(
            str(refused) + _who_was_first(case),
            code=refused.code,
            kept=_("您填写的内容没有丢失。"),
            do=_("请刷新页面，看看办件现在的情况。"),
        ) from None
    return before


def _leave_to_the_line(case: Case, verb: str) -> None:
    """What a line decides by its own law is not done past it. Raises Refused "line_decides"."""
    stage = stage_of(case.kind, case.stage)
    if stage is not None and verb in stage.closed_to:
        raise Refused(
            _("办件在“%(stage)s”环节，这一步由%(kind)s的办法来做。")
            % {"stage": stage.label, "kind": KINDS.get(case.kind).label},
            code="line_decides",
        )


def _who_was_first(case: Case) -> str:
    last = Entry.objects.filter(chain=case.chain).order_by("-seq").first()
    if not last:
        return ""
    return _("（%(who)s 于 %(when)s 办理过）") % {"who": last.actor_name, "when": moment(last.at)}


def accepted(case: Case, at: datetime) -> None:
    """Somebody works on it now: the clock of taking up stops, and once, that of acceptance turns over.

    Not where a formal acceptance is still owed: that is the verb `accept` alone.
    """
    _clockwork.stop(case, Event.TAKEN_UP, at=at)
    if case.accepted_at is None and case.state != State.RECEIVED and not is_pending(case):
        set_accepted(case, at)


def set_accepted(case: Case, at: datetime) -> None:
    case.accepted_at = at
    _clockwork.stop(case, Event.ACCEPTED, at=at)
    _clockwork.start(case, Event.ACCEPTED, at)


DECLINES_TO_DESIGNATION = 2
"""A second decline goes to the supervisor, who designates (指定承办)."""


def in_hand(case: Case) -> None:
    """Somebody has it after all: the supervisor need not designate, unless two stations declined."""
    if case.declines < DECLINES_TO_DESIGNATION:
        case.needs_designation = False


def refuse_open_handover(case: Case) -> None:
    """While an offer waits, the giver answers and ends nothing. Raises Refused "handover_open"."""
    if case.handovers.filter(state=HandoverState.OFFERED).exists():
        raise Refused(
            _("转办还在等对方签收，现在不能答复或办结。"),
            code="handover_open",
            do=_("要自己办完，请先收回转办。"),
        )


def say(
    case: Case,
    kind: MessageKind,
    by: Actor,
    text: str,
    at: datetime,
    *,
    laws: list[str] | None = None,
    channel: str = "",
    public: bool = True,
) -> Message:
    """Write down what was said, under the matter's key."""
    author = author_kind(by)
    message = Message(
        case=case,
        kind=kind,
        author_kind=author,
        author="" if author == AuthorKind.RESIDENT else by.name,
        channel=channel,
        laws=laws or [],
        is_public=public,
        at=at,
    )
    message.text = text
    message.save(force_insert=True)
    return message


def author_kind(by: Actor) -> AuthorKind:
    return {"resident": AuthorKind.RESIDENT, "partner": AuthorKind.PARTNER}.get(by.kind, AuthorKind.STAFF)


def enter(case: Case, verb: str, by: Actor, at: datetime, **data: Any) -> Entry:
    """One entry in the matter's chain; a line's verb has its own name. No personal values in `data`."""
    return write(chain=case.chain, verb=_named(verb), by=by, place=case.station_id, at=at, data=data)


def _named(verb: str) -> str:
    return verb if "." in verb else f"case.{verb}"


def saved(case: Case, verb: str, by: Actor, at: datetime, **data: Any) -> Case:
    """Settle the stage, who is waited for and until when, save, and enter it."""
    _clockwork.follow_stage(case, at)
    if case.untold is not None:
        case.untold.append((_named(verb), data))
        return case
    _clockwork.settle(case)
    case.save()
    enter(case, verb, by, at, **data)
    return case


@contextmanager
def as_one(case: Case, by: Actor, at: datetime) -> Iterator[None]:
    """Several verbs within one action: the matter is saved once at the end, the entries follow each other."""
    told: list[tuple[str, dict[str, Any]]] = []
    case.untold = told
    try:
        yield
    finally:
        case.untold = None
    _clockwork.settle(case)
    case.save()
    write_row(chain=case.chain, by=by, place=case.station_id, at=at, told=told)


def tell_now(case: Case, by: Actor, at: datetime, how: str) -> Case:
    """The resident has heard it: its clock stops, and once, that of closing starts."""
    first = case.told_at is None
    case.told_at, case.told_how = at, how
    _clockwork.stop(case, Event.TOLD, at=at)
    if first and case.is_open:
        _clockwork.start(case, Event.TOLD, at)
    return saved(case, "told", by, at, how=how)


def moved(case: Case, before: str) -> dict[str, str]:
    """From and to, for the journal."""
    return {"from": before, "to": case.state}


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()


def disk_full() -> Refused:
    return Refused(
        _("现在保存不了，您的内容还没有登记。"),
        code="disk_full",
        do=_("请稍后再试，或者拨打 12348。"),
    )


def is_disk_full(error: Exception) -> bool:
    """A full disk, as SQLite, PostgreSQL (class 53: no resources left) and the file system say it."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if not isinstance(error, OperationalError):
        return False
    state = str(getattr(error.__cause__, "sqlstate", "") or "")
    words = str(error).lower()
    return state == "53100" or "disk is full" in words or "no space left" in words


def refuse_held(case: Case) -> None:
    """Raises Refused "on_hold"."""
    if hold := case.holds.filter(lifted_at=None).first():
        raise Refused(_("依法暂停销毁：%(why)s") % {"why": hold.reason}, code="on_hold")
