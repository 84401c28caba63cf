"""What a seat's panel of third parties shows: whom one may reach, and what became of the last wish."""

from dataclasses import dataclass

from mingbai.hotline.enums import Busy, CommandState, Target, Voice, Want
from mingbai.hotline.models import Call, Seat, SeatCommand
from mingbai.places.models import Station

THIRDS = (Want.PASS, Want.CONSULT, Want.JOIN)
OPEN = (CommandState.ASKED, CommandState.RINGING, CommandState.TALKING)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a caller can be passed to without typing a number."""

    seats: list[Seat]
    stations: list[Station]


def reach(seat: Seat, regions: list[str]) -> Reach:
    """The other staffed seats with a telephone, and the stations of these regions that have one; two
    queries."""
    others = Seat.objects.filter(station_id=seat.station_id).staffed().exclude(pk=seat.pk)
    stations = Station.objects.filter(region_id__in=regions).exclude(phone="").exclude(pk=seat.station_id)
    return Reach(
        list(others.exclude(voice=Voice.NONE).select_related("worker").order_by("name")),
        list(stations.order_by("tier", "code")[:60]),
    )


def last_third(seat: Seat | None) -> SeatCommand | None:
    """The last third party that this seat wanted for its call; no query where there is no call."""
    if seat is None or not seat.call_id or seat.busy == Busy.RINGING:
        return None
    rows = SeatCommand.objects.filter(call=seat.call_id, seat=seat.name, what__in=THIRDS)
    return rows.order_by("-pk").first()


def wishes(call: Call) -> list[SeatCommand]:
    """Everything that seats wanted of a call, with who it was."""
    return list(call.commands.select_related("worker").order_by("pk"))


def target_words(command: SeatCommand) -> str:
    """Whom, as shown: a seat's name, a station's name, 12345; a typed number only by its end."""
    if command.target == Target.STATION:
        name = Station.objects.filter(code=command.to).values_list("name", flat=True).first()
        return str(name or command.to)
    if command.target == Target.NUMBER:
        return f"…{command.number[-4:]}" if command.number else str(Target.NUMBER.label)
    return str(Target.OTHER_LINE.label) if command.target == Target.OTHER_LINE else command.to
