"""Many at the same moment: 100 times for 200 people, one seat for two, a double click."""

import time
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection

from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.visits.actions import bookings
from mingbai.visits.models import Visit
from mingbai.visits.queries.slots import book
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import City, make_city
from tests.visits.factories import ahead, make_booking, make_wish, moment_at, on_working_days

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 200
AT_ONCE = 40  # fewer than the pool of connections holds
"""Threads, each with a connection of its own: PostgreSQL takes 200 in all, and others test too."""


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


def crowd(calls):
    """Run the calls by AT_ONCE threads; each result with the seconds it took."""
    results, barrier = [None] * len(calls), Barrier(AT_ONCE, timeout=120)

    def run(first: int) -> None:
        connection.ensure_connection()  # a server's connections are there before the crowd comes
        barrier.wait()
        try:
            for n in range(first, len(calls), AT_ONCE):
                begun = time.perf_counter()
                try:
                    results[n] = calls[n](), 0.0
                except Refused as refused:
                    results[n] = refused.code, 0.0
                except Exception as error:  # shown by the assertion
                    results[n] = error, 0.0
                results[n] = results[n][0], time.perf_counter() - begun
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_hundred_people_and_a_hundred_times(city: City):
    """Two want each of a hundred times, at once: exactly one of them has it."""
    opening = on_working_days(city, minutes=5, ends=moment_at(ahead(), 17, 20).time())
    times = [slot.starts_at for slot in book([opening], ahead(), ahead()).slots]
    assert len(times) == 100
    wishes = [
        make_wish(opening, times[n // 2], visitor=Visitor(name=f"某{n}"), client_key=f"key-{n}")
        for n in range(CROWD)
    ]
    results = crowd([lambda w=wish: bookings.take_slot(by=RESIDENT, wish=w) for wish in wishes])
    said = Counter(one if isinstance(one, str) else type(one).__name__ for one, _took in results)
    assert said == {"Visit": 100, "slot_taken": 100}, said
    kept = Visit.objects.values_list("starts_at", flat=True)
    assert sorted(kept) == times and Entry.objects.filter(verb="visit.booked").count() == 100
    took = sorted(seconds for _one, seconds in results)
    print(f"{connection.vendor}: p50 {took[100]:.3f} s, p95 {took[190]:.3f} s, most {took[-1]:.3f} s")


def test_many_at_one_time_fill_its_seats_and_no_more(city: City):
    opening, nine = on_working_days(city, capacity=7), moment_at(ahead(), 9)
    calls = [lambda n=n: make_booking(opening, nine, visitor=Visitor(name=f"某{n}")) for n in range(AT_ONCE)]
    results = [one for one, _took in crowd(calls)]
    assert results.count("slot_taken") == AT_ONCE - 7, results
    assert sorted(Visit.objects.values_list("seat", flat=True)) == list(range(7))


def test_one_click_sent_many_times_at_once_is_one_booking(city: City):
    opening, nine = on_working_days(city, capacity=9), moment_at(ahead(), 9)
    results = crowd([lambda: make_booking(opening, nine, client_key="same")] * AT_ONCE)
    assert {getattr(one, "pk", one) for one, _took in results} == {Visit.objects.get().pk}


def test_two_moving_into_one_seat_one_stays_where_they_were(city: City):
    opening = on_working_days(city)
    nine, ten, goal = (moment_at(ahead(), *clock) for clock in ((9, 0), (10, 0), (9, 30)))
    both = [make_booking(opening, at, visitor=Visitor(name="某")) for at in (nine, ten)]
    calls = [
        lambda v=visit: bookings.move_booking(by=RESIDENT, visit=v, opening=opening, starts_at=goal)
        for visit in both
    ] * (AT_ONCE // 2)
    crowd(calls)
    times = sorted(Visit.objects.values_list("starts_at", flat=True))
    assert goal in times and len(set(times)) == 2 and times[0] in (nine, goal)
