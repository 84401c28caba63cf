"""What the hotline process writes: each thing that happened to a call, what a seat is doing, recordings.

Everything may be written again after a failed try: a transaction that was rolled back left nothing.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.hotline.enums import Busy, CallEnd, CallSource, CommandState, Recording, SeatState, Step
from mingbai.hotline.models import Call, CallEvent, Pulse, Seat, SeatCommand
from mingbai.hotline.queries.live import about, phone_hash
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.queries import register

_STAMPS = {
    Step.QUEUED: "queued_at",
    Step.RINGING: "ringing_at",
    Step.ANSWERED: "answered_at",
    Step.FORWARDED: "forwarded_at",
    Step.PROMISED: "promised_at",
    Step.TRANSFERRED: "transferred_at",
    Step.ENDED: "ended_at",
}
"""The column of a call that keeps when something happened first."""


@transaction.atomic
def offer(*, by: Actor, station: str, key: str, at: datetime, number: str, dialled: str) -> Call:
    """A call came in at this line; the same one again is no other call."""
    if found := Call.objects.filter(channel=key).first():
        return found
    known = about(number, at, dialled)
    call = Call(
        station_id=station,
        region_id=known.county or register().city_of(register().stations[station].region),
        on=timezone.localdate(at),
        offered_at=at,
        source=CallSource.SWITCH,
        channel=key[:64],
        dialled=dialled[:32],
        phone_hash=phone_hash(known.phone) if known.phone else "",
    )
    call.phone = known.phone
    call.save(force_insert=True)
    _event(call, Step.OFFERED, at)
    return call


@transaction.atomic
def note(*, by: Actor, key: str, step: Step, at: datetime, seat: str = "", why: str = "") -> CallEvent | None:
    """One thing that happened to a call. None for a call that is not known or has ended already."""
    call = Call.objects.select_for_update(of=("self",)).filter(channel=key).first()
    if call is None or call.ended_at is not None:
        return None
    at = max(at, call.offered_at)
    event = _event(call, step, at, seat, why)
    _project(call, step, at, seat, why)
    if step == Step.PROMISED:
        _promise(call, by, at)
    call.save()
    if step == Step.ENDED:
        data = {
            "ended_by": call.ended_by,
            "answered": call.answered_at is not None,
            "station": call.station_id,
        }
        write(chain=call.chain, verb="call.ended", by=by, at=timezone.now(), data=data)
    return event


def _event(call: Call, step: Step, at: datetime, seat: str = "", why: str = "") -> CallEvent:
    last = call.events.aggregate(last=Max("seq"))["last"] or 0
    data = {"why": why} if why else {}
    return CallEvent.objects.create(call=call, seq=last + 1, kind=step, at=at, seat=seat, data=data)


def _project(call: Call, step: Step, at: datetime, seat: str, why: str) -> None:
    """The row of the call says in short what its events say at length."""
    if (column := _STAMPS.get(step)) and getattr(call, column) is None:
        setattr(call, column, at)
    if step == Step.ANSWERED:
        call.seat, call.worker = seat, _who_sits(call, seat) or (call.worker if call.is_out else None)
    if step == Step.TRANSFERRED:
        _handed_over(call, seat, at)
    if step in (Step.RESUMED, Step.ENDED):
        call.held_seconds += _held_for(call, at)
    if step == Step.ENDED:
        call.ended_by = why or CallEnd.LINE


def _who_sits(call: Call, seat: str) -> Worker | None:
    found = Seat.objects.filter(station_id=call.station_id, name=seat).select_related("worker").first()
    return found.worker if found else None


def _handed_over(call: Call, seat: str, at: datetime) -> None:
    """Who takes over has the call now; outside the house nobody does, and it stays with who gave it."""
    call.giver, call.transferred_at = call.worker, at
    if worker := _who_sits(call, seat):
        call.seat, call.worker = seat, worker


def _held_for(call: Call, at: datetime) -> int:
    """Seconds since the hold that this step ends; 0 where there was none."""
    steps = list(call.events.order_by("-seq").values_list("kind", "at")[:2])
    kinds = [kind for kind, _at in steps]
    return int((at - steps[1][1]).total_seconds()) if kinds[1:] == [Step.HELD] else 0


def _promise(call: Call, by: Actor, at: datetime) -> None:
    """The promise is a matter with an owner and a clock, like any other."""
    if call.case_id or not call.phone:
        return
    city = register().city_of(call.region_id)
    intake = Intake(
        kind="consultation",
        channel=Channel.HOTLINE,
        text=_("来电时没有人接听，已承诺回电。请回电问清是什么事。"),
        region=call.region_id,
        speaker=Person(phone=call.phone),
        source="hotline",
        idempotency_key=f"promise:{call.channel}",
        keep_at=call.station_id if call.region_id == city else "",
    )
    call.case = open_case(by=by, intake=intake).case


@transaction.atomic
def sit(
    *, by: Actor, station: str, seat: str, busy: Busy, at: datetime, key: str = "", pause: str = ""
) -> None:
    """What the line makes of a seat. One that was signed out meanwhile stays signed out."""
    row = Seat.objects.select_for_update(of=("self",)).filter(station_id=station, name=seat).first()
    if row is None:
        return
    row.busy, row.since = busy, at
    row.call = Call.objects.filter(channel=key).first() if key and busy != Busy.FREE else None
    if pause and row.state == SeatState.READY:
        row.state, row.reason = SeatState.PAUSE, pause
    row.save(update_fields=["busy", "since", "call", "state", "reason"])


@transaction.atomic
def expect_recording(*, by: Actor, key: str) -> None:
    """The exchange records this call: it is asked for the file later, whatever it tells or does not tell."""
    Call.objects.filter(channel=key, recording=Recording.NONE).update(recording=Recording.DUE)


@transaction.atomic
def reply(*, by: Actor, command: int, state: CommandState, at: datetime, why: str = "") -> None:
    """What became of something that a seat wanted. What has failed or is done stays so."""
    open_states = (CommandState.ASKED, CommandState.RINGING, CommandState.TALKING)
    rows = SeatCommand.objects.filter(pk=command, state__in=open_states)
    rows.update(state=state, why=why, moved_at=at)


def beat(*, by: Actor, station: str, at: datetime, has_exchange: bool) -> None:
    """The hotline process is alive; no history, since it says so every two seconds."""
    Pulse.objects.update_or_create(station_id=station, defaults={"at": at, "has_exchange": has_exchange})
