"""Numbers of the day: given, called, called again, absent, back, sent on; faults of a hall; races."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import history, verify
from mingbai.visits.actions import records, tickets
from mingbai.visits.actions.matters import become_case
from mingbai.visits.actions.records import Note
from mingbai.visits.models import Hall, Visit
from mingbai.visits.queries.queue import called, called_at, pace, place_of, waiting
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, TOWN, City, make_city
from tests.cases.test_races import together
from tests.visits.factories import ahead, make_booking, make_opening, on_working_days

pytestmark = pytest.mark.django_db


def morning(hour: int = 10, minute: int = 0) -> datetime:
    """A working day at that hour: the hall is open."""
    return timezone.make_aware(datetime.combine(ahead(), time(hour, minute)))


def ticket(city: City, at: datetime | None = None, station: str = NORTH, **values: Any) -> Visit:
    wish = {"line": "consultation", "channel": "kiosk", **values}
    return tickets.take_ticket(by=RESIDENT, station=city.stations[station], at=at or morning(), **wish)


def call(city: City, window: int = 1, at: datetime | None = None, **values: Any) -> Visit:
    return tickets.call_next(
        by=city.bob.actor, station=city.stations[NORTH], window=window, at=at or morning(10, 30), **values
    )


def code_of(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_numbers_count_by_line_and_day(city: City):
    numbers = [ticket(city).number, ticket(city).number, ticket(city, line="notary").number]
    assert numbers == ["A001", "A002", "D001"]
    assert ticket(city, at=morning() + timedelta(days=1), by_staff=True).number == "A001"
    assert ticket(city, station=TOWN).number == "A001"


def test_a_double_click_is_one_number(city: City):
    assert ticket(city, client_key="k").pk == ticket(city, client_key="k").pk


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"line": "haircut"}, "unknown_line"),
        ({"line": "notary", "station": TOWN}, "line_not_here"),
        ({"priority": "vip"}, "bad_choice"),
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"visitor": Visitor(phone="12")}, "bad_phone"),
    ],
)
def test_bad_input_is_refused(city: City, values: dict[str, Any], code: str):
    assert code_of(lambda: ticket(city, **values)) == code and not Visit.objects.exists()


def test_a_shut_hall_gives_no_numbers_but_the_clerk_may(city: City):
    with pytest.raises(Refused) as refused:
        ticket(city, at=morning(3))
    assert refused.value.code == "closed" and "开门" in str(refused.value.do)
    assert ticket(city, at=morning(3), by_staff=True).number == "A001"


def test_a_hall_without_tickets_and_a_hall_that_is_full(city: City, monkeypatch):
    monkeypatch.setattr(tickets, "MOST_WAITING", 2)
    ticket(city), ticket(city)
    assert code_of(lambda: ticket(city)) == "too_many"
    Hall.objects.update(has_tickets=False)
    assert code_of(lambda: ticket(city, by_staff=True)) == "no_tickets"


def test_the_law_puts_forward_and_the_booked_come_at_their_time(city: City):
    opening = on_working_days(city, starts=time(10), ends=time(12))
    booked = make_booking(opening, morning(10, 30))
    first, second = ticket(city, at=morning(9)), ticket(city, at=morning(10, 5))
    old = ticket(city, at=morning(10, 10), priority="elder")
    tickets.arrive(by=city.bob.actor, visit=booked, at=morning(10, 15))
    before = [visit.pk for visit in waiting(NORTH, morning(10, 20))]
    assert before == [first.pk, old.pk, second.pk, booked.pk]
    at_time = [visit.pk for visit in waiting(NORTH, morning(10, 30))]
    assert at_time == [first.pk, booked.pk, old.pk, second.pk]
    booked.refresh_from_db()
    assert booked.number == "Y001"


def test_who_booked_for_another_day_or_twice_arrives_not(city: City):
    booked = make_booking(make_opening(city, weekdays=tuple(range(7))), morning(9))
    assert code_of(lambda: tickets.arrive(by=SYSTEM, visit=booked, at=morning(9) + timedelta(days=1))) == (
        "other_day"
    )
    tickets.arrive(by=SYSTEM, visit=booked, at=morning(8, 50))
    assert code_of(lambda: tickets.arrive(by=SYSTEM, visit=booked, at=morning(8, 51))) == "not_booked"


def test_from_number_to_matter(city: City):
    made = ticket(city, line="legal_aid", visitor=Visitor(name="赵福山", text="工伤"))
    visit = call(city, window=3, worker=city.owner)
    assert (visit.pk, visit.window, visit.state) == (made.pk, 3, "called")
    assert code_of(lambda: call(city, window=3)) == "has_called"
    tickets.call_again(by=city.bob.actor, visit=visit)
    case = become_case(by=city.bob.actor, visit=visit, worker=city.owner)
    done = records.serve(
        by=city.bob.actor, visit=visit, note=Note("legal_aid", "accepted"), at=morning(10, 50)
    )
    assert (done.state, done.case, done.calls) == ("served", case, 2)
    verbs = [entry.verb for entry in history(visit.chain)]
    assert verbs == [
        "visit.ticket",
        "visit.called",
        "visit.called_again",
        "visit.became_case",
        "visit.served",
    ]
    assert code_of(lambda: call(city)) == "nobody_waits" and verify().is_whole


def test_a_closed_browser_loses_no_called_number(city: City):
    ticket(city)
    visit = call(city, window=2)
    assert called_at(NORTH, 2, morning(11)) == visit and called(NORTH, morning(11)) == [visit]
    assert called_at(NORTH, 1, morning(11)) is None


def test_a_clock_that_is_set_back_loses_nobody_and_promises_nothing_absurd(city: City):
    """The server's clock was half an hour fast and was put right: two wait, one is served meanwhile."""
    early, late = ticket(city, morning(10, 30)), ticket(city, morning(10, 0))
    first = call(city, at=morning(10, 31))
    note = Note(line="consultation", outcome="answered")
    records.serve(by=city.bob.actor, visit=first, note=note, at=morning(10, 2))
    second = call(city, at=morning(10, 3))
    assert {first.pk, second.pk} == {early.pk, late.pk} and code_of(lambda: call(city, 2)) == "nobody_waits"
    third = ticket(city, morning(10, 4))
    assert third.seq == 3, "no number twice"
    found = place_of(third, morning(10, 4))
    assert found is not None and found.ahead == 0 and found.estimate is not None
    assert 0 <= found.estimate.low <= found.estimate.high and found.estimate.is_guess
    assert verify().is_whole


