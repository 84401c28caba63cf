"""A small city with people of every role, and matters opened through the actions; bulk rows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.files import attach
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.actions.rulebook import prepare
from mingbai.cases.enums import OPEN_STATES, State, WaitingOn
from mingbai.cases.models import Case, Clock, DeadlineRule, Resident
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import RESIDENT, SYSTEM, Actor
from mingbai.core.numbers import new_number
from mingbai.people import actions as people
from mingbai.people.models import Partner, User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.enums import Line
from mingbai.places.models import Region, Station
from mingbai.places.rules.divisions import Division
from tests.laid import Laid
from tests.people.factories import make_user, make_worker

CITY, NORTH, SOUTH = "210400000000", "210402000000", "210404000000"
TOWN, TOWN_SOUTH = "210402001000", "210404001000"
VILLAGE, VILLAGE_EMPTY = "210402001001", "210402001002"
VILLAGE_SOUTH, VILLAGE_UNBUILT = "210404001001", "210404001002"
ROWS = [
    (CITY, "抚顺市", "city", ""),
    (NORTH, "新抚区", "county", CITY),
    (SOUTH, "望花区", "county", CITY),
    (TOWN, "站前街道", "township", NORTH),
    (TOWN_SOUTH, "李石街道", "township", SOUTH),
    (VILLAGE, "裕民社区", "village", TOWN),
    (VILLAGE_EMPTY, "东八路社区", "village", TOWN),
    (VILLAGE_SOUTH, "李石村", "village", TOWN_SOUTH),
    (VILLAGE_UNBUILT, "青台子村", "village", TOWN_SOUTH),
]
PHONE, TEXT = "13812345678", "老板三个月没发工资，怎么要回来？"
_numbers = count(1)


@dataclass
class City:
    """Regions and stations by code; one worker a station; users by role, of NORTH unless the role is wider.

    `alice` owns matters at NORTH, `bob` is her colleague there, `charlie` a stranger of SOUTH.
    """

    regions: dict[str, Region]
    stations: dict[str, Station]
    workers: dict[str, Worker] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    partner: Partner = field(default_factory=Partner)

    @property
    def alice(self) -> User:
        return self.users["alice"]

    @property
    def bob(self) -> User:
        return self.users["bob"]

    @property
    def charlie(self) -> User:
        return self.users["charlie"]

    @property
    def supervisor(self) -> User:
        return self.users[RoleCode.SUPERVISOR]

    @property
    def owner(self) -> Worker:
        """Alice's row in the register."""
        return Worker.objects.get(user=self.alice)


def make_city() -> City:
    """1 city, 2 counties, 2 townships, 4 villages: one of them with nobody, one not built.

    Founded through the actions once a process; afterwards its rows are laid.
    """
    _CITY.lay()
    stations = {row.code: row for row in Station.objects.select_related("region").order_by("code")}
    city = City({row.code: row for row in Region.objects.order_by("code")}, stations)
    city.partner = Partner.objects.get(code="hotline12345")
    for worker in Worker.objects.filter(user=None).select_related("region", "station").order_by("code"):
        city.workers[worker.station_id] = worker
    for user in User.objects.select_related("worker__station").order_by("pk"):
        city.users[_key_of(user.username)] = user
    return city


def _found() -> None:
    divisions = [Division(*row, line=line) for line, row in enumerate(ROWS, start=2)]
    places.found_city(by=SYSTEM, divisions=divisions, source="test.csv")
    prepare(by=SYSTEM)  # a test that commits ends with a flush, which takes the seeds along
    _build_stations()
    people.make_partner(by=SYSTEM, code="hotline12345", name="12345")
    stations = {row.code: row for row in Station.objects.select_related("region").order_by("code")}
    for code, station in stations.items():
        if code not in (VILLAGE_EMPTY, VILLAGE_UNBUILT):
            make_worker(station, f"{station.region.name}值班")
    _make_users(stations)


_CITY = Laid(_found)


def _build_stations() -> None:
    everything, some = frozenset(Line.values), frozenset({Line.CONSULTATION, Line.MEDIATION})
    for station in Station.objects.order_by("code"):
        low = station.code in (TOWN, TOWN_SOUTH, VILLAGE, VILLAGE_EMPTY, VILLAGE_SOUTH)
        changes: dict[str, Any] = {"lines": some if low else everything}
        if station.code != VILLAGE_UNBUILT:
            changes |= {"is_built": True, "takes_matters": low}
            places.edit_station(by=SYSTEM, station=station, changes=changes)


def _make_users(stations: dict[str, Station]) -> None:
    """The three of every access test, and one user of each role at NORTH (some: of the city)."""
    for name, shown, station, role in (
        ("alice", "艾丽", NORTH, RoleCode.STATION_MANAGER),
        ("bob", "鲍勃", NORTH, RoleCode.WINDOW_CLERK),
        ("charlie", "查理", SOUTH, RoleCode.STATION_MANAGER),
    ):
        place = stations[station]
        make_user(role, station=place, username=name, name=shown, worker=make_worker(place, shown))
    wide = {RoleCode.LEADER, RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN}
    for role in RoleCode:
        name = f"{_OF_ROLE}{role.value.replace('_', '-')}"
        if role in (RoleCode.SUPERVISOR, RoleCode.FINANCE, RoleCode.QUALITY, *wide):
            make_user(role, region=stations[CITY if role in wide else NORTH].region, username=name)
        else:
            worker = make_worker(stations[NORTH], str(role.label))
            make_user(role, station=stations[NORTH], username=name, worker=worker)


