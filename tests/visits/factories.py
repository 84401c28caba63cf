"""Openings, bookings and visits of the small city, made through the actions."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.places.queries import register
from mingbai.visits.actions import bookings, openings, records, tours
from mingbai.visits.actions.bookings import Wish
from mingbai.visits.actions.records import Note
from mingbai.visits.models import Opening, Visit
from mingbai.visits.rules.openings import Terms
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, City

PHONE, NAME = "13812345678", "赵福山"
EVERY_DAY = tuple(range(7))


def ahead(n: int = 1) -> date:
    """The n-th working day after today."""
    return register().workdays.add_workdays(timezone.localdate(), n)


def moment_at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def make_terms(**values: Any) -> Terms:
    """A lawyer who receives every working day from nine to eleven, half an hour each."""
    return Terms(
        **{
            "kind": "booking",
            "receives": "李律师",
            "first_on": timezone.localdate(),
            "starts": time(9),
            "ends": time(11),
            "weekdays": (0, 1, 2, 3, 4),
            "lines": ("consultation",),
            **values,
        }
    )


def make_opening(city: City, station: str = NORTH, **values: Any) -> Opening:
    return openings.set_opening(by=SYSTEM, station=city.stations[station], terms=make_terms(**values))


def on_working_days(city: City, **values: Any) -> Opening:
    """Every day of the week, so that a swapped Saturday does not matter; holidays are left out."""
    return make_opening(city, **{"weekdays": EVERY_DAY, **values})


def make_wish(opening: Opening, at: datetime, /, **values: Any) -> Wish:
    return Wish(
        **{
            "opening": opening.pk,
            "starts_at": at,
            "line": "consultation",
            "visitor": Visitor(name=NAME, phone=PHONE),
            **values,
        }
    )


def make_booking(opening: Opening, at: datetime, by: Any = RESIDENT, **values: Any) -> Visit:
    return bookings.take_slot(by=by, wish=make_wish(opening, at, **values))


def make_visit(city: City, station: str = NORTH, at: datetime | None = None, **values: Any) -> Visit:
    note = Note(**{"line": "consultation", "outcome": "answered", **values})
    return records.record_visit(by=city.bob.actor, station=city.stations[station], note=note, at=at)


def make_home_visits(city: City, spots: list[str], on: date | None = None) -> list[Visit]:
    """Homes that one notary visits within one promised stretch of a day (today), whatever the hour is."""
    opening = on_working_days(
        city, kind="home", receives="张公证员", lines=("notary",), minutes=120, capacity=len(spots)
    )
    on = on or timezone.localdate()
    visits = []
    for n, spot in enumerate(spots, start=1):
        who = Visitor(name=f"{NAME}{n}", phone=PHONE, text="立遗嘱", place=f"永宁街 {n} 号")
        visit = make_booking(opening, moment_at(ahead(), 9), line="notary", visitor=who, by_staff=True)
        visits.append(tours.place_home(by=SYSTEM, visit=visit, spot=spot))
    Visit.objects.filter(opening=opening).update(on=on, starts_at=moment_at(on, 0), ends_at=moment_at(on, 2))
    for visit in visits:
        visit.refresh_from_db()
    return visits


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)
