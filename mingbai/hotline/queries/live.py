"""What the hotline process asks of the database: who sits where, who calls, whose night it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.core.checks import clean_phone
from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused
from mingbai.hotline.enums import Busy, CommandState, Recording, SeatState, Voice, Want
from mingbai.hotline.models import Call, Seat, SeatCommand
from mingbai.hotline.rules.line import Said
from mingbai.people.models import Worker
from mingbai.people.queries import staffing
from mingbai.places.models import Station
from mingbai.places.queries import register

SAME_AGENT = timedelta(hours=24)
"""So long a caller goes to whom they spoke with before."""
SHIFT = timedelta(hours=12)
"""A seat's password is worth nothing after this."""


def line_station(city: str = "") -> str:
    """The station whose line rings: the centre of the city; "" where none is registered."""
    return next((row.code for row in register().stations_at(city or settings.CITY_CODE)), "")


def plain_phone(number: str) -> str:
    """The caller's number in the house's one form; "" for a withheld or impossible one."""
    try:
        return clean_phone(number)
    except Refused:
        return ""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a caller before anybody speaks. `spoke_with` is a worker's key as text."""

    phone: str = field(repr=False)
    county: str = ""
    spoke_with: str = ""


def about(number: str, now: datetime, dialled: str = "") -> About:
    """Three queries at most, by index. A county's own number says the county before anything else."""
    phone, county = plain_phone(number), _county_dialled(dialled)
    if not phone:
        return About("", county)
    last = (
        Call.objects.filter(phone_hash=phone_hash(phone), offered_at__gt=now - SAME_AGENT)
        .exclude(worker=None)
        .order_by("-offered_at")
        .values_list("worker_id", flat=True)
        .first()
    )
    return About(phone, county or _county(phone), str(last or ""))


def _county_dialled(dialled: str) -> str:
    """That of the station whose public number was dialled; "" for the city's own, or 12348."""
    if not (plain := plain_phone(dialled)) or plain == "12348":
        return ""
    regions = Station.objects.filter(phone__in={plain, dialled}).values_list("region_id", flat=True)
    found = {county for region in regions if (county := register().county_of(region))}
    return found.pop() if len(found) == 1 else ""


def phone_hash(phone: str) -> str:
    return keyed_hash(phone, what="call.phone")


def _county(phone: str) -> str:
    """That of the latest matter of anybody with this phone."""
    found = (
        Case.objects.filter(speaker__phone_hash=hashed("phone", phone))
        .exclude(region=None)
        .order_by("-opened_at")
        .values_list("region_id", flat=True)
        .first()
    )
    return register().county_of(found) if found else ""


def staffed(station: str) -> list[Said]:
    """The seats where somebody sits who can be called; one query.

    Not a browser whose password has run out: nothing rings there until somebody signs in again.
    """
    rows = Seat.objects.filter(station_id=station).staffed().exclude(voice=Voice.NONE)
    rows = rows.exclude(voice=Voice.BROWSER, signed_in_at__lt=timezone.now() - SHIFT).order_by("name")
    # Asked four times a second: values, no objects.
    began = Coalesce("since", "signed_in_at")
    found = rows.values_list("name", "state", began, "worker", "worker__region", "busy")
    places, now = register(), timezone.now()
    return [
        Said(
            name,
            SeatState(state),
            (began or now).timestamp(),
            str(worker),
            places.county_of(region) if region else "",
            busy == Busy.WRAP,
        )
        for name, state, began, worker, region, busy in found
    ]


@dataclass(frozen=True, slots=True)
class Password:
    """What lets the browser of one seat sign in to the exchange, until the shift is over."""

    seat: str
    secret: str = field(repr=False)


def passwords(station: str, now: datetime) -> Iterator[Password]:
    """Of all seats with a browser's telephone; "" for one that nobody may use now."""
    for seat in Seat.objects.filter(station_id=station, voice=Voice.BROWSER).order_by("name"):
        yield Password(seat.name, secret_of(seat, now))


def secret_of(seat: Seat, now: datetime) -> str:
    """Made from the moment of signing in: nothing is kept, and the next shift has another one."""
    if seat.state == SeatState.OFF or seat.signed_in_at is None or now - seat.signed_in_at > SHIFT:
        return ""
    return keyed_hash(f"{seat.pk}:{seat.signed_in_at.timestamp()}", what="seat.secret")


def night_worker(station: str, now: datetime) -> Worker | None:
    """Whoever is on the roster of the line at this moment and can be called; None where nobody is."""
    staff = staffing()
    if not staff.duties.get(station):
        return None  # without a roster everybody would be on duty, at three in the morning too
    ids = [row.id for row in staff.on_duty(station, now)]
    return next((one for one in Worker.objects.filter(pk__in=ids).order_by("code") if one.phone), None)


def night_phone(station: str, now: datetime) -> str:
    """The telephone of `night_worker`; "" without one."""
    worker = night_worker(station, now)
    return worker.phone.replace("-", "") if worker else ""


@dataclass(frozen=True, slots=True)
class OpenCall:
    key: str
    offered: float
    was_answered: bool


def open_calls(station: str) -> list[OpenCall]:
    """Calls of our exchange that have no end in the database yet; not those that nobody has dialled yet."""
    rows = Call.objects.on_the_line().filter(station_id=station)
    asked = SeatCommand.objects.filter(what=Want.DIAL, state=CommandState.ASKED).values("call")
    rows = rows.exclude(channel="").exclude(pk__in=asked).order_by("offered_at")
    return [
        OpenCall(call.channel, call.offered_at.timestamp(), call.answered_at is not None) for call in rows
    ]


def commands(station: str) -> list[SeatCommand]:
    """What seats want and nobody has followed yet, the oldest first; one query by a small index, and where
    there are any, one more."""
    asked = SeatCommand.objects.filter(station_id=station, state=CommandState.ASKED).order_by("pk")
    found = list(asked.values_list("pk", flat=True)[:50])
    # Asked four times a second, and mostly in vain: the wide rows only where there are some.
    rows = SeatCommand.objects.filter(pk__in=found).select_related("call__case").order_by("pk")
    return list(rows) if found else []


def calls_here(keys: Iterable[str], *, over: bool = False) -> frozenset[str]:
    """Of these names of the exchange's calls, those that are in the table, or are over there."""
    rows = Call.objects.filter(channel__in=list(keys))
    found = rows.filter(ended_at__isnull=False) if over else rows
    return frozenset(found.values_list("channel", flat=True))


def recordings_due(now: datetime) -> list[Call]:
    """Ended calls whose recording still lies in the exchange, the oldest first."""
    return list(
        Call.objects.filter(recording__literally=[Recording.DUE], ended_at__lt=now)
        .only("channel", "ended_at")
        .order_by("ended_at")[:50]
    )
