"""Whose door a page shows, and how it reaches its objects: what the user may not see does not exist (404)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.perms import own_worker
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.enums import Line, Tier
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.models import Opening, Visit
from mingbai.visits.perms import can_keep_openings, can_receive, stations_seen
from mingbai.visits.rules.slots import Slot
from mingbai.web.access import user_of
from mingbai.web.forms import day_typed, said
from mingbai.web.ways import Room
from mingbai.web.where import Choices

AT = "door_at"
"""Session: whose door this person looked at last."""
_CENTRES = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)


def worker_of(request: HttpRequest) -> Worker | None:
    """The user's active row in the register."""
    return user_of(request).worker if own_worker(user_of(request)) is not None else None


def here(request: HttpRequest) -> str:
    """The station whose door is shown: asked for, looked at last, one's own, else the first there is.

    Raises Http404 for a user of no station.
    """
    seen = stations_seen(user_of(request))
    asked = request.GET.get("at", "")
    if asked in seen:
        request.session[AT] = asked
    worker = worker_of(request)
    own = worker.station_id if worker else ""
    for code in (asked, request.session.get(AT, ""), own or "", *_first_centre(seen)):
        if code in seen:
            return str(code)
    raise Http404


def _first_centre(seen: frozenset[str]) -> list[str]:
    stations = register().stations
    return sorted(seen, key=lambda code: (stations[code].tier not in _CENTRES, code))[:1]


def station_of(code: str) -> Station:
    return get_object_or_404(Station.objects.select_related("region"), pk=code)


def doors(request: HttpRequest) -> Choices:
    """The stations to choose from: centres, one's own, and those that receive by appointment."""
    seen, stations = stations_seen(user_of(request)), register().stations
    worker = worker_of(request)
    kept = set(Opening.objects.filter(station_id__in=seen).values_list("station_id", flat=True))
    kept |= {code for code in seen if stations[code].tier in _CENTRES} | ({here(request)} & seen)
    if worker is not None and worker.station_id in seen:
        kept.add(str(worker.station_id))
    return [(code, stations[code].name) for code in sorted(kept)]


def receives_here(request: HttpRequest, station: str) -> None:
    """Raises PermissionDenied for who only looks."""
    if not can_receive(user_of(request), station):
        raise PermissionDenied


def visit_for(request: HttpRequest, pk: int, *, works: bool = True) -> Visit:
    user = user_of(request)
    rows = Visit.objects.visible_to(user).select_related("station", "opening", "case", "worker")
    visit = get_object_or_404(rows, pk=pk)
    if works and not can_receive(user, visit.station_id):
        raise PermissionDenied
    return visit


def opening_for(request: HttpRequest, pk: int) -> Opening:
    """An opening that the user keeps."""
    user = user_of(request)
    opening = get_object_or_404(Opening.objects.visible_to(user).select_related("station", "worker"), pk=pk)
    if not can_keep_openings(user, opening.station_id):
        raise PermissionDenied
    return opening


def lines_at(station: str) -> Choices:
    """The lines that are received there, in the order of the house."""
    row = register().stations.get(station)
    offered = row.lines if row and row.lines else frozenset(Line.values)
    return [(line.value, str(line.label)) for line in Line if line in offered]


def workers_at(station: str) -> list[Worker]:
    return list(Worker.objects.active().filter(station_id=station).order_by("code"))


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages of the door, for whom they are."""
    pages = [
        ("home", _("今天")),
        ("calendar", _("预约")),
        ("homes", _("上门")),
        ("reception", _("接待日")),
        ("materials", _("宣传材料")),
        ("openings", _("开放时段")),
    ]
    return Room("door").tabs(pages, current)


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """What every page of the door shows: its tabs, whose door it is, and the others."""
    station = here(request)
    return {
        "tabs": tabs(request, current),
        "at": station,
        "door_name": register().stations[station].name,
        "doors": doors(request),
        "may_receive": can_receive(user_of(request), station),
        "may_keep": can_keep_openings(user_of(request), station),
    }


def day_of(request: HttpRequest, name: str = "on") -> date:
    """The day in the address; today for none or nonsense."""
    return day_typed(request.GET.get(name, "")) or timezone.localdate()


def stamp(slot: Slot) -> str:
    """A slot as a form names it: opening and minutes since 1970."""
    return f"{slot.opening}-{int(slot.starts_at.timestamp()) // 60}"


def slot_of(text: str) -> tuple[int, datetime]:
    """The opening and the time of a slot's name. Raises Refused "no_such_slot"."""
    opening, _dash, minutes = text.partition("-")
    if not (opening.isdecimal() and minutes.isdecimal()) or len(opening) > 12 or len(minutes) > 8:
        raise Refused(_("请选择时间。"), code="no_such_slot", field="slot")
    at = datetime.fromtimestamp(int(minutes) * 60, tz=timezone.get_current_timezone())
    return int(opening), at


def tried(request: HttpRequest, act: Callable[[], Any], done: str = "") -> bool:
    """Do it and say so above the next page; a refusal is said there too, and nothing was changed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, said(refused))
        return False
    if done:
        messages.success(request, done)
    return True
