"""The small city of the cases' tests, with who keeps its registers."""

import pytest

from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City, make_city
from tests.people.factories import make_user


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def keeper(city: City) -> User:
    """The supervisor of the whole city."""
    return make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="keeper")
