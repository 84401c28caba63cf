"""Records of a day, from phones that may be off line: kept once each, never lost, each with its matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import work
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel, State, Tell
from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import end_locked, enter, now_or
from mingbai.servicedays.enums import DayState, NeedState, RecordFlag, RecordKind
from mingbai.servicedays.models import DayRecord, Need, ServiceDay
from mingbai.servicedays.rules.day import Jotting, checked, flag_of
from mingbai.servicedays.rules.skills import CASE_OF, SKILL_OF

MOST_AT_ONCE = 500
_ANSWERABLE = (State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.WAITING, State.ANSWERED)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one note: a record, new or known already, or the reason why not."""

    note: Jotting
    record: DayRecord | None = None
    is_new: bool = False
    refused: Refused | None = None


def write_records(*, by: Actor, notes: Sequence[Jotting], at: datetime | None = None) -> list[Written]:
    """Keep what a stand has written down; each note stands for itself, in the order given.

    A note sent again under its `client_key` gives the record it made before. One for a day that was
    cancelled or closed is kept and flagged. Raises Refused "too_many" for more than MOST_AT_ONCE notes.
    """
    if len(notes) > MOST_AT_ONCE:
        raise Refused(_("一次最多送 %(most)d 条记录。") % {"most": MOST_AT_ONCE}, code="too_many")
    return [_one(note, by, now_or(at)) for note in notes]


def _one(note: Jotting, by: Actor, at: datetime) -> Written:
    try:
        clean = checked(note, at)
        try:
            with transaction.atomic():
                record, is_new = _write(clean, by, at)
        except IntegrityError:
            # The same note came at this very moment on another connection.
            with transaction.atomic():
                record, is_new = _write(clean, by, at)
    except Refused as refused:
        return Written(note, refused=refused)
    return Written(note, record, is_new)


def _write(note: Jotting, by: Actor, at: datetime) -> tuple[DayRecord, bool]:
    if earlier := _sent_before(note):
        return earlier, False
    day = _day(note)
    need = _need_of(note, day)
    worker = Worker.objects.filter(code=note.worker).first() if note.worker else None
    case = None if note.kind == RecordKind.MATERIALS else _matter(note, day, need, worker, by)
    record = DayRecord(
        day=day,
        kind=note.kind,
        case=case,
        need=need,
        worker=worker,
        guides=note.guides,
        posters=note.posters,
        client_key=note.client_key,
        digest=note.digest if note.client_key else "",
        flag=flag_of(day.state),
        at=note.at or at,
        written_by=by.name,
        written_at=at,
    )
    record.save(force_insert=True)
    said = {"kind": note.kind, "flag": record.flag, "case": case.number if case else ""}
    enter(day, "recorded", by, at, record=record.pk, **said)
    if need is not None:
        _serve(need, day, by, at)
    return record, True


def _sent_before(note: Jotting) -> DayRecord | None:
    """What this key made before. Raises Refused "key_reused" for another content."""
    if not note.client_key:
        return None
    found = DayRecord.objects.filter(client_key=note.client_key).first()
    if found is not None and found.digest != note.digest:
        raise Refused(_("这个提交编号已经用过，内容却不一样。"), code="key_reused")
    return found


def _day(note: Jotting) -> ServiceDay:
    """Raises Refused "no_such_day" for what was never published."""
    day = ServiceDay.objects.select_for_update(of=("self",)).filter(pk=note.day).first()
    if day is None or day.state == DayState.DRAFT:
        raise Refused(_("没有这个服务日。"), code="no_such_day", field="day")
    return day


def _need_of(note: Jotting, day: ServiceDay) -> Need | None:
    """The need that was named, or the one that waits there under this telephone for this skill, locked."""
    if note.kind == RecordKind.MATERIALS:
        return None
    waiting = Need.objects.open().select_for_update(of=("self",)).filter(skill=SKILL_OF[note.kind])
    if note.need is not None:
        return waiting.filter(pk=note.need).first()
    if not note.phone:
        return None
    return (
        waiting.filter(spot_id=day.region_id, phone_hash=hashed("phone", note.phone)).order_by("id").first()
    )


