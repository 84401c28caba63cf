"""Who sits where, and what they say: signed in, ready, pause with a reason, wrap-up done, signed out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.hotline.enums import Busy, PauseReason, SeatState
from mingbai.hotline.models import Call, Seat
from mingbai.hotline.rules.seats import check_name
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.queries import register
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Work

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def sign_in(
    *, by: Actor, worker: Worker, station: str, name: str, voice: str, at: datetime | None = None
) -> Seat:
    """Take a seat, paused at first: the hand-over sheet is read before the first call.

    Raises Refused "bad_seat"; "seat_taken" where somebody else sits there; "on_a_call" for one's own seat.
    """
    name, at = check_name(name, voice), at or timezone.now()
    seat, _new = Seat.objects.get_or_create(station_id=station, name=name, defaults={"voice": voice})
    seat = Seat.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    if seat.worker_id and seat.worker_id != worker.pk:
        raise Refused(_("这个席位上已经有人，请换一个。"), code="seat_taken", field="name")
    for old in Seat.objects.select_for_update(of=("self",)).filter(worker=worker).exclude(pk=seat.pk):
        _leave(old, by, at)
    seat.worker, seat.voice, seat.signed_in_at, seat.since = worker, voice, at, at
    seat.state, seat.reason = SeatState.PAUSE, PauseReason.CASE
    seat.save()
    return _write(seat, "signed_in", by, at, voice=voice)


@transaction.atomic
def sign_out(*, by: Actor, worker: Worker, at: datetime | None = None) -> None:
    """Leave the seat. Raises Refused "on_a_call" while somebody is on the line."""
    seat = Seat.objects.select_for_update(of=("self",)).filter(worker=worker).first()
    if seat is not None:
        _leave(seat, by, at or timezone.now())


def _leave(seat: Seat, by: Actor, at: datetime) -> None:
    if seat.busy in (Busy.RINGING, Busy.TALKING):
        raise Refused(_("还有来电在您的席位上，结束后再签出。"), code="on_a_call")
    _pay(seat, by, at)
    seat.state, seat.reason, seat.busy = SeatState.OFF, "", Busy.FREE
    seat.worker = seat.call = seat.signed_in_at = None
    seat.since = at
    seat.save()
    _write(seat, "signed_out", by, at)


def _pay(seat: Seat, by: Actor, at: datetime) -> None:
    """The time at the seat is duty of the day on which it began; what was forgotten ends with that day."""
    if seat.worker is None or seat.signed_in_at is None:
        return
    began = timezone.localtime(seat.signed_in_at)
    until = min(at, (began + _ONE_DAY).replace(hour=0, minute=0, second=0, microsecond=0))
    place = seat.station.region_id
    subsidies.on_duty(
        by=by,
        worker=seat.worker,
        work=Work.HOTLINE_DUTY,
        region=register().county_of(place) or place,
        on=began.date(),
        minutes=int((until - seat.signed_in_at).total_seconds()) // 60,
        adds=True,
        at=at,
    )


@transaction.atomic
def say(*, by: Actor, worker: Worker, state: str, reason: str = "", at: datetime | None = None) -> Seat:
    """Ready, or a pause and why. Raises Refused "no_seat", "bad_state"; a call under way goes on."""
    seat, at = _own(worker), at or timezone.now()
    if state not in (SeatState.READY, SeatState.PAUSE):
        raise Refused(_("没有这个状态。"), code="bad_state", field="state")
    if state == SeatState.PAUSE and reason not in PauseReason.values:
        raise Refused(_("请说明小休的原因。"), code="bad_state", field="reason")
    seat.state, seat.reason = state, reason if state == SeatState.PAUSE else ""
    if seat.busy == Busy.WRAP and state == SeatState.READY:
        _wrapped(seat, at)
    if seat.busy == Busy.FREE:
        seat.since = at
    seat.save()
    return _write(seat, "said", by, at, state=state, reason=seat.reason)


@transaction.atomic
def wrap_done(*, by: Actor, worker: Worker, at: datetime | None = None) -> Seat:
    """The paperwork of the last call is done; ready again, unless a pause was said."""
    seat, at = _own(worker), at or timezone.now()
    if seat.busy == Busy.WRAP:
        _wrapped(seat, at)
        seat.save()
    return seat


def _wrapped(seat: Seat, at: datetime) -> None:
    if seat.call_id:
        Call.objects.filter(pk=seat.call_id, wrapped_at=None).update(wrapped_at=at)
    seat.busy, seat.call, seat.since = Busy.FREE, None, at


def _own(worker: Worker) -> Seat:
    seat = Seat.objects.select_for_update(of=("self",)).filter(worker=worker).first()
    if seat is None:
        raise Refused(_("您还没有签入席位。"), code="no_seat", do=_("请先选一个席位签入。"))
    return seat


def _write(seat: Seat, verb: str, by: Actor, at: datetime, **data: str) -> Seat:
    told = {"seat": seat.name, "worker": seat.worker.code if seat.worker else "", **data}
    write(chain=seat.chain, verb=f"seat.{verb}", by=by, at=at, place=seat.station_id, data=told)
    return seat
