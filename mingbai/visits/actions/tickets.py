"""Numbers of the day: taken, called, called again, absent, back, sent on. One hall, one lock."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.queries import hashed
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions._record import enter, give_code, locked, locked_hall, now_or
from mingbai.visits.enums import Priority, VisitKind, VisitState
from mingbai.visits.models import Visit
from mingbai.visits.queries.queue import called_at, today_at, waiting
from mingbai.visits.rules.queue import LETTERS
from mingbai.visits.rules.visits import Visitor, check_channel, check_line, check_priority, clean_visitor

MOST_WAITING = 300
BOOKED = "Y"
"""The letter of booked visitors' numbers (预约)."""


@transaction.atomic
def take_ticket(
    *,
    by: Actor,
    station: Station,
    line: str,
    channel: str,
    priority: str = Priority.NONE,
    visitor: Visitor | None = None,
    client_key: str = "",
    by_staff: bool = False,
    at: datetime | None = None,
) -> Visit:
    """The next number of this line today; a double click under one key is one number.

    Raises Refused "closed" (with the next opening), "no_tickets", "too_many", "line_not_here".
    """
    at = now_or(at)
    visit = _draft(station, line, channel, priority, visitor or Visitor(), by, at)
    visit.client_key = client_key
    if not by_staff:
        _refuse_closed(station.code, at)
    hall = locked_hall(station.code)
    if client_key and (earlier := Visit.objects.filter(client_key=client_key).first()):
        return earlier
    if not hall.has_tickets:
        raise Refused(_("这里不用取号，请直接到窗口。"), code="no_tickets")
    if not by_staff and today_at(station.code, at).filter(state=VisitState.WAITING).count() >= MOST_WAITING:
        raise Refused(_("今天等的人太多了，请改天来，或者预约一个时间。"), code="too_many")
    _number(visit, LETTERS[line])
    visit.save(force_insert=True)
    enter(visit, "ticket", by, at, number=visit.number, line=line, priority=visit.priority)
    return visit


def _draft(
    station: Station, line: str, channel: str, priority: str, visitor: Visitor, by: Actor, at: datetime
) -> Visit:
    """The row, checked and encrypted before the hall is held."""
    who = clean_visitor(visitor)
    visit = Visit(
        kind=VisitKind.WALK_IN,
        state=VisitState.WAITING,
        station=station,
        line=check_line(line, register().stations[station.code].lines),
        channel=check_channel(channel),
        priority=check_priority(priority),
        on=timezone.localdate(at),
        at=at,
        waiting_since=at,
        phone_hash=hashed("phone", who.phone),
        written_by=by.name,
        written_at=at,
    )
    visit.name, visit.phone, visit.text = who.name, who.phone, who.text
    give_code(visit)
    return visit


def _refuse_closed(station: str, at: datetime) -> None:
    places = register()
    if not places.is_open(station, at):
        opens = places.next_opening(station, at)
        do = _("%(when)s开门。") % {"when": moment(opens)} if opens else ""
        raise Refused(_("现在没有开门，取不了号。"), code="closed", do=do)


def _number(visit: Visit, letter: str) -> None:
    """Under the hall's lock: no two of a day are the same."""
    given = Visit.objects.filter(station=visit.station, on=visit.on, letter=letter)
    last = given.aggregate(last=Max("seq"))["last"] or 0
    visit.letter, visit.seq = letter, last + 1