def _matter(note: Jotting, day: ServiceDay, need: Need | None, worker: Worker | None, by: Actor) -> Case:
    """The matter that the record belongs to: the need's own where there is one, else a new one."""
    case = need.case if need is not None and need.case is not None and need.case.is_open else None
    then = None  # what was open before may have moved since the note was written: its clocks end now
    if case is None:
        case = _opened(note, day, need, worker, by)
        then = case.opened_at
    elif case.kind != CASE_OF[note.kind]:
        # Asked as a question, it turns out to be more: the same matter, the same number.
        case = work.convert(case=case, by=by, kind=CASE_OF[note.kind], reason=_("服务日当场办理"))
    if note.kind == RecordKind.CONSULTATION:
        return _answered(case, note, by, then)
    return _accepted(case, note, worker, by, then)


def _opened(note: Jotting, day: ServiceDay, need: Need | None, worker: Worker | None, by: Actor) -> Case:
    """The matter as every channel opens it. What is answered at the stand stays with the place's station."""
    is_answer = note.kind == RecordKind.CONSULTATION
    here = day.station_id if day.station_id in register().stations else None
    intake = Intake(
        kind=CASE_OF[note.kind],
        channel=Channel.SERVICE_DAY,
        text=note.text,
        region=need.region_id if need is not None else day.region_id,
        speaker=_speaker(note, need),
        is_urgent=bool(need and need.is_urgent),
        is_instant=is_answer,
        tell_by=Tell.VISIT if is_answer else "",
        keep_at=here or "" if is_answer else "",
        worker_id=worker.pk if is_answer and worker is not None and worker.is_active else None,
        source="service_day",
        idempotency_key=note.client_key,
        body_hash=note.digest,
        opened_at=note.at,
    )
    return open_case(by=by, intake=intake).case


def _speaker(note: Jotting, need: Need | None) -> Person:
    """Who was typed in at the stand, else who the need was written down for."""
    if need is None or note.name or note.phone:
        return note.person
    return Person(name=need.name, phone=need.phone)


def _answered(case: Case, note: Jotting, by: Actor, then: datetime | None) -> Case:
    """Answered and told face to face, at that time; the resident can still rate it by its number."""
    if case.state not in _ANSWERABLE:
        return case
    return work.answer_at_once(case=case, by=by, text=note.answer, how=Tell.VISIT, laws=note.laws, at=then)


def _accepted(case: Case, note: Jotting, worker: Worker | None, by: Actor, then: datetime | None) -> Case:
    """Accepted at the stand; a notary's acceptance is the office's own decision and stays to be made."""
    if case.state != State.RECEIVED or note.kind == RecordKind.NOTARY_HOME:
        return case
    if worker is not None and worker.is_active and worker.station_id == case.station_id:
        return work.take_up(case=case, by=by, worker=worker, at=then)
    return work.accept(case=case, by=by, at=then)


def _serve(need: Need, day: ServiceDay, by: Actor, at: datetime) -> None:
    """One more of the need is seen. It ends when the day is closed; at once where no closing will come."""
    need.served = min(need.count, need.served + 1)
    need.save(update_fields=["served"])
    if day.state != DayState.PLANNED and need.served >= need.count:
        end_locked(need, NeedState.SERVED, by, at)


@transaction.atomic
def settle_flag(*, by: Actor, record: DayRecord, at: datetime | None = None) -> DayRecord:
    """Somebody has looked at a flagged record: it counts as it stands."""
    at = now_or(at)
    found = DayRecord.objects.select_for_update(of=("self",)).select_related("day").get(pk=record.pk)
    if found.flag:
        enter(found.day, "record_checked", by, at, record=found.pk, flag=found.flag)
        found.flag = RecordFlag.NONE
        found.save(update_fields=["flag"])
    return found
