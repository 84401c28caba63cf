"""How a hall calls: with numbers or without, how far the law puts forward, aloud or not."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.models import Station
from mingbai.visits.actions._record import locked_hall, now_or
from mingbai.visits.models import Hall

MOST_AHEAD = 120
MOST_PAIRINGS = 30_000


@transaction.atomic
def set_hall(
    *,
    by: Actor,
    station: Station,
    has_tickets: bool,
    head_start: int,
    speaks: bool,
    at: datetime | None = None,
) -> Hall:
    """`head_start` in minutes. Raises Refused "bad_count"."""
    if not 0 <= head_start <= MOST_AHEAD:
        raise Refused(_("提前的分钟数为 0 到 120。"), code="bad_count", field="head_start")
    hall = locked_hall(station.code)
    hall.has_tickets, hall.head_start, hall.speaks = has_tickets, head_start, speaks
    hall.save()
    data = {"tickets": has_tickets, "head_start": head_start, "speaks": speaks}
    write(chain=hall.chain, verb="hall.set", by=by, place=station.code, at=now_or(at), data=data)
    return hall


@transaction.atomic
def pair_anew(*, by: Actor, station: Station, at: datetime | None = None) -> Hall:
    """The tablets at the windows must be opened with new addresses: one was lost, or went elsewhere."""
    hall = locked_hall(station.code)
    hall.pairing = hall.pairing % MOST_PAIRINGS + 1
    hall.save(update_fields=["pairing"])
    write(chain=hall.chain, verb="hall.paired", by=by, place=station.code, at=now_or(at), data={})
    return hall
