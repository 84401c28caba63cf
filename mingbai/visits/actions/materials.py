"""Guides and posters: handed out, brought in, counted again."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.journal.actions import write
from mingbai.places.models import Station
from mingbai.visits.actions._record import now_or
from mingbai.visits.models import Handout, Supply
from mingbai.visits.rules.materials import check_change, check_count, check_material, check_past


@transaction.atomic
def hand_out(
    *,
    by: Actor,
    station: Station,
    material: str,
    count: int,
    on: date | None = None,
    client_key: str = "",
    source: str = "",
    at: datetime | None = None,
) -> Handout:
    """So many went out that day; a double click under one key is one.

    Raises Refused "bad_choice", "bad_count", "bad_time".
    """
    at = now_or(at)
    if client_key and (earlier := Handout.objects.filter(client_key=client_key).first()):
        return earlier
    today = timezone.localdate(at)
    given = Handout(
        station=station,
        on=check_past(on or today, today),
        material=check_material(material),
        count=check_count(count),
        client_key=client_key,
        imported_from=source,
        written_by=by.name,
        written_at=at,
    )
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError:
        return Handout.objects.get(client_key=client_key)
    _enter(station, "handed_out", by, at, material=material, count=count, on=given.on.isoformat())
    return given


@transaction.atomic
def supply(
    *,
    by: Actor,
    station: Station,
    material: str,
    count: int,
    note: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Supply:
    """So many came in; a negative count corrects the stock after counting, and says why.

    Raises Refused "bad_choice", "bad_count", "bad_time", "empty_text".
    """
    at = now_or(at)
    today = timezone.localdate(at)
    # Fewer than there should be is said why.
    words = clean_text(note, most=200, field="note") if note.strip() or count < 0 else ""
    came = Supply.objects.create(
        station=station,
        on=check_past(on or today, today),
        material=check_material(material),
        count=check_change(count),
        note=words,
        written_by=by.name,
        written_at=at,
    )
    _enter(station, "supplied", by, at, material=material, count=count, why=words)
    return came


def _enter(station: Station, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    write(chain=f"hall:{station.code}", verb=f"material.{verb}", by=by, place=station.code, at=at, data=data)
