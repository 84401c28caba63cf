"""Openings and breaks: set, ended, broken off; who had booked what is gone is told at once."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions._displace import settle_opening
from mingbai.visits.actions._record import enter, now_or
from mingbai.visits.models import Break, Opening
from mingbai.visits.rules.openings import Terms, check_break, checked


@transaction.atomic
def set_opening(*, by: Actor, station: Station, terms: Terms, at: datetime | None = None) -> Opening:
    """Somebody receives from now on. Raises Refused: those of `rules.openings.checked`, "unknown_worker"."""
    row = register().stations[station.code]
    clean = checked(terms, offered=row.lines)
    opening = Opening(station=station, **_columns(clean))
    opening.save(force_insert=True)
    enter(opening, "set", by, now_or(at), **_told(clean))
    return opening


def _columns(terms: Terms) -> dict[str, Any]:
    values = asdict(terms)
    worker = values.pop("worker")
    if worker is not None and not Worker.objects.filter(pk=worker, is_active=True).exists():
        raise Refused(_("没有这个在岗人员。"), code="unknown_worker", field="worker")
    lists = {name: list(values[name]) for name in ("lines", "weekdays", "month_days")}
    return {**values, **lists, "worker_id": worker}


def _told(terms: Terms) -> dict[str, Any]:
    """Public facts: when who receives."""
    values = asdict(terms)
    values.pop("worker")
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}


@transaction.atomic
def end_opening(
    *, by: Actor, opening: Opening, last_on: date, reason: str, at: datetime | None = None
) -> Opening:
    """`last_on` is its last day; bookings after it are told and offered others.

    Raises Refused "bad_period", "empty_text".
    """
    at, found = now_or(at), _locked(opening)
    reason = clean_text(reason, most=200, field="reason")
    if last_on < found.first_on or last_on < timezone.localdate(at) - timedelta(days=1):
        raise Refused(_("最后一天不能早于昨天，也不能早于开始。"), code="bad_period", field="last_on")
    found.last_on = last_on
    found.save(update_fields=["last_on"])
    enter(found, "ended", by, at, last_on=last_on.isoformat(), why=reason)
    settle_opening(found, by, at, reason)
    return found


@transaction.atomic
def break_off(
    *,
    by: Actor,
    opening: Opening,
    first_on: date,
    last_on: date,
    reason: str,
    starts: time | None = None,
    ends: time | None = None,
    at: datetime | None = None,
) -> Break:
    """No reception on these days or hours. Raises Refused "bad_period", "bad_hours", "empty_text"."""
    at, found = now_or(at), _locked(opening)
    reason = clean_text(reason, most=200, field="reason")
    check_break(first_on, last_on, starts, ends)
    made = Break.objects.create(
        opening=found, first_on=first_on, last_on=last_on, starts=starts, ends=ends, reason=reason
    )
    days = {"from": first_on.isoformat(), "to": last_on.isoformat()}
    hours = f"{starts:%H:%M}-{ends:%H:%M}" if starts and ends else ""
    enter(found, "broken_off", by, at, **days, hours=hours, why=reason)
    settle_opening(found, by, at, reason)
    return made


@transaction.atomic
def lift_break(*, by: Actor, gap: Break, at: datetime | None = None) -> None:
    """It receives after all; who was told otherwise and has not chosen another time is told so."""
    at, found = now_or(at), _locked(gap.opening)
    enter(found, "break_lifted", by, at, **{"from": gap.first_on.isoformat(), "to": gap.last_on.isoformat()})
    gap.delete()
    settle_opening(found, by, at, "")


def _locked(opening: Opening) -> Opening:
    found: Opening = Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    return found
