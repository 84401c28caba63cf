"""Reads of the register: the snapshot of who serves where, a partner by key, lists to choose from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from mingbai.core.crypto import keyed_hash
from mingbai.people.models import Absence, ApiKey, Duty, KeptForm, Skill, Worker
from mingbai.people.rules import AbsenceRow, DutyRow, Staffing, WorkerRow, snapshot
from mingbai.places.queries import register

if TYPE_CHECKING:
    from mingbai.people.models import User

KEY_HASH = "people.api_key"
SLIP_HASH = "people.slip"
KEPT_HASH = "people.kept_form"

_PAST_DAYS = timedelta(days=62)
"""How far back dated duties and absences are held: lists of work look forward, reports read the tables."""

_last: list[Staffing] = []


def staffing() -> Staffing:
    """Return who serves where: kept per process, read anew when the register's token changes."""
    token = register().token
    if not _last or _last[0].token != token:
        _last[:] = [_read(token)]
    return _last[0]


def _read(token: str) -> Staffing:
    since = timezone.localdate() - _PAST_DAYS
    skills: dict[int, set[str]] = {}
    for worker, line in (
        Skill.objects.filter(worker__is_active=True).values_list("worker_id", "line").order_by("id")
    ):
        skills.setdefault(worker, set()).add(line)
    return snapshot(token, _workers(skills), _duties(since), _absences(since))


def _workers(skills: dict[int, set[str]]) -> list[WorkerRow]:
    columns = ("id", "code", "name", "post", "station_id", "region_id", "is_full_time")
    return [
        WorkerRow(pk, code, name, post, station or "", region, frozenset(skills.get(pk, ())), full)
        for pk, code, name, post, station, region, full in Worker.objects.filter(is_active=True).values_list(
            *columns
        )
    ]


def _duties(since: date) -> list[DutyRow]:
    rows = Duty.objects.filter(Q(date__isnull=True) | Q(date__gte=since), worker__is_active=True)
    return [duty_row(duty) for duty in rows]


def duty_row(duty: Duty) -> DutyRow:
    weekday = int(duty.weekday) if duty.weekday else None
    return DutyRow(
        duty.worker_id,
        duty.station_id,
        duty.starts,
        duty.ends,
        weekday=weekday,
        date=duty.date,
        line=duty.line,
    )


def _absences(since: date) -> list[AbsenceRow]:
    return [absence_row(absence) for absence in Absence.objects.filter(ends_on__gte=since)]


def absence_row(absence: Absence) -> AbsenceRow:
    return AbsenceRow(absence.worker_id, absence.starts_on, absence.ends_on, absence.stand_in_id)


def key_for(secret: str) -> ApiKey | None:
    """The key with its partner; None for a wrong, revoked or foreign one, by the same query."""
    if not secret or len(secret) > 200:
        return None
    return (
        ApiKey.objects.filter(
            secret_hash=keyed_hash(secret, what=KEY_HASH), revoked_at__isnull=True, partner__is_active=True
        )
        .select_related("partner")
        .first()
    )


def kept_form(token: str, user: User) -> KeptForm | None:
    """Return the form kept under this token for this user and nobody else."""
    found: KeptForm | None = KeptForm.objects.filter(
        token_hash=keyed_hash(token, what=KEPT_HASH), user_id=user.pk, expires_at__gt=timezone.now()
    ).first()
    return found
