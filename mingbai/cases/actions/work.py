"""Working a matter: take up, accept, ask, answer, tell, close, and their ways back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import locked, move, now_or, saved
from mingbai.cases.actions.notices import notify_resident
from mingbai.cases.enums import AuthorKind, Event, HandoverState, MessageKind, State, Tell
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Handover, Message, PaperAsked
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
    """A person of the owning station becomes the owner (接办), and the matter is accepted."""
    at, case = now_or(at), locked(case)
    if case.owner_id and case.owner_id != worker.pk:
        raise Refused(
            _("%(name)s已接办。") % {"name": case.owner},
            code="has_owner",
            do=_("需要换人时请站点负责人分派。"),
        )
    before = move(case, "take_up")
    case.owner = worker
    _accepted(case, before, at)
    return saved(case, "taken_up", by, at, worker=worker.code, **{"from": before, "to": case.state})


@transaction.atomic
def accept(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """受理, without a person yet."""
    at, case = now_or(at), locked(case)
    before = move(case, "accept")
    _accepted(case, before, at)
    return saved(case, "accepted", by, at, **{"from": before, "to": case.state})


@transaction.atomic
def start(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """办理中: the work has begun."""
    at, case = now_or(at), locked(case)
    before = move(case, "start")
    _accepted(case, before, at)
    return saved(case, "started", by, at, **{"from": before, "to": case.state})


def _accepted(case: Case, before: str, at: datetime) -> None:
    """Fire the clocks of taking up and, once, of accepting."""
    _clockwork.stop(case, Event.TAKEN_UP, at)
    if before == State.RECEIVED:
        _clockwork.stop(case, Event.ACCEPTED, at)
        _clockwork.start(case, Event.ACCEPTED, at)


@transaction.atomic
def refuse(*, case: Case, by: Actor, reason: str, remedy: str, at: datetime | None = None) -> Case:
    """不予受理: a person's decision, with the reason and what the resident can do instead."""
    at, case = now_or(at), locked(case)
    reason, remedy = (
        clean_text(reason, most=2000, field="reason"),
        clean_text(remedy, most=2000, field="remedy"),
    )
    before = move(case, "refuse")
    _say(case, MessageKind.ANSWER, AuthorKind.STAFF, by, f"{reason}\n\n{remedy}", at)
    return _ended(case, "refused", by, at, before)


@transaction.atomic
def ask(*, case: Case, by: Actor, text: str, papers: Sequence[str] = (), at: datetime | None = None) -> Case:
    """Ask the resident for what is missing, told once and completely; the clocks that may, stand still."""
    at, case = now_or(at), locked(case)
    text = clean_text(text, most=5000)
    before = move(case, "ask")
    _accepted(case, before, at)
    _say(case, MessageKind.ASK, AuthorKind.STAFF, by, text, at)
    for name in papers:
        PaperAsked.objects.get_or_create(
            case=case, name=clean_text(name, most=100, field="papers"), defaults={"asked_at": at}
        )
    _clockwork.pause(case, at)
    notify_resident(case=case, event=f"asked:{at.timestamp():.0f}", template="case_asked", by=by)
    return saved(case, "asked", by, at, papers=list(papers), **{"from": before, "to": case.state})


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
    """The resident (or who speaks for them) adds something; a waiting matter goes on."""
    at, case = now_or(at), locked(case)
    text = clean_text(text, most=20_000)
    before = move(case, "supplement")
    author = {"resident": AuthorKind.RESIDENT, "partner": AuthorKind.PARTNER}.get(by.kind, AuthorKind.STAFF)
    _say(case, MessageKind.SUPPLEMENT, author, by, text, at, channel=channel)
    case.papers_asked.filter(name__in=papers, given_at=None).update(given_at=at)
    if before == State.WAITING:
        _clockwork.resume(case, at)
    return saved(case, "supplemented", by, at, papers=list(papers), **{"from": before, "to": case.state})


@transaction.atomic
def answer(*, case: Case, by: Actor, text: str, laws: Sequence[str] = (), at: datetime | None = None) -> Case:
    """The answer and the law it rests on. It stops the answer's clocks; telling has a clock of its own."""
    at, case = now_or(at), locked(case)
    text = clean_text(text)
    before = move(case, "answer")
    return _answered(case, "answered", by, at, before, text, [law.strip() for law in laws if law.strip()])


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
    lines = [_("请到：%(office)s") % {"office": office}]
    if papers:
        lines.append(_("请带：%(papers)s") % {"papers": "、".join(str(paper) for paper in papers)})
    return _answered(case, "guided", by, at, before, "\n".join([*lines, text.strip()]).strip(), [])


def _answered(
    case: Case, verb: str, by: Actor, at: datetime, before: str, text: str, laws: list[str]
) -> Case:
    _refuse_open_handover(case)
    message = _say(case, MessageKind.ANSWER, AuthorKind.STAFF, by, text, at, laws=laws)
    _accepted(case, before, at)
    if before == State.WAITING:
        _clockwork.resume(case, at)
    _clockwork.stop(case, Event.ANSWERED, at)
    case.answered_at, case.told_at, case.told_how = at, None, ""
    _clockwork.start(case, Event.ANSWERED, at)
    notify_resident(case=case, event=f"answered:{message.pk}", template="case_answered", by=by)
    return saved(case, verb, by, at, laws=laws, message=message.pk, **{"from": before, "to": case.state})


