"""A single person on leave stalls no matter: a colleague takes it up, or the supervisor designates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.leave import raise_unattended
from mingbai.cases.models import Case
from mingbai.cases.queries import books, history_of
from mingbai.cases.queries.lists import to_designate
from mingbai.people.actions.roster import add_absence
from mingbai.people.actions.workers import deactivate_worker
from tests.cases.factories import City, fresh, make_taken
from tests.cases.test_work import code


@pytest.fixture
def workday():
    """Noon of the next working day: on a day off nobody is missed."""
    day = timezone.localdate()
    while not books().places.workdays.is_workday(day):
        day += timedelta(days=1)
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


def leave(city: City, workday, days: int = 60, **more) -> None:
    first = timezone.localdate(workday)
    add_absence(
        by=city.supervisor.actor,
        worker=city.owner,
        starts_on=first,
        ends_on=first + timedelta(days=days),
        **more,
    )


def alone(city: City) -> None:
    """Alice is the only one of her station."""
    for worker in city.owner.station.workers.exclude(pk=city.owner.pk):
        deactivate_worker(by=city.supervisor.actor, worker=worker)


def test_what_comes_due_while_the_only_person_is_away_goes_to_the_supervisor_once(city: City, workday):
    case = make_taken(city)
    alone(city)
    leave(city, workday)
    assert raise_unattended(now=workday) == 1
    assert raise_unattended(now=workday) == 0
    assert list(to_designate(fresh(city.supervisor))) == [case]
    told = history_of(Case.objects.get(pk=case.pk))[-1]
    assert told.verb == "case.unattended" and city.owner.name in told.text
    assert "case.unattended" not in [line.verb for line in history_of(case, public=True)]


def test_who_is_back_in_time_keeps_it(city: City, workday):
    make_taken(city)
    alone(city)
    leave(city, workday, days=0)
    Case.objects.update(due_at=workday + timedelta(days=9))
    assert raise_unattended(now=workday) == 0


def test_a_colleague_may_take_it_up_and_nobody_designates(city: City, workday):
    case = make_taken(city)
    taking = {"case": case, "by": city.bob.actor, "worker": city.bob.worker, "at": workday}
    assert code(work.take_up, **taking) == "has_owner"
    leave(city, workday)
    assert raise_unattended(now=workday) == 0
    assert work.take_up(**taking).owner == city.bob.worker


def test_a_stand_in_keeps_it_from_both(city: City, workday):
    case = make_taken(city)
    leave(city, workday, stand_in=city.charlie.worker)
    alone(city)
    assert raise_unattended(now=workday) == 0
    taking = {"case": case, "by": city.bob.actor, "worker": city.bob.worker, "at": workday}
    assert code(work.take_up, **taking) in ("has_owner", "inactive_worker")
