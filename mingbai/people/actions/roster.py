"""Duties and absences: who serves where and when, who is away and who stands in."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.enums import AbsenceReason
from mingbai.people.models import Absence, Duty, Worker
from mingbai.people.queries import absence_row, duty_row
from mingbai.people.rules import AbsenceRow, DutyRow, check_absence, check_duty
from mingbai.places import actions as places
from mingbai.places.models import Station


@transaction.atomic
def add_duty(
    *,
    by: Actor,
    worker: Worker,
    station: Station,
    starts: time,
    ends: time,
    weekday: int | None = None,
    date: date | None = None,
    line: str = "",
) -> Duty:
    """Roster somebody weekly (0 = Monday) or on one date. Raises Refused "duty_twice", "bad_hours"."""
    worker = _active(worker)
    row = DutyRow(worker.pk, station.code, starts, ends, weekday=weekday, date=date, line=line)
    check_duty(row, [duty_row(duty) for duty in worker.duties.all()])
    duty = Duty.objects.create(
        worker=worker,
        station=station,
        starts=starts,
        ends=ends,
        weekday="" if weekday is None else str(weekday),
        date=date,
        line=line,
    )
    _write(worker, "duty.added", by, _words(duty), station.code)
    places.touch(by=by)
    return duty


@transaction.atomic
def remove_duty(*, by: Actor, duty: Duty) -> None:
    duty = Duty.objects.select_for_update(of=("self",)).select_related("worker").get(pk=duty.pk)
    _write(duty.worker, "duty.removed", by, _words(duty), duty.station_id)
    duty.delete()
    places.touch(by=by)


@transaction.atomic
def add_absence(
    *,
    by: Actor,
    worker: Worker,
    starts_on: date,
    ends_on: date,
    reason: str = AbsenceReason.LEAVE,
    stand_in: Worker | None = None,
) -> Absence:
    """Enter days away, both included. Refused "absence_twice", "stand_in_loop", "stand_in_inactive"."""
    worker = _active(worker)
    if stand_in and not stand_in.is_active:
        raise Refused(_("代班人已不在岗。"), code="stand_in_inactive", field="stand_in")
    row = AbsenceRow(worker.pk, starts_on, ends_on, stand_in.pk if stand_in else None)
    at_that_time = Absence.objects.select_for_update(of=("self",)).filter(
        starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    rows = [absence_row(absence) for absence in at_that_time]
    check_absence(row, [r for r in rows if r.worker == worker.pk], [r for r in rows if r.worker != worker.pk])
    absence = Absence.objects.create(
        worker=worker, stand_in=stand_in, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    data = {"from": str(starts_on), "to": str(ends_on), "stand_in": stand_in.code if stand_in else ""}
    _write(worker, "absence.added", by, data, worker.station_id or "")
    places.touch(by=by)
    return absence


@transaction.atomic
def end_absence(*, by: Actor, absence: Absence, ends_on: date) -> Absence:
    """Shorten an absence: somebody comes back early. It cannot be made longer (enter another one)."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("worker").get(pk=absence.pk)
    if not absence.starts_on <= ends_on <= absence.ends_on:
        raise Refused(_("新的结束日期须在请假期间内。"), code="bad_period", field="ends_on")
    old, absence.ends_on = absence.ends_on, ends_on
    absence.save(update_fields=["ends_on"])
    data = {"from": str(old), "to": str(ends_on)}
    _write(absence.worker, "absence.ended", by, data, absence.worker.station_id or "")
    places.touch(by=by)
    return absence


@transaction.atomic
def cancel_absence(*, by: Actor, absence: Absence) -> None:
    """Take back an absence that did not happen; the journal keeps that it stood there."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("worker").get(pk=absence.pk)
    data = {"from": str(absence.starts_on), "to": str(absence.ends_on)}
    _write(absence.worker, "absence.cancelled", by, data, absence.worker.station_id or "")
    absence.delete()
    places.touch(by=by)


def _active(worker: Worker) -> Worker:
    worker = Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if not worker.is_active:
        raise Refused(_("此人已不在岗。"), code="worker_inactive")
    return worker


def _words(duty: Duty) -> dict[str, Any]:
    when = str(duty.date) if duty.date else f"weekday {duty.weekday}"
    return {"when": when, "from": f"{duty.starts:%H:%M}", "to": f"{duty.ends:%H:%M}", "line": duty.line}


def _write(worker: Worker, verb: str, by: Actor, data: dict[str, Any], place: str) -> None:
    journal.write(chain=f"worker:{worker.code}", verb=verb, by=by, place=place, data=data)
