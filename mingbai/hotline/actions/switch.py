"""One thing that happened at the line, written by itself; the hotline process tells many at once."""

from datetime import datetime

from django.db import transaction

from mingbai.core.actor import Actor
from mingbai.hotline.actions.telling import News, Offered, Recorded, tell
from mingbai.hotline.enums import Busy, CommandState, Step
from mingbai.hotline.models import Call, CallEvent, Pulse
from mingbai.hotline.rules.shapes import Note, Reply, Sit


@transaction.atomic
def offer(*, by: Actor, station: str, key: str, at: datetime, number: str, dialled: str) -> Call:
    """A call came in at this line; the same one again is no other call."""
    tell(by=by, station=station, news=[Offered(key, at.timestamp(), number, dialled)])
    return Call.objects.get(channel=key)


@transaction.atomic
def note(*, by: Actor, key: str, step: Step, at: datetime, seat: str = "", why: str = "") -> CallEvent | None:
    """One thing that happened to a call. None for a call that is not known or has ended already."""
    call = Call.objects.filter(channel=key, ended_at=None).first()
    if call is None:
        return None
    tell(by=by, station=call.station_id, news=[Note(key, step, at.timestamp(), seat, why)])
    return call.events.order_by("-seq").first()


def sit(
    *, by: Actor, station: str, seat: str, busy: Busy, at: datetime, key: str = "", pause: str = ""
) -> None:
    """What the line makes of a seat. One that was signed out meanwhile stays signed out."""
    tell(by=by, station=station, news=[Sit(seat, busy, at.timestamp(), key, pause)])


def expect_recording(*, by: Actor, key: str) -> None:
    """The exchange records this call: it is asked for the file later, whatever it tells or does not tell."""
    tell(by=by, station="", news=[Recorded(key)])


def reply(*, by: Actor, command: int, state: CommandState, at: datetime, why: str = "") -> None:
    """What became of something that a seat wanted. What has failed or is done stays so."""
    news: list[News] = [Reply(str(command), state, at.timestamp(), why)]
    tell(by=by, station="", news=news)


def beat(*, by: Actor, station: str, at: datetime, has_exchange: bool) -> None:
    """The hotline process is alive; no history, since it says so every two seconds."""
    Pulse.objects.update_or_create(station_id=station, defaults={"at": at, "has_exchange": has_exchange})
