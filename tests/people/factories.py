"""People for tests, made through actions: a small city of two counties, alice, bob and charlie."""

from dataclasses import dataclass, field
from itertools import count

from mingbai.core.actor import SYSTEM
from mingbai.people import actions
from mingbai.people.enums import Post
from mingbai.people.models import Partner, User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.models import Region, Station
from mingbai.places.rules.divisions import Division

PASSWORD = "tie-xi-dong-lu-88"
CITY, NORTH, SOUTH = "210400000000", "210402000000", "210404000000"
TOWN, VILLAGE, TOWN_SOUTH = "210402001000", "210402001001", "210404001000"

DIVISIONS = [
    (CITY, "抚顺市", "city", ""),
    (NORTH, "新抚区", "county", CITY),
    (TOWN, "站前街道", "township", NORTH),
    (VILLAGE, "裕民社区", "village", TOWN),
    (SOUTH, "望花区", "county", CITY),
    (TOWN_SOUTH, "田屯街道", "township", SOUTH),
]
_numbers = count(1)


@dataclass
class Town:
    """The city's regions and stations by code."""

    regions: dict[str, Region] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)


def make_town() -> Town:
    """Two counties with a township each, every region with its own built station."""
    names = ("code", "name", "level", "parent")
    rows = [
        Division(**dict(zip(names, row, strict=True)), line=n) for n, row in enumerate(DIVISIONS, start=2)
    ]
    places.found_city(by=SYSTEM, divisions=rows)
    Station.objects.update(is_built=True)
    places.touch(by=SYSTEM)
    return Town(
        {row.code: row for row in Region.objects.order_by("code")},
        {row.code: row for row in Station.objects.select_related("region").order_by("code")},
    )


def make_worker(station: Station, name: str = "", post: str = Post.WINDOW_CLERK, **more: object) -> Worker:
    name = name or f"员工{next(_numbers)}"
    return actions.register_worker(
        by=SYSTEM, name=name, post=post, region=station.region, station=station, **more
    )


def make_user(
    role: str = "",
    *,
    region: Region | None = None,
    station: Station | None = None,
    username: str = "",
    name: str = "",
    worker: Worker | None = None,
    **more: object,
) -> User:
    """A user who may sign in with PASSWORD; with a role, over the region or the station."""
    username = username or f"user{next(_numbers)}"
    user = actions.make_user(
        by=SYSTEM, username=username, name=name or username, password=PASSWORD, worker=worker, **more
    )
    if role:
        actions.grant(by=SYSTEM, user=user, role=role, region=region, station=station)
    return User.objects.select_related("worker__station").get(pk=user.pk)


def make_clerk(station: Station, username: str, name: str, role: str = RoleCode.STATION_MANAGER) -> User:
    """Somebody of the register who signs in and works at that station."""
    worker = make_worker(station, name)
    return make_user(role, station=station, username=username, name=name, worker=worker)


def alice(town: Town) -> User:
    """The owner's station: who holds the matter."""
    return make_clerk(town.stations[NORTH], "alice", "艾丽")


def bob(town: Town) -> User:
    """Her colleague of the same station."""
    return make_clerk(town.stations[NORTH], "bob", "鲍勃", RoleCode.WINDOW_CLERK)


def charlie(town: Town) -> User:
    """A stranger of another county."""
    return make_clerk(town.stations[SOUTH], "charlie", "查理")


def fresh(user: User) -> User:
    """The user as the next request will see them: nothing remembered."""
    return User.objects.select_related("worker__station").get(pk=user.pk)


def make_partner(name: str = "12345") -> tuple[Partner, str]:
    partner = actions.make_partner(by=SYSTEM, name=name)
    return partner, actions.issue_key(by=SYSTEM, partner=partner)
