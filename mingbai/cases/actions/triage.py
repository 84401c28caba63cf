"""What a person says of a matter's topic, kind and urgency beside what was proposed: kept to learn from."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork, work
from mingbai.cases.actions._record import enter, locked, now_or, saved
from mingbai.cases.enums import Event
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.cases.queries import books
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.knowledge.actions import keep_label
from mingbai.knowledge.enums import Topic, Urgency


@transaction.atomic
def say_topic(*, case: Case, by: Actor, topic: str, proposed: str = "", at: datetime | None = None) -> Case:
    """What it is about. Raises Refused "bad_choice"."""
    at, case = now_or(at), locked(case)
    if topic not in Topic.values:
        raise _no_choice("topic")
    case.topic = topic
    case.save(update_fields=["topic"])
    _learn(case, by, "topic", topic, proposed, at)
    enter(case, "classified", by, at, topic=topic, proposed=proposed)
    return case


@transaction.atomic
def say_kind(*, case: Case, by: Actor, kind: str, proposed: str = "", at: datetime | None = None) -> Case:
    """Which line it belongs to: another one turns it over, with that line's clocks; the same one confirms it.

    Raises Refused "bad_choice", and what `convert` raises.
    """
    at, case = now_or(at), locked(case)
    if kind not in KINDS:
        raise _no_choice("kind")
    if kind != case.kind:
        case = work.convert(case=case, by=by, kind=kind, reason=_("按文字研判，由人确认"), at=at)
    else:
        enter(case, "kind_confirmed", by, at, to=kind, proposed=proposed)
    _learn(case, by, "kind", kind, proposed, at)
    return case


@transaction.atomic
def say_urgency(
    *, case: Case, by: Actor, is_urgent: bool, proposed: str = "", at: datetime | None = None
) -> Case:
    """Whether it cannot wait. Promises for urgent matters alone begin; clocks that run keep their time.

    Raises Refused "ended".
    """
    at, case = now_or(at), locked(case)
    if not case.is_open:
        raise Refused(_("这件事已经结束，不用再定急不急。"), code="ended")
    if is_urgent and not case.is_urgent:
        case.is_urgent = True
        _start_urgent(case, at)
    case.is_urgent = is_urgent
    _learn(case, by, "urgency", Urgency.URGENT if is_urgent else Urgency.NORMAL, proposed, at)
    return saved(case, "made_urgent" if is_urgent else "made_normal", by, at, proposed=proposed)


def _start_urgent(case: Case, at: datetime) -> None:
    """The clocks of rules that hold for urgent matters alone, none that the matter has had already."""
    book = books()
    rules = {rule.id for rule in book.rules.deadlines if rule.urgent_only}
    had = set(case.clocks.values_list("rule_id", flat=True))
    clocks = _clockwork.build(case, Event.OPENED, at, book)
    _clockwork.begin(case, [clock for clock in clocks if clock.rule_id in rules - had])


def learn_from_intake(*, case: Case, by: Actor, kind: str, urgency: str, at: datetime | None = None) -> None:
    """What the form of a desk says of kind and urgency, beside what was proposed (`kind`, `urgency`, or "").

    A field that nobody touched and for which nothing was proposed teaches nothing and is not kept.
    """
    at = now_or(at)
    said = Urgency.URGENT if case.is_urgent else Urgency.NORMAL
    if kind or case.kind != "consultation":
        _learn(case, by, "kind", case.kind, kind, at)
    if urgency or case.is_urgent:
        _learn(case, by, "urgency", said, urgency, at)


def _learn(case: Case, by: Actor, field: str, label: str, proposed: str, at: datetime) -> None:
    """Without names; a confidential matter teaches nobody."""
    if case.is_confidential:
        return
    names = [person.name for person in (case.speaker, case.party) if person]
    keep_label(by=by, text=case.text, field=field, label=label, proposed=proposed, names=names, at=at)


def _no_choice(field: str) -> Refused:
    return Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=field)
