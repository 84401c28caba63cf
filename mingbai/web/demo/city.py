"""The demo city's stations and people, one sign-in for every role."""

import base64
import random
from dataclasses import dataclass
from datetime import time
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.crypto import keyed_hash
from mingbai.people.actions.grants import grant
from mingbai.people.actions.roster import add_absence, add_duty
from mingbai.people.actions.users import make_user, set_pin
from mingbai.people.actions.workers import register_worker
from mingbai.people.enums import Post
from mingbai.people.models import User, Worker
from mingbai.people.roles import ROLES, RoleCode
from mingbai.places.actions.stations import add_coverage, edit_station
from mingbai.places.models import Region, Station
from mingbai.places.rules.lines import required
from mingbai.web.demo.texts import GIVEN, SURNAMES

DEMO = Actor("system", "demo", "演示数据")
CITY, COUNTY, OTHER_COUNTY = "210400000000", "210402000000", "210422000000"
PIN = "2580"


@dataclass(frozen=True)
class Seat:
    """One person of the demo who signs in: where they serve, and as what."""

    username: str
    role: RoleCode
    station: str
    post: Post
    whole_region: bool = False


SEATS = (
    Seat("window", RoleCode.WINDOW_CLERK, COUNTY, Post.WINDOW_CLERK),
    Seat("window2", RoleCode.WINDOW_CLERK, OTHER_COUNTY, Post.WINDOW_CLERK),
    Seat("agent", RoleCode.HOTLINE_AGENT, CITY, Post.HOTLINE_AGENT),
    Seat("worker", RoleCode.STATION_WORKER, "210402001000", Post.MEDIATOR),
    Seat("village", RoleCode.VILLAGE_LAWYER, "210421101201", Post.VILLAGE_LAWYER),
    Seat("lawyer", RoleCode.PRACTITIONER, COUNTY, Post.LAWYER),
    Seat("aid", RoleCode.AID_REVIEWER, COUNTY, Post.LEGAL_AID_CLERK),
    Seat("manager", RoleCode.STATION_MANAGER, COUNTY, Post.MANAGER),
    Seat("supervisor", RoleCode.SUPERVISOR, CITY, Post.MANAGER, whole_region=True),
    Seat("county", RoleCode.SUPERVISOR, COUNTY, Post.MANAGER, whole_region=True),
    Seat("leader", RoleCode.LEADER, CITY, Post.MANAGER, whole_region=True),
    Seat("finance", RoleCode.FINANCE, CITY, Post.MANAGER, whole_region=True),
    Seat("quality", RoleCode.QUALITY, CITY, Post.MANAGER, whole_region=True),
    Seat("system", RoleCode.SYSTEM_ADMIN, CITY, Post.MANAGER, whole_region=True),
    Seat("security", RoleCode.SECURITY_ADMIN, CITY, Post.MANAGER, whole_region=True),
    Seat("audit", RoleCode.AUDIT_ADMIN, CITY, Post.MANAGER, whole_region=True),
)


def password() -> str:
    """The demo's one password: of this installation's own key, so that no two demos share it."""
    return f"demo-{keyed_hash('password', what='demo')[:8]}"


def totp_secret(username: str) -> str:
    """The authenticator secret of a demo user whose role needs a second factor (base32)."""
    return base64.b32encode(
        bytes.fromhex(keyed_hash(username, what="demo.totp"))[:20].ljust(20, b"m")
    ).decode()


@transaction.atomic
def furnish(rng: random.Random) -> None:
    """Open the stations, then fill the register and the roster."""
    _stations(rng)
    for number, seat in enumerate(SEATS):
        _seat(seat, _name(rng), number, rng)
    _workers(rng)


def _stations(rng: random.Random) -> None:
    """Most stations are built, as in a real city; a few are only planned, a few take matters themselves."""
    stations = Station.objects.prefetch_related("offers").order_by("code")
    wanted = {seat.station for seat in SEATS}
    for number, station in enumerate(stations):
        built = station.is_built or rng.random() < 0.96 or station.code in wanted
        changes: dict[str, Any] = {"is_built": built, "own_premises": built and rng.random() < 0.95}
        if built:
            changes["lines"] = {"consultation", *required(station.tier)}
        if station.code == CITY:
            changes |= {"windows": 7, "hotline_seats": 5, "kiosks": 1, "phone": "12348"}
            changes["lines"] = set(_CITY_LINES)
        elif station.tier == "county_centre":
            changes |= {"windows": 3, "phone": f"024-5{number % 10}0012{number % 10}0"}
            changes["lines"] = set(_COUNTY_LINES)
        changes["takes_matters"] = built and station.code in wanted and station.tier in _LOWER
        edit_station(by=DEMO, station=station, changes=changes)
    add_coverage(
        by=DEMO,
        area="沈抚示范区",
        region=Region.objects.get(code="210404011000"),
        station=Station.objects.get(code=CITY),
        valid_from=timezone.localdate().replace(month=1, day=1),
        source="演示：没有独立区划代码的示范区",
    )


_LOWER = ("township_station", "village_studio")
_COUNTY_LINES = ("consultation", "legal_aid", "mediation", "notary", "counsel")
_CITY_LINES = (*_COUNTY_LINES, "approval", "forensic", "arbitration", "exam")


def _name(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def _seat(seat: Seat, name: str, number: int, rng: random.Random) -> None:
    station = Station.objects.get(code=seat.station)
    worker = register_worker(
        by=DEMO,
        name=name,
        post=seat.post,
        region=station.region,
        station=station,
        code=f"D{number:04d}",
        is_full_time=True,
        post_type="contract",
        phone=f"139{rng.randrange(10**8):08d}",
        skills=[("consultation", "")],
    )
    user = make_user(by=DEMO, username=seat.username, name=name, password=password(), worker=worker)
    where = {"region": station.region} if seat.whole_region else {"station": station}
    grant(by=DEMO, user=user, role=seat.role, **where)
    set_pin(by=DEMO, user=user, pin=PIN)
    if ROLES[seat.role].second_factor:
        TOTP.activate(user, totp_secret(seat.username))


def _workers(rng: random.Random) -> None:
    """The rest of the register: mediators, advisers and law-savvy villagers without a sign-in."""
    villages = list(Station.objects.filter(tier="village_studio", is_built=True).order_by("code"))
    posts = (Post.MEDIATOR, Post.VILLAGE_LAWYER, Post.LAW_SAVVY_VILLAGER, Post.LAWYER, Post.NOTARY)
    for number, station in enumerate(rng.sample(villages, 60)):
        register_worker(
            by=DEMO,
            name=_name(rng),
            post=posts[number % len(posts)],
            region=station.region,
            station=station,
            code=f"D{100 + number:04d}",
            phone=f"137{rng.randrange(10**8):08d}",
        )
    adviser = Worker.objects.select_related("station").get(code="D0004")
    assert adviser.station
    add_duty(by=DEMO, worker=adviser, station=adviser.station, weekday=2, starts=time(9), ends=time(16))
    clerk, stand_in = Worker.objects.get(code="D0006"), Worker.objects.get(code="D0000")
    today = timezone.localdate()
    add_absence(by=DEMO, worker=clerk, starts_on=today, ends_on=today, stand_in=stand_in)


def user_of(username: str) -> User:
    return get_user_model().objects.get(username=username)