@transaction.atomic
def arrive(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """A booked visitor is here: a number of their own, called at their time.

    Who is late waits like the others. Raises Refused "not_booked", "other_day".
    """
    at = now_or(at)
    locked_hall(visit.station_id)
    found = locked(visit)
    if found.state != VisitState.BOOKED:
        raise Refused(_("这个预约已经到场、办完或取消。"), code="not_booked")
    if found.on != timezone.localdate(at):
        raise Refused(_("约的不是今天，请核对日期。"), code="other_day")
    _number(found, BOOKED)
    found.state, found.waiting_since = VisitState.WAITING, at
    found.save(update_fields=["state", "waiting_since", "letter", "seq"])
    enter(found, "arrived", by, at, number=found.number)
    return found


# ── calling ──


@transaction.atomic
def call_next(
    *,
    by: Actor,
    station: Station,
    window: int,
    lines: Collection[str] = (),
    worker: Worker | None = None,
    at: datetime | None = None,
) -> Visit:
    """Whose turn it is at this window. Two windows at once get two different people.

    Raises Refused "has_called" while the window still has somebody, "nobody_waits".
    """
    at = now_or(at)
    locked_hall(station.code)
    _refuse_busy(station.code, window, at)
    rows = waiting(station.code, at, lines=lines, window=window)
    if not rows:
        raise Refused(_("没有人在等。"), code="nobody_waits")
    return _called(rows[0], window, worker, by, at)


def _refuse_busy(station: str, window: int, at: datetime) -> None:
    busy = called_at(station, window, at)
    if busy is not None:
        raise Refused(
            _("%(number)s 还没有办完。") % {"number": busy.number},
            code="has_called",
            do=_("请先记下结果，或者点“过号”。"),
        )


@transaction.atomic
def call_ticket(
    *, by: Actor, visit: Visit, window: int, worker: Worker | None = None, at: datetime | None = None
) -> Visit:
    """This one, out of turn. Of two windows that call the same one the second is told who was first.

    Raises Refused "called_already", "not_waiting", "has_called".
    """
    at = now_or(at)
    locked_hall(visit.station_id)
    found = locked(visit)
    if found.state == VisitState.CALLED:
        raise Refused(
            _("%(number)s 已由 %(window)d 号窗口叫走。")
            % {"number": found.number, "window": found.window or 0},
            code="called_already",
        )
    if found.state not in (VisitState.WAITING, VisitState.ABSENT):
        raise Refused(_("这个号已经办完或取消。"), code="not_waiting")
    _refuse_busy(found.station_id, window, at)
    return _called(found, window, worker, by, at)


def _called(visit: Visit, window: int, worker: Worker | None, by: Actor, at: datetime) -> Visit:
    visit.state, visit.window, visit.called_at = VisitState.CALLED, window, at
    visit.worker, visit.calls = worker or visit.worker, visit.calls + 1
    visit.save(update_fields=["state", "window", "called_at", "worker", "calls"])
    enter(visit, "called", by, at, number=visit.number, window=window)
    return visit


@transaction.atomic
def call_again(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """The number is called once more. Raises Refused "not_called"."""
    at, found = now_or(at), _in_hand(visit)
    found.calls += 1
    found.save(update_fields=["calls"])
    enter(found, "called_again", by, at, number=found.number, window=found.window or 0)
    return found


def _in_hand(visit: Visit) -> Visit:
    found = locked(visit)
    if found.state != VisitState.CALLED:
        raise Refused(_("这个号不在叫号中，请刷新页面看看。"), code="not_called")
    return found


@transaction.atomic
def mark_absent(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """Nobody came when called. Raises Refused "not_called"."""
    at, found = now_or(at), _in_hand(visit)
    found.state = VisitState.ABSENT
    found.save(update_fields=["state"])
    enter(found, "absent", by, at, number=found.number)
    return found


@transaction.atomic
def come_back(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """They are here after all, and wait anew under the same number. Raises Refused "not_absent"."""
    at, found = now_or(at), locked(visit)
    if found.state != VisitState.ABSENT:
        raise Refused(_("这个号没有过号。"), code="not_absent")
    found.state, found.waiting_since, found.window = VisitState.WAITING, at, None
    found.save(update_fields=["state", "waiting_since", "window"])
    enter(found, "back", by, at, number=found.number)
    return found


@transaction.atomic
def forward(
    *, by: Actor, visit: Visit, line: str = "", window: int | None = None, at: datetime | None = None
) -> Visit:
    """To another line or window, under the same number and with the time they have waited.

    Raises Refused "not_waiting", "nowhere", "line_not_here".
    """
    at, found = now_or(at), locked(visit)
    if found.state not in (VisitState.CALLED, VisitState.WAITING):
        raise Refused(_("这个号已经办完或取消。"), code="not_waiting")
    if not line and window is None:
        raise Refused(_("请选转到哪项业务或哪个窗口。"), code="nowhere", field="line")
    row = register().stations.get(found.station_id)
    found.line = check_line(line, row.lines if row else ()) if line else found.line
    found.state, found.window, found.called_at = VisitState.WAITING, window, None
    found.save(update_fields=["line", "state", "window", "called_at"])
    enter(found, "forwarded", by, at, number=found.number, line=found.line, window=window or 0)
    return found


@transaction.atomic
def leave(*, by: Actor, visit: Visit, at: datetime | None = None) -> Visit:
    """They will not wait any longer. Raises Refused "not_waiting"."""
    at, found = now_or(at), locked(visit)
    if found.state not in (VisitState.WAITING, VisitState.ABSENT):
        raise Refused(_("这个号已经叫到、办完或取消。"), code="not_waiting")
    found.state, found.ended_at = VisitState.CANCELLED, at
    found.save(update_fields=["state", "ended_at"])
    enter(found, "left", by, at, number=found.number)
    return found


@transaction.atomic
def close_yesterday(*, by: Actor, now: datetime) -> int:
    """Numbers of days gone by that nobody ended: nobody waits over night."""
    hanging = [VisitState.WAITING, VisitState.CALLED, VisitState.ABSENT]
    rows = Visit.objects.filter(state__in=hanging, on__lt=timezone.localdate(now)).order_by("id")
    late = list(rows.select_for_update(of=("self",), skip_locked=True)[:500])
    for visit in late:
        visit.state, visit.ended_at = VisitState.NO_SHOW, now
        visit.save(update_fields=["state", "ended_at"])
        enter(visit, "no_show", by, now, number=visit.number)
    return len(late)