def test_absent_and_back(city: City):
    ticket(city)
    visit = tickets.mark_absent(by=SYSTEM, visit=call(city))
    assert code_of(lambda: tickets.mark_absent(by=SYSTEM, visit=visit)) == "not_called"
    assert code_of(lambda: tickets.call_again(by=SYSTEM, visit=visit)) == "not_called"
    assert code_of(lambda: call(city)) == "nobody_waits"
    tickets.come_back(by=SYSTEM, visit=visit, at=morning(11))
    assert code_of(lambda: tickets.come_back(by=SYSTEM, visit=visit)) == "not_absent"
    assert call(city, window=5, at=morning(11, 5)).pk == visit.pk


def test_sent_to_another_line_or_window_with_the_time_they_have_waited(city: City):
    first = ticket(city, at=morning(9))
    ticket(city, at=morning(9, 30), line="notary")
    visit = call(city)
    assert code_of(lambda: tickets.forward(by=SYSTEM, visit=visit)) == "nowhere"
    assert code_of(lambda: tickets.forward(by=SYSTEM, visit=visit, line="haircut")) == "unknown_line"
    tickets.forward(by=SYSTEM, visit=visit, line="notary")
    assert call(city, window=2, lines=["notary"]).pk == first.pk
    first.refresh_from_db()
    tickets.forward(by=SYSTEM, visit=first, window=7)
    assert call(city, window=2, lines=["notary"]).number == "D001", "that one is for window 7 alone"
    assert call(city, window=7, lines=["exam"]).pk == first.pk
    assert first.number == "A001"


def test_who_leaves_is_called_no_more_and_nobody_waits_over_night(city: City):
    tickets.leave(by=RESIDENT, visit=ticket(city))
    assert code_of(lambda: call(city)) == "nobody_waits"
    visit = ticket(city)
    assert tickets.close_yesterday(by=SYSTEM, now=morning(23)) == 0
    assert tickets.close_yesterday(by=SYSTEM, now=morning() + timedelta(days=1)) == 1
    visit.refresh_from_db()
    assert visit.state == "no_show"
    assert code_of(lambda: tickets.leave(by=RESIDENT, visit=visit)) == "not_waiting"


def test_the_estimate_follows_todays_services(city: City):
    for n in range(4):
        ticket(city, at=morning(9, n))
        visit = call(city, at=morning(9, 10 + 10 * n))
        records.serve(
            by=SYSTEM, visit=visit, note=Note("consultation", "answered"), at=morning(9, 20 + 10 * n)
        )
    last = [ticket(city, at=morning(9, 50 + n)) for n in range(4)][-1]
    place = place_of(last, morning(9, 55))
    assert place and place.ahead == 3 and place.estimate
    assert (place.estimate.low, place.estimate.high, place.estimate.is_guess) == (30, 40, False)
    assert pace(NORTH, morning(9, 55)).windows == 1
    assert place_of(visit, morning(9, 55)) is None
    later = place_of(last, morning(13))
    assert later and later.estimate is None, "no window is at work any more"


# ── races ──


@pytest.mark.django_db(transaction=True)
def test_two_windows_calling_at_once(transactional_db: None):
    city = make_city()
    one, two = ticket(city), ticket(city, at=morning(10, 1))
    results = together(*[lambda w=window: call(city, window=w) for window in (1, 2, 3)])
    assert sorted(str(getattr(one, "number", one)) for one in results) == ["A001", "A002", "nobody_waits"]
    assert {visit.window for visit in Visit.objects.all()} <= {1, 2, 3}
    for visit in (one, two):
        tickets.forward(by=SYSTEM, visit=visit, line="consultation")
    calls = [
        lambda w=window: tickets.call_ticket(by=SYSTEM, visit=one, window=w, at=morning(11))
        for window in (4, 5, 6)
    ]
    results = together(*calls)
    assert results.count("called_already") == 2, results
    assert Entry.objects.filter(chain=one.chain, verb="visit.called").count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_numbers_at_once_are_all_different(transactional_db: None):
    city = make_city()
    results = together(*[lambda: ticket(city) for _n in range(20)])
    numbers = [str(getattr(one, "number", one)) for one in results]
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 21)]
