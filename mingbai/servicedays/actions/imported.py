"""Days and records that a ledger tells of: as they happened, without clocks and notices."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import enter
from mingbai.servicedays.enums import DayState, RecordKind
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.servicedays.rules.day import PLACEHOLDER
from mingbai.servicedays.rules.skills import CASE_OF

_FROM, _TO = time(9), time(16)
"""A ledger tells no hours: what happened on a day happened within these."""


@transaction.atomic
def land_day(*, by: Actor, number: str, on: date, region: Region, source: str) -> ServiceDay:
    """A day that was held, under the ledger's number. Raises Refused "bad_time", "number_taken"."""
    _refuse_future(on)
    if ServiceDay.objects.filter(number=number).exists():
        raise Refused(_("编号 %(number)s 已有服务日。") % {"number": number}, code="number_taken")
    day = ServiceDay(
        number=number, region=region, on=on, state=DayState.HELD, closed_at=_at(on, _TO), imported_from=source
    )
    day.station_id = next((row.code for row in register().stations_at(region.code)), None)
    day.save(force_insert=True)
    enter(day, "landed", by, timezone.now(), number=number, place=region.pk, on=on.isoformat(), source=source)
    return day


@transaction.atomic
def change_day(*, by: Actor, day: ServiceDay, on: date, region: Region) -> ServiceDay:
    """What the corrected ledger says now, with what it said before. Raises Refused "bad_time"."""
    _refuse_future(on)
    found = ServiceDay.objects.select_for_update(of=("self",)).get(pk=day.pk)
    before = [found.region_id, found.on.isoformat()]
    found.region, found.on = region, on
    found.station_id = next((row.code for row in register().stations_at(region.code)), None)
    if found.state == DayState.HELD and found.imported_from:
        found.closed_at = _at(on, _TO)
    found.save(update_fields=["region", "on", "station", "closed_at"])
    enter(found, "corrected", by, timezone.now(), **{"from": before, "to": [region.pk, on.isoformat()]})
    return found


@transaction.atomic
def land_record(
    *, by: Actor, day: ServiceDay, kind: str, name: str, phone: str, text: str, source: str
) -> DayRecord:
    """One row of a day's list becomes a record with a matter that has ended: what came of it later stands in
    other ledgers. Raises Refused "unknown_kind" and those of `open_case`."""
    if kind not in CASE_OF:
        raise Refused(_("没有这个事项。"), code="unknown_kind", field="kind")
    intake = Intake(
        kind=CASE_OF[kind],
        channel=Channel.SERVICE_DAY,
        text=text or PLACEHOLDER,
        region=day.region_id,
        speaker=Person(name=name, phone=phone),
        is_instant=kind == RecordKind.CONSULTATION,
        keep_at=day.station_id or "",
        opened_at=_at(day.on, _FROM),
        ended_at=_at(day.on, _TO),
        imported_from=source,
    )
    case = open_case(by=by, intake=intake).case
    record = DayRecord(
        day=day, kind=kind, case=case, has_text=bool(text), at=_at(day.on, _FROM), written_by=by.name,
        written_at=timezone.now(),
    )  # fmt: skip
    record.save(force_insert=True)
    enter(day, "recorded", by, record.written_at, record=record.pk, kind=kind, case=case.number)
    return record


def _refuse_future(on: date) -> None:
    if on > timezone.localdate():
        raise Refused(_("日期在将来，台账记的是已经办过的。"), code="bad_time", field="on")


def _at(on: date, clock: time) -> datetime:
    """Local time; what happened today is not put into the future."""
    at: datetime = timezone.make_aware(datetime.combine(on, clock))
    return min(at, timezone.now())
