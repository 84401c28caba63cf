"""The small city of all tests, and what happens in it."""

from datetime import date

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.figures.rules import Period
from mingbai.oversight.actions import prepare
from tests.cases.factories import City, make_city
from tests.figures.events import KINDS_OF, Events, at_of

NOT_MANY = ("merged", "reopened", "struck", "station", "person", "village_class")


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def events(city: City) -> Events:
    prepare(by=SYSTEM)
    return Events(city)


@pytest.fixture
def rich(events: Events) -> Period:
    """A year in which every indicator has something to count."""
    for n in range(24):
        for what in KINDS_OF:
            if what not in NOT_MANY:
                events.write(what, at_of(date(2025, 1 + n % 12, 1 + n % 28)), n)
    return Period(date(2025, 1, 1), date(2025, 12, 31))
