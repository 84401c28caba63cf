"""Who sits here, on which line, and which calls they may open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from mingbai.hotline.enums import Voice
from mingbai.hotline.models import Call, Seat
from mingbai.hotline.queries.live import line_station, secret_of
from mingbai.hotline.queries.seats import may_open, seat_of, taken_names
from mingbai.people.models import User, Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import user_of
from mingbai.web.ways import Room


@dataclass(frozen=True, slots=True)
class Sitting:
    """The person, their row in the register, the line, and the seat they have taken."""

    user: User
    worker: Worker | None
    station: str
    seat: Seat | None


def sitting(request: HttpRequest) -> Sitting:
    """404 where the city has no centre: then there is no line."""
    user = request.user
    assert isinstance(user, User)
    station = line_station()
    if not station:
        raise Http404
    worker = getattr(user, "worker", None)
    worker = worker if worker is not None and worker.is_active else None
    return Sitting(user, worker, station, seat_of(worker))


def call_for(here: Sitting, pk: int) -> Call:
    found: Call = get_object_or_404(may_open(here.user, pk, here.seat))
    return found


def call_to_end(here: Sitting, pk: int) -> Call:
    """The same for what changes it: one's own call, or one of the line where one works."""
    found = call_for(here, pk)
    is_own = here.worker is not None and found.worker_id == here.worker.pk
    is_here = here.seat is not None and here.seat.call_id == found.pk
    if not (is_own or is_here or can(here.user, Permission.CASE_WORK, station=found.station_id)):
        raise PermissionDenied
    return found


def free_seats(station: str) -> list[tuple[str, str, str]]:
    """(name, voice, what it is) of seats nobody has taken: browsers and desk telephones of the exchange, and
    one second screen, which there is always."""
    taken = taken_names(station)
    found: list[tuple[str, str]] = []
    if settings.PBX_URL:
        found += [(f"seat-{n}", Voice.BROWSER) for n in range(1, settings.PBX_SEATS + 1)]
        found += [(f"phone-{n}", Voice.PHONE) for n in range(1, settings.PBX_PHONES + 1)]
    free = [(name, voice, str(Voice(voice).label)) for name, voice in found if name not in taken]
    screen = next(f"desk-{n}" for n in range(1, 100) if f"desk-{n}" not in taken)
    return [*free, (screen, Voice.NONE, str(Voice.NONE.label))]


def softphone(request: HttpRequest, seat: Seat | None, now: datetime) -> dict[str, str] | None:
    """What the browser's telephone needs to sign in; None where the voice comes from elsewhere."""
    if seat is None or seat.voice != Voice.BROWSER or not settings.PBX_URL:
        return None
    scheme = "wss" if request.is_secure() else "ws"
    url = settings.PBX_WS_URL or f"{scheme}://{request.get_host()}/pbx/ws"
    return {"url": url, "name": seat.name, "secret": secret_of(seat, now)}


# ── quality, announcements, records ──


def rules_of_line(request: HttpRequest) -> str:
    """The line's station, for who keeps its rules. 404 without a centre; raises PermissionDenied."""
    station = line_station()
    if not station:
        raise Http404
    if not can(user_of(request), Permission.RULES_EDIT, station=station):
        raise PermissionDenied
    return station


_ROOM = Room("seat")
way, link = _ROOM.way, _ROOM.link


def tabs(here: str) -> list[dict[str, Any]]:
    """The lists of quality inspection."""
    pages = {
        "quality": _("质检"),
        "draws": _("抽检"),
        "quality_figures": _("按人统计"),
        "score_sheets": _("评分表"),
    }
    return _ROOM.tabs(pages.items(), here)
