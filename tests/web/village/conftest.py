"""The small city with people to send, stations with points, and the office's numbers."""

from typing import Any

import pytest

from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City
from tests.people.factories import make_user
from tests.servicedays.factories import make_days_city, make_team


@pytest.fixture
def city(db: None) -> City:
    """Its supervisor oversees the whole city; bob plans nothing."""
    city = make_days_city()
    whole = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="planner", name="排班人")
    city.users[RoleCode.SUPERVISOR] = whole
    return city


@pytest.fixture
def team(city: City) -> dict[str, Any]:
    return make_team(city)
