"""Duty is paid by the working day: what a line counts of it, person by person and day by day."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.people.models import Worker
from mingbai.subsidies.actions._record import enter, freeze, reckon
from mingbai.subsidies.actions.pieces import Job, earn
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Piece
from mingbai.subsidies.rules import duty_stage

_MOST = 24 * 60


@transaction.atomic
def on_duty(
    *,
    by: Actor,
    worker: Worker,
    work: str,
    region: str,
    on: date,
    minutes: int,
    adds: bool = False,
    at: datetime | None = None,
) -> Piece | None:
    """So many minutes of duty that day, one piece a person, work and day whatever the number of shifts.

    `adds`: on top of what was counted; else it is the day's whole, and less than before changes nothing. What
    stands in a sheet stays. `region`: code of the place that pays. None for less than a minute.
    """
    at, event = at or timezone.now(), f"{work}:{worker.pk}:{on:%Y%m%d}"
    if minutes < 1:
        return None
    known = Piece.objects.select_for_update(of=("self",)).filter(event=event).first()
    if known is not None and known.state != PieceState.EARNED:
        return known
    counted = min(_MOST, known.minutes + minutes if known and adds else minutes)
    if known is None:
        job = Job(worker=worker, work=work, region=region, stage=duty_stage(counted))
        known = earn(by=by, event=event, on=on, job=job, at=at)
        assert known is not None
    elif counted <= known.minutes:
        return known
    return _counted(known, counted, by, at)


def _counted(piece: Piece, minutes: int, by: Actor, at: datetime) -> Piece:
    """Half a day becomes a whole one with its own rate."""
    stage, piece.minutes = duty_stage(minutes), minutes
    if stage != piece.stage:
        piece.stage = stage
        freeze(piece)
        reckon(piece)
    piece.save(update_fields=["minutes", "stage", "rate", "amount"])
    enter(piece, "counted", by, at, minutes=minutes, amount=str(piece.amount))
    return piece
