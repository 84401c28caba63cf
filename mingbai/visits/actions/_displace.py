"""Bookings whose slot is gone: each is marked, told why, and offered the next times."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.visits.actions._record import enter
from mingbai.visits.actions._tell import tell, tell_displaced
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.slots import MOST_DAYS, book, next_free
from mingbai.visits.queries.visits import booked_from


def settle_opening(opening: Opening, by: Actor, at: datetime, reason: str) -> int:
    """Compare the bookings of one opening with its slots; return how many lost or regained theirs."""
    rows = booked_from(at).filter(opening=opening).select_for_update(of=("self",))
    return settle(list(rows), by, at, reason)


def settle(bookings: Iterable[Visit], by: Actor, at: datetime, reason: str) -> int:
    """Mark what is gone, unmark what is back, tell both. The rows are held by the caller."""
    by_opening: dict[int, list[Visit]] = defaultdict(list)
    for visit in bookings:
        if visit.opening_id is not None and visit.starts_at is not None:
            by_opening[visit.opening_id].append(visit)
    return sum(_settle(rows, by, at, reason) for rows in by_opening.values())


def _settle(rows: list[Visit], by: Actor, at: datetime, reason: str) -> int:
    opening = rows[0].opening
    assert opening is not None
    first, last = min(row.on for row in rows), max(row.on for row in rows)
    last = min(last, first + timedelta(days=MOST_DAYS - 1))
    there = {slot.starts_at for slot in book([opening], first, last).slots}
    changed = 0
    for row in rows:
        is_gone = row.starts_at not in there and row.on <= last
        if is_gone and row.displaced_at is None:
            _displaced(row, opening, by, at, reason)
            changed += 1
        elif not is_gone and row.displaced_at is not None and row.starts_at in there:
            _stands(row, by, at)
            changed += 1
    return changed


def _displaced(visit: Visit, opening: Opening, by: Actor, at: datetime, reason: str) -> None:
    visit.displaced_at = at
    visit.save(update_fields=["displaced_at"])
    others = next_free([visit.station_id], kind=opening.kind, line=visit.line, after=timezone.now())
    told = tell_displaced(visit, by, at, reason, others)
    enter(visit, "displaced", by, at, told=told, why=reason)


def _stands(visit: Visit, by: Actor, at: datetime) -> None:
    """A closure was taken back before they chose another time."""
    visit.displaced_at = None
    visit.save(update_fields=["displaced_at"])
    enter(visit, "stands", by, at, told=tell(visit, "visit_stands", by, once=at.isoformat()))
