"""What a seat wants of its call, written down for the hotline process: third parties, and calls out.

Only who sits where the call is may want anything of it; nothing here speaks with the exchange.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.hotline.enums import Busy, CallSource, CommandState, Step, Target, Voice, Want
from mingbai.hotline.models import Call, CallEvent, Seat, SeatCommand
from mingbai.hotline.queries.live import phone_hash, plain_phone
from mingbai.hotline.rules.targets import dial_string
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register

OUT_KEY = "out-"
"""So the channels of those whom we call begin."""


@dataclass(frozen=True, slots=True)
class To:
    """Whom: a seat's name, a station's code, "12345", or the number itself."""

    target: str = Target.NONE
    code: str = ""
    number: str = ""


@transaction.atomic
def want(
    *, by: Actor, worker: Worker, what: str, to: To | None = None, at: datetime | None = None
) -> SeatCommand:
    """Want something of the call at one's own seat. `to` is needed by pass, consult and join.

    Raises Refused "no_seat", "not_talking", "bad_choice", "no_target", "bad_number".
    """
    seat, at, to = _own(worker), at or timezone.now(), to or To()
    if what not in Want.values or what == Want.DIAL:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="what")
    if seat.busy != Busy.TALKING or seat.call is None:
        raise Refused(_("这时没有在通话。"), code="not_talking")
    calls_third = what in (Want.PASS, Want.CONSULT, Want.JOIN)
    found = _target(seat, to) if calls_third else To()
    return _write(_command(seat, worker, seat.call, what, found, at), by)


def _command(seat: Seat, worker: Worker, call: Call, what: str, to: To, at: datetime) -> SeatCommand:
    command = SeatCommand(station_id=seat.station_id, call=call, seat=seat.name, worker=worker, what=what)
    command.target, command.to, command.asked_at, command.number = to.target, to.code, at, to.number
    command.save(force_insert=True)
    return command


def _write(command: SeatCommand, by: Actor) -> SeatCommand:
    call = command.call
    data = {"what": command.what, "target": command.target, "to": command.to, "seat": command.seat}
    write(chain=call.chain, verb="call.wanted", by=by, at=command.asked_at, place=call.station_id, data=data)
    return command


def _target(seat: Seat, to: To) -> To:
    match to.target:
        case Target.SEAT:
            others = Seat.objects.filter(station_id=seat.station_id, name=to.code).staffed()
            if not others.exclude(pk=seat.pk).exclude(voice=Voice.NONE).exists():
                raise Refused(_("那个席位上没有人。"), code="no_target", field="to")
            return To(Target.SEAT, to.code)
        case Target.STATION:
            phone = Station.objects.filter(code=to.code).values_list("phone", flat=True).first()
            if not phone:
                raise Refused(_("这个站点没有登记电话。"), code="no_target", field="to")
            return To(Target.STATION, to.code, dial_string(phone))
        case Target.OTHER_LINE:
            return To(Target.OTHER_LINE, "12345", "12345")
        case Target.NUMBER:
            return To(Target.NUMBER, "", dial_string(to.number))
    raise Refused(_("请说明转给谁。"), code="no_target", field="target")


@transaction.atomic
def call_out(
    *, by: Actor, worker: Worker, number: str, case: Case | None = None, at: datetime | None = None
) -> SeatCommand:
    """Call somebody from one's seat: a row of its own, bound to the matter it is about.

    Raises Refused "no_seat", "no_voice", "on_a_call", "bad_number".
    """
    seat, at = _own(worker), at or timezone.now()
    if seat.voice == Voice.NONE:
        raise Refused(_("第二屏没有电话，请用话机拨。"), code="no_voice")
    waiting = SeatCommand.objects.filter(station_id=seat.station_id, seat=seat.name, state=CommandState.ASKED)
    if seat.busy != Busy.FREE or waiting.filter(what=Want.DIAL).exists():
        raise Refused(_("席位上还有通话或没有收尾的来电，请先收尾。"), code="on_a_call")
    number = dial_string(number)
    call = _outgoing(seat, worker, number, case, at)
    return _write(_command(seat, worker, call, Want.DIAL, To(Target.NUMBER, "", number), at), by)


def _outgoing(seat: Seat, worker: Worker, number: str, case: Case | None, at: datetime) -> Call:
    phone = plain_phone(number)
    call = Call(
        station_id=seat.station_id,
        region_id=(case.region_id if case else None)
        or register().city_of(register().stations[seat.station_id].region),
        on=timezone.localdate(at),
        offered_at=at,
        source=CallSource.SWITCH,
        is_out=True,
        channel=OUT_KEY + secrets.token_hex(12),
        worker=worker,
        seat=seat.name,
        case=case,
        phone_hash=phone_hash(phone) if phone else "",
    )
    call.phone = phone or number
    call.save(force_insert=True)
    CallEvent.objects.create(call=call, seq=1, kind=Step.OFFERED, at=at, seat=seat.name)
    return call


def _own(worker: Worker) -> Seat:
    seat = Seat.objects.select_for_update(of=("self",)).filter(worker=worker).select_related("call").first()
    if seat is None:
        raise Refused(_("您还没有签入席位。"), code="no_seat", do=_("请先选一个席位签入。"))
    return seat
