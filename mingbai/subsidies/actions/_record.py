"""What the actions of subsidies share: the rate of a piece, its amount, its entry in the journal."""

from datetime import datetime
from typing import Any

from mingbai.core.actor import Actor
from mingbai.journal.actions import write
from mingbai.subsidies.models import Piece
from mingbai.subsidies.queries import lines_of, rate_for
from mingbai.subsidies.rules import total


def freeze(piece: Piece) -> None:
    piece.rate = rate_for(
        piece.work,
        region=piece.region_id,
        on=piece.frozen_on,
        kind=piece.kind,
        stage=piece.stage,
        area=piece.area,
    )


def reckon(piece: Piece) -> None:
    piece.amount = total(lines_of(piece))


def enter(piece: Piece, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    write(chain=piece.chain, verb=f"piece.{verb}", by=by, at=at, data=data)
