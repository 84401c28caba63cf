"""Visits that happened: written down with two keys, line and outcome; more may follow; forgotten in time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, Mode
from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions._record import enter, give_code, locked, now_or
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Visit
from mingbai.visits.rules.visits import Visitor, check_line, check_outcome, clean_visitor

KEPT = timedelta(days=3 * 365)
"""As long as a claim lives by the common rule (民法典 Art. 188): so long somebody may come back to it."""
MOST_SAID = 4000
_RECORDABLE = (
    VisitState.BOOKED, VisitState.WAITING, VisitState.CALLED, VisitState.ABSENT, VisitState.NO_SHOW
)  # fmt: skip


@dataclass(frozen=True)
class Note:
    """What is written down of a visit. Only `line` and `outcome` are needed."""

    line: str
    outcome: str
    window: int | None = None
    foreign_number: str = ""
    visitor: Visitor = field(default_factory=Visitor)
    client_key: str = ""
    said: str = ""


@transaction.atomic
def record_visit(
    *,
    by: Actor,
    station: Station,
    note: Note,
    worker: Worker | None = None,
    at: datetime | None = None,
) -> Visit:
    """Somebody came to the window, with or without a number. The same `client_key` again is the same visit.

    Raises Refused "unknown_line", "line_not_here", "unknown_outcome", "bad_phone".
    """
    at = now_or(at)
    if note.client_key and (earlier := Visit.objects.filter(client_key=note.client_key).first()):
        return earlier
    visit = Visit(
        kind=VisitKind.WALK_IN,
        state=VisitState.SERVED,
        station=station,
        channel=Channel.WINDOW,
        on=timezone.localdate(at),
        at=at,
        ended_at=at,
        client_key=note.client_key,
        written_by=by.name,
        written_at=at,
    )
    _fill(visit, note, worker)
    give_code(visit)
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError:
        # A double click: the other one is just being written.
        return Visit.objects.get(client_key=note.client_key)
    enter(visit, "recorded", by, at, line=visit.line, outcome=visit.outcome, window=visit.window or 0)
    return visit


@transaction.atomic
def serve(
    *, by: Actor, visit: Visit, note: Note, worker: Worker | None = None, at: datetime | None = None
) -> Visit:
    """What came of a booking or a ticket; the same `client_key` of the note again is the same end.

    Raises Refused "not_open" and those of `record_visit`.
    """
    at, found = now_or(at), locked(visit)
    if _ended_by(found, note.client_key):
        return found
    if found.state not in _RECORDABLE:
        raise Refused(_("这次来访已经办完或取消。"), code="not_open")
    _fill(found, note, worker)
    if found.kind in (VisitKind.BOOKING, VisitKind.RECEPTION, VisitKind.HOME) and found.called_at is None:
        found.at = min(at, found.at)
    found.state, found.ended_at, found.end_key = VisitState.SERVED, at, note.client_key
    found.save()
    enter(found, "served", by, at, line=found.line, outcome=found.outcome, window=found.window or 0)
    return found


def _ended_by(visit: Visit, key: str) -> bool:
    return bool(key) and visit.end_key == key


@transaction.atomic
def met(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """Who was booked came, and what was done stands in their matter. What ended otherwise stays so."""
    at, found = now_or(at), locked(visit)
    if found.state not in (VisitState.BOOKED, VisitState.NO_SHOW):
        return found
    found.at, found.outcome = min(at, found.at), found.outcome or Mode.ACCEPTED
    found.state, found.ended_at = VisitState.SERVED, at
    found.save()
    enter(found, "served", by, at, line=found.line, outcome=found.outcome, window=found.window or 0)
    return found


def _fill(visit: Visit, note: Note, worker: Worker | None) -> None:
    """Line, outcome, window, who served; of the visitor what was typed now, else what is known."""
    row = register().stations.get(visit.station_id)
    visit.line = check_line(note.line, row.lines if row else ())
    visit.outcome = check_outcome(note.outcome)
    visit.window = note.window if note.window is not None else visit.window
    visit.foreign_number = note.foreign_number.strip()[:16] or visit.foreign_number
    visit.worker = worker or visit.worker
    who = clean_visitor(note.visitor)
    if who.name:
        visit.name = who.name
    if who.phone:
        visit.phone, visit.phone_hash = who.phone, hashed("phone", who.phone)
    if who.text:
        visit.text = who.text
    if note.said.strip():
        visit.said = clean_text(note.said, most=MOST_SAID, field="said")


@transaction.atomic
def not_met(*, by: Actor, visit: Visit, reason: str, key: str = "", at: datetime | None = None) -> Visit:
    """We went and nobody was there, or nobody came: said at once, not at the end of the day. The same `key`
    again is the same end.

    Raises Refused "not_open", "too_early" before its time, "empty_text".
    """
    at, found = now_or(at), locked(visit)
    if _ended_by(found, key):
        return found
    if found.state != VisitState.BOOKED:
        raise Refused(_("这次来访已经办完或取消。"), code="not_open")
    if found.starts_at is not None and at < found.starts_at:
        raise Refused(_("还没有到约定的时间。"), code="too_early")
    found.reason = clean_text(reason, most=300, field="reason")
    found.state, found.ended_at, found.end_key = VisitState.NO_SHOW, at, key
    found.save(update_fields=["state", "ended_at", "end_key", "reason"])
    enter(found, "no_show", by, at, why=found.reason)
    return found


@transaction.atomic
def bind_case(*, by: Actor, visit: Visit, case: Case, at: datetime | None = None) -> Visit:
    """The visit belongs to a matter that there is already. Raises Refused "has_case"."""
    at, found = now_or(at), locked(visit)
    if found.case_id is not None and found.case_id != case.pk:
        raise Refused(_("这次来访已经归入另一件。"), code="has_case")
    if found.case_id is None:
        found.case = case
        found.save(update_fields=["case"])
        enter(found, "bound", by, at, case=case.number)
    return found


@transaction.atomic
def show_visitor(*, by: Actor, visit: Visit, at: datetime | None = None) -> tuple[str, str]:
    """Name and telephone in clear; the look is in the visit's history."""
    enter(visit, "person_shown", by, now_or(at))
    return visit.name, visit.phone


def forget_visits(*, by: Actor, now: datetime) -> int:
    """Destroy who came and what was said, once it is kept for long enough; the figures stay."""
    old = Visit.objects.filter(ended_at__lt=now - KEPT).exclude(key=b"")
    return old.update(
        key=b"", name_sealed=b"", phone_sealed=b"", text_sealed=b"", said_sealed=b"", place_sealed=b"",
        spot_sealed=b"", code_sealed=b"", phone_hash="", code_hash="",
    )  # fmt: skip
