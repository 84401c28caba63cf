"""What a seat shows: where I sit, who waits, what the last shift left, my calls of today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from django.db.models import Q, QuerySet
from django.utils import timezone

from mingbai.cases.enums import OPEN_STATES
from mingbai.cases.models import Case
from mingbai.hotline.enums import Busy, CallSource, NoMatter
from mingbai.hotline.models import Call, Pulse, Seat, SeatCommand
from mingbai.hotline.perms import calls_filter
from mingbai.hotline.queries.steering import last_third
from mingbai.hotline.rules.shapes import NIGHT
from mingbai.people.models import User, Worker

ALIVE = timedelta(seconds=5)
"""An exchange or a hotline process that said nothing for so long is said to be away."""
_MOST = 30


def seat_of(worker: Worker | None) -> Seat | None:
    """Where somebody sits, with the call that is there now."""
    if worker is None:
        return None
    return Seat.objects.filter(worker=worker).select_related("call").first()


def may_open(user: User, pk: int, seat: Seat | None) -> QuerySet[Call]:
    """This call, where it is the user's own, was theirs, is on their seat now, or of their region."""
    own = Q(worker__user=user) | Q(giver__user=user)
    if seat and seat.call_id:
        own |= Q(pk=seat.call_id)
    return Call.objects.filter(pk=pk).filter(calls_filter(user) | own).select_related("case", "station")


@dataclass(frozen=True, slots=True)
class Strip:
    """The line in one look. `version` changes with anything that is shown, `steer` with what the panel of
    third parties shows."""

    seat: Seat | None
    waiting: int
    longest: datetime | None
    is_alive: bool
    version: str
    steer: str


def strip(seat: Seat | None, station: str, now: datetime) -> Strip:
    """Two queries, and one more while there is a call."""
    waiting = list(
        Call.objects.incoming()
        .on_the_line()
        .filter(station_id=station, answered_at=None)
        .order_by("offered_at")
        .values_list("offered_at", flat=True)[:100]
    )
    pulse = Pulse.objects.filter(station_id=station).first()
    is_alive = bool(pulse and pulse.has_exchange and now - pulse.at < ALIVE)
    parts: list[object] = [len(waiting), waiting[:1], is_alive]
    if seat:
        parts += [seat.state, seat.reason, seat.busy, seat.since, seat.call_id, seat.name]
    steer = steer_version(seat, last_third(seat))
    version = f"{crc32(repr([*parts, steer]).encode()):x}"
    return Strip(seat, len(waiting), waiting[0] if waiting else None, is_alive, version, steer)


def steer_version(seat: Seat | None, third: SeatCommand | None) -> str:
    """Changes with the call and with what became of its last third party."""
    if seat is None:
        return ""
    parts = [seat.busy, seat.call_id, third and third.pk, third and third.state, third and third.moved_at]
    return f"{crc32(repr(parts).encode()):x}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The hand-over sheet (交接班): what somebody must do who comes on now, each with a name."""

    promised: list[Call] = field(default_factory=list)
    night: list[Call] = field(default_factory=list)
    unwritten: list[Call] = field(default_factory=list)
    late: list[Case] = field(default_factory=list)


def handover_sheet(user: User, worker: Worker | None, station: str, now: datetime) -> Sheet:
    """Four queries: promised calls whose matter is open, night calls without a note, own calls without
    an end, and the station's matters past their time."""
    line = Call.objects.filter(station_id=station).select_related("case__owner", "worker", "region")
    calls = line.visible_to(user)
    bare = Q(case=None, no_matter=NoMatter.NONE, answered_at__isnull=False, ended_at__isnull=False)
    recent = Q(bare, offered_at__gt=now - timedelta(days=7), source=CallSource.SWITCH)
    promised = calls.filter(promised_at__isnull=False, case__state__in=OPEN_STATES)
    late = Case.objects.visible_to(user).filter(
        station_id=station, state__in=OPEN_STATES, due_at__lt=now, waiting_on="station"
    )
    return Sheet(
        promised=list(promised.order_by("promised_at")[:_MOST]),
        night=list(calls.filter(recent, seat=NIGHT).order_by("offered_at")[:_MOST]),
        unwritten=list(line.filter(recent, worker=worker).order_by("offered_at")[:_MOST]) if worker else [],
        late=list(late.select_related("owner").order_by("due_at")[:_MOST]),
    )


def my_calls(worker: Worker | None, today: datetime) -> list[Call]:
    """Those I answered, passed on or made today, the newest first."""
    if worker is None:
        return []
    mine = Call.objects.filter(Q(worker=worker) | Q(giver=worker), on=timezone.localdate(today))
    return list(mine.select_related("case").order_by("-offered_at")[:200])


def taken_names(station: str) -> set[str]:
    return set(Seat.objects.filter(station_id=station).staffed().values_list("name", flat=True))


BUSY_WITH_CALL = (Busy.RINGING, Busy.TALKING, Busy.WRAP)
