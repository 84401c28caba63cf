"""Working a matter: take up, accept, ask, answer, tell, close, and their ways back."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import (
    accepted,
    as_one,
    in_hand,
    locked,
    move,
    moved,
    now_or,
    refuse_open_handover,
    saved,
    say,
    set_accepted,
    tell_now,
)
from mingbai.cases.actions._tell import notify_resident
from mingbai.cases.actions._warn import warn
from mingbai.cases.enums import Event, HandoverState, MessageKind, State, Tell
from mingbai.cases.kinds import KINDS, is_pending, line_work
from mingbai.cases.models import Case, Handover, PaperAsked
from mingbai.cases.queries import books
from mingbai.cases.rules.stages import stage_after
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.models import Worker

_STOPPED_BY = {
    "closed": (Event.CLOSED,),
    "refused": (Event.TAKEN_UP, Event.ACCEPTED, Event.ANSWERED, Event.REFUSED, Event.CLOSED),
}
"""Which clocks an end has met; all others are cancelled."""


@transaction.atomic
def take_up(*, case: Case, by: Actor, worker: Worker, at: datetime | None = None) -> Case:
    """A person of the owning station becomes the owner (接办), and the matter is accepted.

    Raises Refused "has_owner", "inactive_worker", "wrong_state".
    """
    at, case = now_or(at), locked(case)
    # Who has left the register holds nothing up, nor who is away with nobody standing in.
    if case.owner and case.owner_id != worker.pk and _is_there(case.owner, at):
        raise Refused(
            _("%(name)s已接办。") % {"name": case.owner},
            code="has_owner",
            do=_("需要换人时请站点负责人分派。"),
        )
    if not worker.is_active:
        raise Refused(_("%(name)s已不在岗。") % {"name": worker.name}, code="inactive_worker")
    before = move(case, "take_up")
    case.owner = worker
    in_hand(case)
    accepted(case, at)
    return saved(case, "taken_up", by, at, worker=worker.code, **moved(case, before))


def _is_there(owner: Worker, at: datetime) -> bool:
    return owner.is_active and books().staffing.present(owner.pk, timezone.localdate(at)) is not None


@transaction.atomic
def accept(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """受理: where a kind asks for it, the office's own decision, from which the legal period runs."""
    at, case = now_or(at), locked(case)
    before = move(case, "accept")
    if before == State.WAITING:
        _clockwork.resume(case, at)
    _clockwork.stop(case, Event.TAKEN_UP, at=at)
    in_hand(case)
    set_accepted(case, at)
    return saved(case, "accepted", by, at, **moved(case, before))


