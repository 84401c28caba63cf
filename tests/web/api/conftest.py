"""A small city, and another system that hands matters over."""

import pytest
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.people import actions as people
from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def key(city: City) -> str:
    """A key of the city's partner."""
    return people.issue_key(by=SYSTEM, partner=city.partner)


@pytest.fixture
def partner(key: str) -> Client:
    """A client that sends the key."""
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def other(city: City) -> Client:
    """A client of another partner."""
    net = people.make_partner(by=SYSTEM, code="provincial-net", name="省网")
    return Client(headers={"Authorization": f"Bearer {people.issue_key(by=SYSTEM, partner=net)}"})
