"""Visits found again: by code, of a day, of an opening; what still has to be told by voice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from mingbai.core.crypto import keyed_hash
from mingbai.core.numbers import clean_number
from mingbai.people.models import User
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Visit

CODE_HASH, CODE_DIGITS = "visits.code", 12


def by_code(code: str) -> Visit | None:
    """The visit that this code was given for; None for a wrong one or one that was forgotten."""
    plain = clean_number(code)
    if len(plain) != CODE_DIGITS or not (plain.isascii() and plain.isdigit()):
        return None
    found = Visit.objects.filter(code_hash=keyed_hash(plain, what=CODE_HASH))
    return found.select_related("station", "opening").first()


def booked_on(user: User, stations: Collection[str], first: date, last: date) -> QuerySet[Visit]:
    """Bookings of some days, by time; those that were cancelled are left out."""
    seen = Visit.objects.visible_to(user).within(first, last).filter(station_id__in=stations)
    kept = seen.filter(opening__isnull=False).exclude(state=VisitState.CANCELLED)
    return kept.select_related("opening", "station", "case").order_by("starts_at", "opening_id", "seat")


def displaced(user: User, stations: Collection[str]) -> QuerySet[Visit]:
    """Bookings whose slot is gone and who have not chosen another: some may have no mobile telephone."""
    seen = Visit.objects.visible_to(user).filter(state=VisitState.BOOKED, displaced_at__isnull=False)
    return seen.filter(station_id__in=stations).select_related("opening", "station").order_by("starts_at")


def booked_from(now: datetime, stations: Collection[str] = ()) -> QuerySet[Visit]:
    """Every booking to come, at some stations or all."""
    found = Visit.objects.filter(state=VisitState.BOOKED, starts_at__gt=now)
    found = found.filter(station_id__in=stations) if stations else found
    return found.select_related("opening", "station").order_by("starts_at", "id")


def reception_sheet(user: User, stations: Collection[str], on: date) -> QuerySet[Visit]:
    """Who comes to the leader that day, with the opinions that were taken down."""
    seen = booked_on(user, stations, on, on).filter(kind=VisitKind.RECEPTION)
    return seen.prefetch_related("opinions__case")


def homes_on(user: User, stations: Collection[str], on: date) -> QuerySet[Visit]:
    """To whom somebody goes that day, by who goes and when."""
    seen = booked_on(user, stations, on, on).filter(kind=VisitKind.HOME)
    return seen.order_by("opening_id", "starts_at", "seat")


def recorded_today(user: User, station: str) -> QuerySet[Visit]:
    """What was served at a station today, the last first."""
    today = timezone.localdate()
    seen = Visit.objects.visible_to(user).filter(station_id=station).within(today, today).served()
    return seen.select_related("case", "worker").order_by("-ended_at", "-id")
