"""The door of the demo: who receives when, bookings, a few weeks of visits, a hall with people waiting."""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from mingbai.cases.enums import Mode
from mingbai.people.models import Worker
from mingbai.places.enums import Line
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.visits.actions.bookings import Wish, take_slot
from mingbai.visits.actions.materials import hand_out, supply
from mingbai.visits.actions.openings import set_opening
from mingbai.visits.actions.reception import receive, take_opinion
from mingbai.visits.actions.records import Note, record_visit
from mingbai.visits.actions.tickets import take_ticket
from mingbai.visits.enums import Material, OnDayOff, Priority, Repeat, VisitKind
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.slots import next_of
from mingbai.visits.rules.openings import Terms
from mingbai.visits.rules.visits import Visitor
from mingbai.web.demo.city import CITY, DEMO
from mingbai.web.demo.texts import GIVEN, STORIES, SURNAMES

VISITS, BOOKED, WAITING = 60, 14, 6
MATTERS = ("乡镇公证上门次数太少", "热线高峰打不进来", "希望周末也有律师值班")


def live(rng: random.Random) -> None:
    """The city's centre and one county's: openings, bookings, visits of some weeks, people waiting now."""
    centres = [Station.objects.get(pk=CITY), *Station.objects.filter(tier="county_centre").order_by("pk")[:1]]
    for station in centres:
        _visits(rng, station)
        for opening in _openings(station):
            _bookings(rng, opening)
        _materials(station)
    _hall(rng, centres[0])


def _openings(station: Station) -> list[Opening]:
    lines = register().stations[station.pk].lines
    asked = tuple(one.value for one in (Line.CONSULTATION, Line.LEGAL_AID) if one in lines)
    terms = [_lawyer(asked), _leader(), *([_notary()] if Line.NOTARY in lines else [])]
    return [set_opening(by=DEMO, station=station, terms=each) for each in terms]


def _since() -> date:
    return timezone.localdate() - timedelta(days=60)


def _lawyer(lines: tuple[str, ...]) -> Terms:
    """Every working morning."""
    return Terms(
        kind=VisitKind.BOOKING, receives="值班律师", room="2 号咨询室", lines=lines, weekdays=(0, 1, 2, 3, 4),
        starts=time(9), ends=time(11, 30), first_on=_since(),
    )  # fmt: skip


def _leader() -> Terms:
    """The 5th and the 20th, or the next working day."""
    return Terms(
        kind=VisitKind.RECEPTION, receives="分管领导", room="接待室", repeat=Repeat.MONTHLY,
        month_days=(5, 20), on_day_off=OnDayOff.NEXT, starts=time(9), ends=time(11), minutes=20,
        ahead_days=60, first_on=_since(),
    )  # fmt: skip


def _notary() -> Terms:
    """To the home, two afternoons a week."""
    return Terms(
        kind=VisitKind.HOME, receives="公证员", lines=(Line.NOTARY,), weekdays=(1, 3), starts=time(13, 30),
        ends=time(16, 30), minutes=60, first_on=_since(),
    )  # fmt: skip


def _visitor(rng: random.Random, text: str = "") -> Visitor:
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    return Visitor(name=name, phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}", text=text)


def _bookings(rng: random.Random, opening: Opening) -> None:
    free = next_of([opening], most=40)
    line = opening.lines[0] if opening.lines else ""
    for slot in sorted(rng.sample(free, min(BOOKED, len(free) // 2)), key=lambda one: one.starts_at):
        text = rng.choice(MATTERS) if opening.kind == VisitKind.RECEPTION else rng.choice(STORIES).text
        who = _visitor(rng, text[:200])
        place = "永宁街 6 号楼 3 单元" if opening.kind == VisitKind.HOME else ""
        visitor = Visitor(who.name, who.phone, who.text, place)
        wish = Wish(opening=opening.pk, starts_at=slot.starts_at, line=line, visitor=visitor, by_staff=True)
        visit = take_slot(by=DEMO, wish=wish)
        if opening.kind == VisitKind.RECEPTION and slot == free[0]:
            _opinion(visit, opening)


def _opinion(visit: Visit, opening: Opening) -> None:
    """Somebody who came a little early, so that there is an opinion to follow."""
    owner = Worker.objects.filter(station=opening.station, is_active=True).order_by("code").first()
    if owner is not None:
        receive(by=DEMO, visit=visit, said="领导当场答应研究，一个月内答复。")
        take_opinion(by=DEMO, visit=visit, text=visit.text, owner=owner, key="demo")


def _visits(rng: random.Random, station: Station) -> None:
    lines = sorted(register().stations[station.pk].lines) or [Line.CONSULTATION]
    start = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    for number in range(VISITS):
        at = start - timedelta(days=rng.randrange(0, 40)) + timedelta(minutes=7 * (number % 50))
        if at < timezone.now():
            note = Note(
                line=rng.choice(lines),
                outcome=rng.choices(list(Mode), [5, 2, 3])[0],
                window=rng.randrange(1, 8),
                visitor=_visitor(rng),
                client_key=f"demo-{station.pk}-{number}",
            )
            record_visit(by=DEMO, station=station, note=note, at=at)


def _materials(station: Station) -> None:
    today = timezone.localdate()
    for material in Material:
        supply(
            by=DEMO,
            station=station,
            material=material,
            count=200,
            on=today - timedelta(days=50),
            note="印刷厂",
        )
        for week in range(6):
            on = today - timedelta(days=7 * week)
            hand_out(by=DEMO, station=station, material=material, count=28, on=on)


def _hall(rng: random.Random, station: Station) -> None:
    """Some wait already, whatever the hour at which the demo is founded."""
    lines = sorted(register().stations[station.pk].lines) or [Line.CONSULTATION]
    now = timezone.now()
    for number in range(WAITING):
        at = max(now - timedelta(minutes=4 * (WAITING - number)), _midnight())
        priority = Priority.ELDER if number == WAITING - 1 else Priority.NONE
        line = rng.choice(lines)
        take_ticket(
            by=DEMO, station=station, line=line, channel="kiosk", priority=priority, by_staff=True, at=at
        )


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
