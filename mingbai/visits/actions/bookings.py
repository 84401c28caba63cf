"""Bookings: taken under the database's constraint, moved, cancelled, reminded of; no-shows counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel
from mingbai.cases.queries import hashed
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.visits.actions._displace import settle
from mingbai.visits.actions._record import (
    enter,
    give_code,
    locked,
    no_such_slot,
    now_or,
    slot_taken,
)
from mingbai.visits.actions._tell import tell
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.slots import Book, book, is_near, next_free, serves
from mingbai.visits.queries.visits import booked_from
from mingbai.visits.rules.slots import Slot
from mingbai.visits.rules.visits import Visitor, booked_visitor, check_channel, check_line

MOST_OPEN = 3
"""How many bookings one telephone may hold: nobody empties a calendar for others."""
_REMIND_FROM = 8
"""The hour of the day before from which a reminder goes out: nobody is woken."""


@dataclass(frozen=True)
class Wish:
    """A time that somebody chose: an opening (primary key) and the aware start of one of its slots.

    `line` may be "" only for a leader's reception. `client_key` makes a double click one booking.
    """

    opening: int
    starts_at: datetime
    line: str = ""
    visitor: Visitor = field(default_factory=Visitor)
    channel: str = Channel.WEB
    client_key: str = ""
    by_staff: bool = False


def take_slot(*, by: Actor, wish: Wish, at: datetime | None = None) -> Visit:
    """Book it. Of two at the same instant the database lets one have it; the other is offered the next ones.

    Raises Refused "slot_taken", "no_such_slot" (outside the opening, in the past, on a holiday), "too_many",
    "line_not_here" and those of `rules.visits.booked_visitor`.
    """
    at = now_or(at)
    if earlier := _sent_before(wish.client_key):
        return earlier
    opening = Opening.objects.select_related("station").filter(pk=wish.opening).first()
    if opening is None:
        raise no_such_slot([])
    visit = _draft(opening, wish, by, at)
    slot = _slot(opening, wish.starts_at, visit.line, at, by_staff=wish.by_staff)
    with transaction.atomic():
        _refuse_hoard(visit, wish)
        earlier = _seated(visit, slot, wish.client_key)
        if earlier is not None:
            return earlier
        enter(visit, "booked", by, at, opening=opening.pk, starts=slot.starts_at.isoformat(), line=visit.line)
        tell(visit, "visit_booked", by)
    return visit


def _sent_before(client_key: str) -> Visit | None:
    return Visit.objects.filter(client_key=client_key).first() if client_key else None


def _draft(opening: Opening, wish: Wish, by: Actor, at: datetime) -> Visit:
    """The row, encrypted and checked before the database is locked."""
    is_reception, is_home = opening.kind == VisitKind.RECEPTION, opening.kind == VisitKind.HOME
    visitor = booked_visitor(wish.visitor, needs_text=is_reception, needs_place=is_home)
    line = "" if is_reception and not wish.line else check_line(wish.line, opening.lines)
    if line and not serves(opening, line):
        check_line(line, ["-"])
    visit = Visit(
        kind=opening.kind,
        state=VisitState.BOOKED,
        station=opening.station,
        opening=opening,
        line=line,
        channel=check_channel(wish.channel),
        client_key=wish.client_key,
        phone_hash=hashed("phone", visitor.phone),
        written_by=by.name,
        written_at=at,
    )
    visit.name, visit.phone, visit.text, visit.place = (
        visitor.name, visitor.phone, visitor.text, visitor.place,
    )  # fmt: skip
    give_code(visit)
    return visit


def _slot(opening: Opening, starts_at: datetime, line: str, at: datetime, *, by_staff: bool) -> Slot:
    """The slot that begins then and still has a seat. Raises Refused "no_such_slot", "slot_taken"."""
    on = timezone.localdate(starts_at)
    found = book([opening], on, on)
    slot = next((one for one in found.slots if one.starts_at == starts_at), None)
    if slot is None or starts_at <= at or not _may_book(found, slot, by_staff=by_staff):
        raise no_such_slot(_others(opening, line, at))
    if not slot.free:
        raise slot_taken(_others(opening, line, starts_at))
    return slot


def _may_book(found: Book, slot: Slot, *, by_staff: bool) -> bool:
    """Who serves at the desk may book further ahead, and openings that the public does not see."""
    return by_staff or (found.openings[slot.opening].is_public and is_near(found, slot, timezone.localdate()))


def _others(opening: Opening, line: str, after: datetime) -> list[Slot]:
    """The next times of the same sort there, else from today on."""
    there = [opening.station_id]
    return next_free(there, kind=opening.kind, line=line, after=after) or next_free(
        there, kind=opening.kind, line=line
    )


def _refuse_hoard(visit: Visit, wish: Wish) -> None:
    if not visit.phone_hash or wish.by_staff:
        return
    theirs = Visit.objects.filter(phone_hash=visit.phone_hash, state=VisitState.BOOKED)
    if theirs.count() >= MOST_OPEN:
        raise Refused(
            _("这个电话已有 %(most)d 个预约。") % {"most": MOST_OPEN},
            code="too_many",
            field="phone",
            do=_("办完或取消一个，就能再约。"),
        )


def _seated(visit: Visit, slot: Slot, client_key: str = "") -> Visit | None:
    """Give the visit a free seat of the slot, saved; the earlier visit where the same click came twice.

    Raises Refused "slot_taken" when the last seat went at this very moment.
    """
    visit.starts_at, visit.ends_at = slot.starts_at, slot.ends_at
    visit.on, visit.at = timezone.localdate(slot.starts_at), slot.starts_at
    for seat in _free_seats(visit, slot):
        visit.seat = seat
        try:
            with transaction.atomic():
                visit.save(force_insert=visit.pk is None)
        except IntegrityError:
            if earlier := _sent_before(client_key):
                return earlier
            continue
        return None
    opening = visit.opening
    raise slot_taken(_others(opening, visit.line, slot.starts_at) if opening else [])


def _free_seats(visit: Visit, slot: Slot) -> Iterable[int]:
    """The lowest first, read within the transaction: of many at once few must try twice."""
    held = Visit.objects.filter(opening=slot.opening, starts_at=slot.starts_at, seat__isnull=False)
    kept = held.exclude(state=VisitState.CANCELLED).exclude(pk=visit.pk)
    taken = set(kept.values_list("seat", flat=True))
    return [seat for seat in range(slot.capacity) if seat not in taken]


# ── moved, cancelled ──


def move_booking(
    *,
    by: Actor,
    visit: Visit,
    opening: Opening,
    starts_at: datetime,
    by_staff: bool = False,
    at: datetime | None = None,
) -> Visit:
    """Another time, under the same code; the old seat is free in the same instant.

    Raises Refused "slot_taken", "no_such_slot", "not_booked", "other_kind". Refused, the old time stands.
    """
    at = now_or(at)
    if opening.kind != visit.kind:
        raise Refused(_("只能改到同一类的接待时间。"), code="other_kind", field="slot")
    slot = _slot(opening, starts_at, visit.line, at, by_staff=by_staff)
    with transaction.atomic():
        found = _booked(visit)
        was = f"{found.opening_id} {found.starts_at}"
        if (found.opening_id, found.starts_at) == (opening.pk, starts_at):
            return found
        found.opening, found.station, found.displaced_at = opening, opening.station, None
        found.tour_seq = None
        _seated(found, slot)
        enter(found, "moved", by, at, was=was, opening=opening.pk, starts=starts_at.isoformat())
        tell(found, "visit_booked", by, once=at.isoformat())
    return found


def _booked(visit: Visit) -> Visit:
    found = locked(visit)
    if found.state != VisitState.BOOKED or found.starts_at is None:
        raise Refused(_("这个预约已经办完或取消。"), code="not_booked")
    return found


@transaction.atomic
def cancel_booking(*, by: Actor, visit: Visit, reason: str = "", at: datetime | None = None) -> Visit:
    """The seat is free for somebody else. Raises Refused "not_booked"."""
    at, found = now_or(at), _booked(visit)
    found.reason = clean_text(reason, most=300, field="reason") if reason.strip() else ""
    found.state, found.ended_at = VisitState.CANCELLED, at
    found.save(update_fields=["state", "ended_at", "reason"])
    enter(found, "cancelled", by, at, why=found.reason if by.kind == "user" else "")
    if by.kind != "resident":
        tell(found, "visit_cancelled", by, reason=found.reason)
    return found


# ── what the clock does ──


def remind(*, by: Actor, now: datetime) -> int:
    """The day before, from the morning on: one reminder a booking and time, however often it is run."""
    if timezone.localtime(now).hour < _REMIND_FROM:
        return 0
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    due = booked_from(now).filter(on=tomorrow, displaced_at=None)
    # Booked on the last day itself: they know.
    fresh = [visit for visit in due if timezone.localdate(visit.written_at) < timezone.localdate(now)]
    return sum(_reminded(visit, by) for visit in fresh)


@transaction.atomic
def _reminded(visit: Visit, by: Actor) -> bool:
    return tell(visit, "visit_tomorrow", by)


@transaction.atomic
def note_no_shows(*, by: Actor, now: datetime) -> int:
    """Who has not come by the end of the day: counted, not punished."""
    today = timezone.localdate(now)
    rows = Visit.objects.filter(state=VisitState.BOOKED, on__lt=today).order_by("id")
    late = list(rows.select_for_update(of=("self",), skip_locked=True)[:500])
    for visit in late:
        visit.state, visit.ended_at = VisitState.NO_SHOW, now
        visit.save(update_fields=["state", "ended_at"])
        enter(visit, "no_show", by, now, displaced=visit.displaced_at is not None)
    return len(late)


@transaction.atomic
def settle_bookings(*, by: Actor, now: datetime, reason: str = "", days: Iterable[date] = ()) -> int:
    """Compare all bookings to come with the slots there are now: after a holiday that was added, leave, a
    shut station. `days` narrows it. Return how many lost or regained their time."""
    rows = booked_from(now)
    rows = rows.filter(on__in=list(days)) if days else rows
    return settle(list(rows.select_for_update(of=("self",))), by, now, reason)
