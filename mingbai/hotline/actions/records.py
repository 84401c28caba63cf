"""Calls that another exchange tells of: one row each, joined with what a second screen took down."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingbai.cases.queries import hashed
from mingbai.core.actor import Actor
from mingbai.hotline.actions.telling import open_promise
from mingbai.hotline.enums import Busy, CallEnd, CallSource, SeatState, Step, Voice
from mingbai.hotline.models import Call, Seat
from mingbai.hotline.queries.live import about, phone_hash
from mingbai.hotline.rules.records import EARLY, LATE, Record, nearest
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.queries import register


@transaction.atomic
def land_record(*, by: Actor, station: str, record: Record, call: Call | None = None) -> Call:
    """The call of this record: `call` where it was told of before, one taken down by hand, or a new one.

    A new one without a matter keeps the caller's number for 180 days, like any other.
    """
    known = about(record.number, record.offered)
    found = call or _by_hand(station, known.phone, record)
    is_new = found is None
    if found is None:
        region = known.county or register().city_of(register().stations[station].region)
        found = Call(
            station_id=station, region_id=region, phone_hash=phone_hash(known.phone) if known.phone else ""
        )
        found.phone = known.phone
    _told(found, record)
    found.save()
    data = {"source": found.source, "answered": found.answered_at is not None}
    verb = "call.record_landed" if is_new else "call.record_joined" if call is None else "call.record_changed"
    write(chain=found.chain, verb=verb, by=by, at=timezone.now(), place=station, data=data)
    return found


def _by_hand(station: str, phone: str, record: Record) -> Call | None:
    """The call that an agent took down on the second screen meanwhile."""
    if not phone:
        return None
    until = (record.ended or record.answered or record.offered) + LATE
    rows = Call.objects.filter(
        station_id=station,
        source=CallSource.HAND,
        offered_at__gte=record.offered - EARLY,
        offered_at__lte=until,
        case__speaker__phone_hash=hashed("phone", phone),
    )
    near = nearest(record, rows.order_by("pk").values_list("pk", "offered_at"))
    return Call.objects.select_for_update(of=("self",)).get(pk=near) if near else None


def _told(call: Call, record: Record) -> None:
    """What the record knows; what it does not say stays as it was, and an answered call stays answered."""
    call.offered_at, call.on = record.offered, timezone.localdate(record.offered)
    answered = record.answered
    measured = record.measured
    if answered is None and (call.case_id or call.answered_at) and record.ended is None:
        answered = call.answered_at  # told of while it goes on
        measured = measured and call.source != CallSource.BARE
    if answered is None and call.case_id:
        # An agent spoke with the caller, whatever the record says: answered, and not known when.
        answered, measured = record.offered, False
    call.answered_at = max(answered, record.offered) if answered else None
    call.ended_at = record.ended
    call.source = CallSource.RECORD if measured else CallSource.BARE
    call.seat, call.dialled = record.seat or call.seat, record.dialled or call.dialled
    if call.worker_id is None and record.seat and call.answered_at:
        call.worker = Worker.objects.filter(code=record.seat).first()


@transaction.atomic
def show_record(*, by: Actor, call: Call, record: Record) -> Seat | None:
    """A call that another exchange tells of while it goes on opens on the second screen of whoever takes it.

    `record.seat` is the seat's name here, or the agent's number in the register. None where nobody sits so.
    """
    seats = Seat.objects.select_for_update(of=("self",)).filter(station_id=call.station_id, voice=Voice.NONE)
    seats = seats.exclude(state=SeatState.OFF)
    seat = seats.filter(name=record.seat).first() or seats.filter(worker__code=record.seat).first()
    if seat is None or not record.seat:
        return None
    if record.is_over and seat.call_id != call.pk:
        return None  # the next one rings there already
    seat.call, seat.since = call, timezone.now()
    seat.busy = _doing(record)
    if seat.busy == Busy.FREE:
        seat.call = None
    seat.save(update_fields=["call", "since", "busy"])
    return seat


def _doing(record: Record) -> Busy:
    if not record.is_over:
        return Busy.TALKING if record.answered else Busy.RINGING
    return Busy.WRAP if record.answered else Busy.FREE


@transaction.atomic
def land_fallback(
    *, by: Actor, station: str, key: str, record: Record, promised: bool = False
) -> Call | None:
    """A call that the exchange answered by itself while the hotline process was down; None where it is here.

    `key` is its name in the exchange, the same that the process would have used: no call is there twice. Who
    hung up, nobody saw.
    """
    if Call.objects.filter(channel=key).exists():
        return None
    known = about(record.number, record.offered)
    call = Call(
        station_id=station,
        region_id=known.county or register().city_of(register().stations[station].region),
        on=timezone.localdate(record.offered),
        offered_at=record.offered,
        ringing_at=record.offered,
        answered_at=record.answered,
        ended_at=record.ended or record.answered or record.offered,
        ended_by=CallEnd.UNOBSERVED,
        seat=record.seat,
        dialled=record.dialled,
        source=CallSource.SWITCH,
        channel=key[:64],
        phone_hash=phone_hash(known.phone) if known.phone else "",
    )
    call.phone = known.phone
    call.worker = _who_sat(station, record.seat, record.answered)
    call.save(force_insert=True)
    _steps(call, by, promised=promised)
    data = {"answered": call.answered_at is not None, "seat": call.seat}
    write(chain=call.chain, verb="call.fallback_landed", by=by, at=timezone.now(), place=station, data=data)
    return call


def _who_sat(station: str, seat: str, at: datetime | None) -> Worker | None:
    """Who sits there, where that is the same person as then."""
    if not seat or at is None:
        return None
    found = Seat.objects.filter(station_id=station, name=seat, signed_in_at__lte=at).select_related("worker")
    row = found.first()
    return row.worker if row else None


def _steps(call: Call, by: Actor, *, promised: bool) -> None:
    """Its events, as far as anybody knows; who was told to be called back gets the matter that keeps it."""
    steps = [
        (Step.OFFERED, call.offered_at),
        (Step.RINGING, call.offered_at),
        (Step.ANSWERED, call.answered_at),
    ]
    if promised and call.answered_at is None and call.phone:
        call.promised_at = call.ended_at
        open_promise(by=by, call=call)
        call.save()
        steps.append((Step.PROMISED, call.promised_at))
    steps.append((Step.ENDED, call.ended_at))
    told = [(kind, at) for kind, at in steps if at is not None]
    call.events.bulk_create(
        call.events.model(call=call, seq=n, kind=kind, at=at, seat=call.seat if kind == Step.ANSWERED else "")
        for n, (kind, at) in enumerate(told, start=1)
    )