_OF_ROLE = "role-"


def _key_of(username: str) -> str:
    """alice, bob, charlie by their names, the others by their role."""
    return username.removeprefix(_OF_ROLE).replace("-", "_")


def fresh(user: User) -> User:
    """The user as the next request will see them: nothing remembered."""
    return User.objects.select_related("worker__station").get(pk=user.pk)


def make_intake(**values: Any) -> Intake:
    """A consultation over the web from NORTH's village; `name`, `phone`, `id_number` are the speaker's."""
    person = {
        "name": values.pop("name", "赵福山"),
        "phone": values.pop("phone", PHONE),
        "id_number": values.pop("id_number", ""),
        "phone_of": values.pop("phone_of", "own"),
    }
    defaults: dict[str, Any] = {"kind": "consultation", "channel": "web", "text": TEXT, "region": VILLAGE}
    return Intake(**{**defaults, "speaker": Person(**person), **values})


def make_opened(by: Actor = RESIDENT, **values: Any) -> Opened:
    return open_case(by=by, intake=make_intake(**values))


def make_case(by: Actor = RESIDENT, **values: Any) -> Case:
    """A matter at NORTH, opened as every channel does; see `make_intake` for the values."""
    return make_opened(by, **values).case


def with_paper(case: Case) -> Case:
    """The resident hands in a picture."""
    content = b"\x89PNG\r\n\x1a\n" + bytes(2000)
    attach(case=case, by=RESIDENT, name="a.png", stream=BytesIO(content), size=len(content), by_resident=True)
    return case


def make_taken(city: City, **values: Any) -> Case:
    """Alice has taken it up."""
    return work.take_up(case=make_case(**values), by=city.alice.actor, worker=city.owner)


def make_answered(city: City, **values: Any) -> Case:
    case = make_taken(city, **values)
    return work.answer(
        case=case, by=city.alice.actor, text="先到劳动监察投诉。", laws=["劳动合同法第八十五条"]
    )


def make_closed(city: City, **values: Any) -> Case:
    case = make_answered(city, **values)
    work.tell(case=case, by=city.alice.actor, how="phone")
    return work.close(case=case, by=city.alice.actor)


def make_many(city: City, number: int, *, station: str = NORTH, now: datetime | None = None) -> list[Case]:
    """Thousands of rows for tests of long lists: without history; one in ten is late, one in five ended."""
    now = now or timezone.now()
    home = city.stations[station].region
    key = Resident(created_at=now)
    key.name, key.phone = "测试", PHONE
    people_rows = [_resident(key, n, now) for n in range(number)]
    Resident.objects.bulk_create(people_rows, batch_size=500)
    shown = Case()
    shown.text = shown.summary = TEXT
    cases = [_case(shown, person, home, station, n, now) for n, person in enumerate(people_rows)]
    Case.objects.bulk_create(cases, batch_size=200)
    rule = DeadlineRule.objects.filter(code="answer_limit").get()
    open_ones = [case for case in cases if case.state in OPEN_STATES]
    Clock.objects.bulk_create(
        [
            Clock(case=case, rule=rule, started_at=case.opened_at, due_at=case.due_at, soon_at=case.opened_at)
            for case in open_ones
        ],
        batch_size=500,
    )
    return cases


def _resident(like: Resident, n: int, now: datetime) -> Resident:
    return Resident(
        key=like.key,
        name_sealed=like.name_sealed,
        phone_sealed=like.phone_sealed,
        phone_hash=hashed("phone", f"139{n:08d}"),
        created_at=now,
    )


class _InTurn:
    """So many random numbers would collide."""

    def randbelow(self, exclusive_upper_bound: int, /) -> int:
        return next(_numbers) + 7_000_000_000


def _case(shown: Case, person: Resident, home: Region, station: str, n: int, now: datetime) -> Case:
    ended = n % 5 == 0
    opened = now - timedelta(days=n % 300, minutes=n)
    county = home.code if home.level == "county" else (home.parent_id or "")
    return Case(
        number=new_number(26, _InTurn()),
        kind="consultation",
        state=State.CLOSED if ended else State.RECEIVED,
        channel="web",
        region_id=VILLAGE,
        city=CITY,
        county=county,
        station_id=station,
        waiting_on=WaitingOn.NOBODY if ended else WaitingOn.STATION,
        due_at=None if ended else now + timedelta(hours=n % 100 - 10),
        key=shown.key,
        text_sealed=shown.text_sealed,
        summary_sealed=shown.summary_sealed,
        speaker=person,
        party=person,
        opened_at=opened,
        month=opened.year * 100 + opened.month,
        closed_at=now if ended else None,
        told_at=now if ended else None,
    )
