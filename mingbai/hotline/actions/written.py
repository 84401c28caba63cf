"""What writes calls: those that a clerk took down, those that a ledger tells of; and forgets who called."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.hotline.enums import CallSource
from mingbai.hotline.models import Call, ExpectedCall, SeatCommand
from mingbai.hotline.rules import Told, checked
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.queries import register

KEPT = timedelta(days=180)


@transaction.atomic
def write_down(*, by: Actor, case: Case, worker: Worker | None = None) -> Call:
    """The call behind a matter that an agent typed in. Nobody measured how long the caller waited.

    Idempotent: a matter opened by telephone has one such call.
    """
    if found := case.calls.filter(source=CallSource.HAND).first():
        return found
    call = Call(
        station_id=case.station_id,
        region_id=case.region_id or case.county or case.city,
        on=timezone.localdate(case.opened_at),
        offered_at=case.opened_at,
        answered_at=case.opened_at,
        worker=worker,
        case=case,
        source=CallSource.HAND,
    )
    return _saved(call, "written_down", by)


@transaction.atomic
def land_call(*, by: Actor, told: Told, source: str) -> Call:
    """A call as the ledger tells it: an answered one with its ended matter, an abandoned one alone.

    Raises Refused "bad_time", "no_hotline" (the city has no centre yet) and those of `open_case`.
    """
    told = checked(told, now=timezone.now())
    call = Call(
        station_id=_line(told.region),
        region_id=told.region,
        on=timezone.localdate(told.offered_at),
        offered_at=told.offered_at,
        answered_at=told.answered_at,
        ended_at=told.ended_at,
        seat=told.seat,
        source=CallSource.LEDGER,
    )
    if told.answered_at is not None:
        call.case = _matter(by, told, call.station_id, source)
    else:
        call.phone = told.phone
    return _saved(call, "landed", by)


def _line(region: str) -> str:
    """The station whose line rang: the centre of the city."""
    city = register().city_of(region)
    found = next((row.code for row in register().stations_at(city)), "")
    if not found:
        raise Refused(_("市中心还没有登记，热线没有地方归。"), code="no_hotline", do=_("先导入站点台账。"))
    return found


def _matter(by: Actor, told: Told, station: str, source: str) -> Case:
    intake = Intake(
        kind=told.kind,
        channel=Channel.HOTLINE,
        text=told.text,
        region=told.region,
        speaker=Person(phone=told.phone),
        is_instant=True,
        keep_at=station,
        opened_at=told.offered_at,
        ended_at=told.ended_at or told.answered_at,
        imported_from=source,
    )
    return open_case(by=by, intake=intake).case


def _saved(call: Call, verb: str, by: Actor) -> Call:
    call.save(force_insert=True)
    data = {"case": call.case.number if call.case else "", "region": call.region_id, "source": call.source}
    write(chain=call.chain, verb=f"call.{verb}", by=by, at=timezone.now(), data=data)
    return call


def forget_callers(*, by: Actor, now: datetime) -> int:
    """Destroy the numbers of old calls; the figures stay. A matter keeps its speaker's own."""
    SeatCommand.objects.filter(asked_at__lt=now - KEPT).exclude(key=b"").update(key=b"", number_sealed=b"")
    ExpectedCall.objects.filter(at__lt=now - KEPT).delete()
    old = Call.objects.filter(offered_at__lt=now - KEPT).exclude(key=b"")
    return old.update(key=b"", phone_sealed=b"", phone_hash="")
