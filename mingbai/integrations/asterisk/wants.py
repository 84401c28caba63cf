"""What a seat wants, as the database has it, made ready for line and exchange."""

from dataclasses import dataclass, field

from mingbai.hotline.enums import Target, Want
from mingbai.hotline.models import SeatCommand
from mingbai.hotline.rules.shapes import OUT, Wanted
from mingbai.integrations.asterisk.doing import Way
from mingbai.integrations.asterisk.orders import headers_of


@dataclass(frozen=True, slots=True)
class Asked:
    """`at`: seconds since the epoch when it was asked for; `number` is whom a call out goes to."""

    pk: int
    at: float
    wanted: Wanted
    way: Way
    number: str = field(default="", repr=False)


def asked_of(row: SeatCommand) -> Asked:
    """A query more where the call goes to another hotline; blocking."""
    is_seat = row.target == Target.SEAT
    way = Way(f"PJSIP/{row.to}") if is_seat else Way(f"PJSIP/{row.number}@trunk", _along(row))
    to = row.to if is_seat else OUT
    wanted = Wanted(str(row.pk), Want(row.what), row.seat, row.call.channel, to)
    return Asked(row.pk, row.asked_at.timestamp(), wanted, way, row.number)


def _along(row: SeatCommand) -> dict[str, str]:
    """Numbers of the matter go to the other hotline alone."""
    return headers_of(row.call) if row.target == Target.OTHER_LINE else {}
