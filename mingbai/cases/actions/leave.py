"""Leave stalls no matter: what comes due while its owner is away, and nobody can step in, is designated."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions._record import enter, locked, now_or
from mingbai.cases.enums import WaitingOn
from mingbai.cases.models import Case
from mingbai.cases.queries import books
from mingbai.core.actor import SYSTEM, Actor
from mingbai.people.rules import Staffing


def raise_unattended(*, by: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Give to the supervisor what an absent person holds; return how many matters.

    Only where nobody stands in for them, nobody else serves at the station that day, and the matter comes
    due before they are back. Colleagues need no supervisor: they may take it up (`work.take_up`). Not on a
    day off, when a station is empty anyway. Bears being run again: a matter is entered once.
    """
    now = now_or(now)
    book, today = books(), timezone.localdate(now)
    if not book.places.workdays.is_workday(today):
        return 0
    return sum(
        _raise(pk, worker, until, by, now)
        for worker, until in _away(book.staffing, today).items()
        for pk, station in _due_before(worker, until)
        if not book.staffing.has_anybody(station, today)
    )


def _away(staff: Staffing, today: date) -> dict[int, date]:
    """Who is absent without anybody standing in, and the last day of it."""
    return {
        worker: max(row.ends_on for row in rows if row.covers(today))
        for worker, rows in staff.absences.items()
        if worker in staff.workers and staff.is_absent(worker, today) and not staff.present(worker, today)
    }


def _due_before(worker: int, until: date) -> list[tuple[int, str]]:
    back = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    held = Case.objects.filter(owner_id=worker, waiting_on=WaitingOn.STATION, due_at__lt=back)
    return list(held.filter(needs_designation=False, closed_at=None).values_list("pk", "station_id"))


@transaction.atomic
def _raise(pk: int, worker: int, until: date, by: Actor, now: datetime) -> int:
    case = locked(Case(pk=pk))
    if case.needs_designation or case.owner_id != worker or case.waiting_on != WaitingOn.STATION:
        return 0
    case.needs_designation = True
    case.save(update_fields=["needs_designation"])
    owner = books().staffing.workers[worker]
    enter(case, "unattended", by, now, worker=owner.code, until=until.isoformat())
    return 1