@transaction.atomic
def tell(*, case: Case, by: Actor, how: str, note: str = "", at: datetime | None = None) -> Case:
    """已告知: the resident has heard it: who told, how, when."""
    at, case = now_or(at), locked(case)
    move(case, "tell")
    if how not in Tell.values:
        raise Refused(_("请选择告知方式。"), code="bad_choice", field="how")
    first = case.told_at is None
    case.told_at, case.told_how = at, how
    if note.strip():
        _say(case, MessageKind.NOTE, AuthorKind.STAFF, by, clean_text(note, most=2000), at, public=False)
    _clockwork.stop(case, Event.TOLD, at)
    if first and case.is_open:
        _clockwork.start(case, Event.TOLD, at)
    return saved(case, "told", by, at, how=how)


@transaction.atomic
def close(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """办结: only when the resident has been told."""
    at, case = now_or(at), locked(case)
    before = move(case, "close")
    if case.told_at is None:
        raise Refused(
            _("还没有告知群众，不能办结。"), code="not_told", do=_("请先登记“已告知”：谁、怎样、何时告知的。")
        )
    return _ended(case, "closed", by, at, before)


@transaction.atomic
def withdraw(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """The resident takes the matter back; no reason is too small, but it is written down."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=2000, field="reason")
    before = move(case, "withdraw")
    author = {"resident": AuthorKind.RESIDENT, "partner": AuthorKind.PARTNER}.get(by.kind, AuthorKind.STAFF)
    _say(case, MessageKind.SUPPLEMENT, author, by, reason, at)
    return _ended(case, "withdrawn", by, at, before)


@transaction.atomic
def reopen(*, case: Case, by: Actor, reason: str, at: datetime | None = None, verb: str = "reopen") -> Case:
    """恢复办理: back to work with a new clock; 重办 (verb "redo") only after an unhappy return call."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=2000, field="reason")
    before = move(case, verb)
    case.closed_at = case.told_at = None
    case.told_how = ""
    _clockwork.cancel(case, at)
    _say(case, MessageKind.NOTE, AuthorKind.STAFF, by, reason, at, public=False)
    _clockwork.start(case, Event.OPENED, at, unless_stops=(Event.TAKEN_UP,) if case.owner_id else ())
    _clockwork.start(case, Event.ACCEPTED, at)
    return saved(
        case, "reopened" if verb == "reopen" else "redone", by, at, **{"from": before, "to": case.state}
    )


@transaction.atomic
def note(*, case: Case, by: Actor, text: str, at: datetime | None = None) -> Case:
    """An internal remark; the resident does not see it."""
    at, case = now_or(at), locked(case)
    move(case, "note")
    _say(case, MessageKind.NOTE, AuthorKind.STAFF, by, clean_text(text, most=5000), at, public=False)
    return saved(case, "noted", by, at)


@transaction.atomic
def convert(*, case: Case, by: Actor, kind: str, reason: str, at: datetime | None = None) -> Case:
    """Another kind for the same matter: same number, same history, the clocks of the new kind."""
    at, case = now_or(at), locked(case)
    if kind not in KINDS or kind == case.kind:
        raise Refused(_("请选择另一类业务。"), code="unknown_kind", field="kind")
    reason = clean_text(reason, most=500, field="reason")
    move(case, "convert")
    before, case.kind, case.stage = case.kind, kind, ""
    _clockwork.cancel(case, at)
    _clockwork.start(case, Event.OPENED, at, unless_stops=(Event.TAKEN_UP,) if case.owner_id else ())
    if case.state != State.RECEIVED:
        _clockwork.start(case, Event.ACCEPTED, at)
    KINDS.get(kind).on_open(case=case, by=by)
    return saved(case, "converted", by, at, why=reason, **{"from": before, "to": kind})


def _refuse_open_handover(case: Case) -> None:
    if case.handovers.filter(state=HandoverState.OFFERED).exists():
        raise Refused(
            _("转办还在等对方签收，现在不能答复。"), code="handover_open", do=_("要自己答复，请先收回转办。")
        )


def _say(
    case: Case,
    kind: str,
    author_kind: str,
    by: Actor,
    text: str,
    at: datetime,
    *,
    laws: Sequence[str] = (),
    channel: str = "",
    public: bool = True,
) -> Message:
    author = "" if author_kind == AuthorKind.RESIDENT else by.name
    message = Message(
        case=case,
        kind=kind,
        author_kind=author_kind,
        author=author,
        channel=channel,
        laws=list(laws),
        is_public=public,
        at=at,
    )
    message.text = text
    message.save(force_insert=True)
    return message


def _ended(case: Case, verb: str, by: Actor, at: datetime, before: str) -> Case:
    """A matter ends: its clocks stop, an offer that nobody answered is taken back."""
    case.closed_at = at
    case.needs_designation = False
    Handover.objects.filter(case=case, state=HandoverState.OFFERED).update(
        state=HandoverState.TAKEN_BACK, answered_at=at, answered_by=by.name
    )
    for event in _STOPPED_BY.get(verb, ()):
        _clockwork.stop(case, event, at)
    _clockwork.cancel(case, at)
    notify_resident(case=case, event=f"{verb}:{at.timestamp():.0f}", template=f"case_{verb}", by=by)
    return saved(case, verb, by, at, **{"from": before, "to": case.state})