@transaction.atomic
def start(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """办理中: the work has begun."""
    at, case = now_or(at), locked(case)
    before = move(case, "start")
    in_hand(case)
    accepted(case, at)
    return saved(case, "started", by, at, **moved(case, before))


@transaction.atomic
def refuse(*, case: Case, by: Actor, reason: str, remedy: str, at: datetime | None = None) -> Case:
    """不予受理: a person's decision, with the reason and what the resident can do instead; to be told too."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=2000, field="reason")
    remedy = clean_text(remedy, most=2000, field="remedy")
    before = move(case, "refuse")
    say(case, MessageKind.ANSWER, by, f"{reason}\n\n{remedy}", at)
    case.answered_at, case.told_at, case.told_how = at, None, ""
    return _ended(case, "refused", by, at, before)


@transaction.atomic
def ask(*, case: Case, by: Actor, text: str, papers: Sequence[str] = (), at: datetime | None = None) -> Case:
    """Ask the resident for what is missing, told once and completely; the clocks that may, stand still."""
    at, case = now_or(at), locked(case)
    text = clean_text(text, most=5000)
    names = list(dict.fromkeys(clean_text(str(name), most=100, field="papers") for name in papers))
    before = move(case, "ask")
    in_hand(case)
    accepted(case, at)
    _clockwork.stop(case, Event.ACCEPTED, at=at)
    say(case, MessageKind.ASK, by, text, at)
    PaperAsked.objects.bulk_create(
        [PaperAsked(case=case, name=name, asked_at=at) for name in names], ignore_conflicts=True
    )
    _clockwork.pause(case, at)
    notify_resident(case=case, event=f"asked:{at.timestamp():.0f}", template="case_asked", by=by)
    return saved(case, "asked", by, at, papers=names, **moved(case, before))


@transaction.atomic
def supplement(
    *,
    case: Case,
    by: Actor,
    text: str,
    papers: Sequence[str] = (),
    channel: str = "",
    at: datetime | None = None,
) -> Case:
    """The resident (or who speaks for them) adds something; a waiting matter goes on.

    Where acceptance is still owed, its period begins anew with the complete papers.
    """
    at, case = now_or(at), locked(case)
    text = clean_text(text, most=20_000)
    before = move(case, "supplement")
    say(case, MessageKind.SUPPLEMENT, by, text, at, channel=channel)
    warn(case, text, by, at)
    names = [str(name) for name in papers]
    case.papers_asked.filter(name__in=names, given_at=None).update(given_at=at)
    if before == State.WAITING:
        _clockwork.resume(case, at)
        if is_pending(case):
            _clockwork.start(case, Event.OPENED, at, unless_stops=_clockwork.ALL_BUT_ACCEPTING)
    return saved(case, "supplemented", by, at, papers=names, **moved(case, before))


@transaction.atomic
def answer(*, case: Case, by: Actor, text: str, laws: Sequence[str] = (), at: datetime | None = None) -> Case:
    """The answer and the law it rests on. It stops the answer's clocks; telling has a clock of its own."""
    return _answer(locked(case), by, text, laws, now_or(at))


@transaction.atomic
def answer_at_once(
    *, case: Case, by: Actor, text: str, how: str, laws: Sequence[str] = (), at: datetime | None = None
) -> Case:
    """Answered, told and closed in one, face to face or while the caller is on the line: three entries."""
    at, case = now_or(at), locked(case)
    with as_one(case, by, at):
        _answer(case, by, text, laws, at)
        _tell(case, by, how, "", at)
        _close(case, by, "", at)
    return case


def _answer(case: Case, by: Actor, text: str, laws: Sequence[str], at: datetime) -> Case:
    text = clean_text(text)
    before = move(case, "answer")
    named = [law.strip()[:200] for law in laws if law.strip()]
    return _answered(case, "answered", by, at, before, text, named)


@transaction.atomic
def guide(
    *,
    case: Case,
    by: Actor,
    office: str,
    papers: Sequence[str] = (),
    text: str = "",
    at: datetime | None = None,
) -> Case:
    """指引: the right office and the right papers, as a route card to print."""
    at, case = now_or(at), locked(case)
    office = clean_text(office, most=500, field="office")
    before = move(case, "guide")
    return _answered(case, "guided", by, at, before, _route_card(office, papers, text), [])


def _route_card(office: str, papers: Sequence[str], text: str) -> str:
    """What the resident reads: in the house's language, whatever the clerk's pages are in."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = [_("请到：%(office)s") % {"office": office}]
        if papers:
            lines.append(_("请带：%(papers)s") % {"papers": "、".join(str(paper) for paper in papers)})
    return clean_text("\n".join([*lines, text]))


def _answered(
    case: Case, verb: str, by: Actor, at: datetime, before: str, text: str, laws: list[str]
) -> Case:
    refuse_open_handover(case)
    in_hand(case)
    message = say(case, MessageKind.ANSWER, by, text, at, laws=laws)
    accepted(case, at)
    if before == State.WAITING:
        _clockwork.resume(case, at)
    _clockwork.stop(case, Event.ACCEPTED, Event.ANSWERED, at=at)
    case.answered_at, case.told_at, case.told_how = at, None, ""
    _clockwork.start(case, Event.ANSWERED, at)
    notify_resident(case=case, event=f"answered:{message.pk}", template="case_answered", by=by)
    return saved(case, verb, by, at, laws=laws, message=message.pk, **moved(case, before))


@transaction.atomic
def tell(*, case: Case, by: Actor, how: str, note: str = "", at: datetime | None = None) -> Case:
    """已告知: the resident has heard it: who told, how, when."""
    return _tell(locked(case), by, how, note, now_or(at))


def _tell(case: Case, by: Actor, how: str, note: str, at: datetime) -> Case:
    if how not in Tell.values:
        raise Refused(_("请选择告知方式。"), code="bad_choice", field="how")
    move(case, "tell")
    if note.strip():
        say(case, MessageKind.NOTE, by, clean_text(note, most=2000, field="note"), at, public=False)
    return tell_now(case, by, at, how)


def seen_answer(*, case: Case, by: Actor, how: str = Tell.FOLLOW, at: datetime | None = None) -> Case:
    """The resident reads the answer on the follow page, or the partner fetches it: told, once.

    Cheap where there is nothing to do: no lock and no query.
    """
    if not _is_untold(case):
        return case
    with transaction.atomic():
        case = locked(case)
        return tell_now(case, by, now_or(at), how) if _is_untold(case) else case


def _is_untold(case: Case) -> bool:
    return case.told_at is None and case.state in (State.ANSWERED, State.REFUSED)


@transaction.atomic
def close(*, case: Case, by: Actor, note: str = "", at: datetime | None = None) -> Case:
    """办结: only when the resident has been told. Raises Refused "not_told", "wrong_state"."""
    return _close(locked(case), by, note, now_or(at))


def _close(case: Case, by: Actor, note: str, at: datetime) -> Case:
    before = move(case, "close")
    if case.told_at is None:
        raise Refused(
            _("还没有告知群众，不能办结。"), code="not_told", do=_("请先登记“已告知”：谁、怎样、何时告知的。")
        )
    refuse_open_handover(case)
    if note.strip():
        say(case, MessageKind.NOTE, by, clean_text(note, most=2000, field="note"), at, public=False)
    return _ended(case, "closed", by, at, before)


@transaction.atomic
def withdraw(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """The resident takes the matter back; no reason is too small, but it is written down."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=2000, field="reason")
    before = move(case, "withdraw")
    say(case, MessageKind.SUPPLEMENT, by, reason, at)
    return _ended(case, "withdrawn", by, at, before)


def _ended(case: Case, verb: str, by: Actor, at: datetime, before: str) -> Case:
    """A matter ends: its clocks stop, an offer that nobody answered is taken back.

    The return call of a bad rating is owed all the same; so is telling a refusal.
    """
    case.closed_at = at
    case.needs_designation = False
    Handover.objects.filter(case=case, state=HandoverState.OFFERED).update(
        state=HandoverState.TAKEN_BACK, answered_at=at, answered_by=by.name
    )
    _clockwork.stop(case, *_STOPPED_BY.get(verb, ()), at=at)
    _clockwork.cancel(case, at, unless_stops=(Event.CALLED_BACK,))
    if verb == "refused":
        _clockwork.start(case, Event.ANSWERED, at)
    notify_resident(case=case, event=f"{verb}:{at.timestamp():.0f}", template=f"case_{verb}", by=by)
    return saved(case, verb, by, at, **moved(case, before))


@transaction.atomic
def reopen(*, case: Case, by: Actor, reason: str, at: datetime | None = None, verb: str = "reopen") -> Case:
    """恢复办理: back to work with a new clock; 重办 (verb "redo") only after an unhappy return call."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=2000, field="reason")
    before = move(case, verb)
    case.closed_at = case.told_at = None
    case.told_how = ""
    _clockwork.cancel(case, at, only_own=True, unless_stops=(Event.CALLED_BACK,))
    say(case, MessageKind.NOTE, by, reason, at, public=False)
    _clockwork.start(case, Event.OPENED, at, unless_stops=(Event.TAKEN_UP,) if case.owner_id else ())
    if not is_pending(case):
        _clockwork.start(case, Event.ACCEPTED, at)
    return saved(case, "reopened" if verb == "reopen" else "redone", by, at, **moved(case, before))


@transaction.atomic
def note(*, case: Case, by: Actor, text: str, at: datetime | None = None) -> Case:
    """An internal remark; the resident does not see it."""
    at, case = now_or(at), locked(case)
    move(case, "note")
    say(case, MessageKind.NOTE, by, clean_text(text, most=5000), at, public=False)
    return saved(case, "noted", by, at)


@transaction.atomic
def convert(*, case: Case, by: Actor, kind: str, reason: str, at: datetime | None = None) -> Case:
    """Another kind for the same matter: same number, same history, the clocks of the new kind.

    A kind with an acceptance of its own waits for it, whatever was accepted before.
    """
    at, case = now_or(at), locked(case)
    if kind not in KINDS or kind == case.kind:
        raise Refused(_("请选择另一类业务。"), code="unknown_kind", field="kind")
    reason = clean_text(reason, most=500, field="reason")
    state, before = move(case, "convert"), case.kind
    case.kind, case.stage = kind, ""
    if KINDS.get(kind).is_formal:
        case.accepted_at = None
        case.state = State.WAITING if state == State.WAITING else State.RECEIVED
    elif case.accepted_at is None and case.owner_id and state == State.RECEIVED:
        case.state, case.accepted_at = State.ACCEPTED, at
    _clockwork.cancel(case, at, only_own=True, unless_stops=(Event.TAKEN_UP, Event.CALLED_BACK))
    _clockwork.change_stage(case, stage_after(line_work(kind).stages, "", case.state), at)
    _clockwork.start(case, Event.OPENED, at, unless_stops=(Event.TAKEN_UP,) if case.owner_id else ())
    if case.accepted_at:
        _clockwork.start(case, Event.ACCEPTED, at)
    if case.state == State.WAITING:
        _clockwork.pause(case, at)
    line_work(kind).on_open(case=case, by=by)
    return saved(case, "converted", by, at, why=reason, state=case.state, **{"from": before, "to": kind})
