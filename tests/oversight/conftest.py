"""The small city with the dated rows of oversight."""

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.oversight.actions import prepare
from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    city = make_city()
    prepare(by=SYSTEM)  # a test that commits ends with a flush, which takes the seeds along
    return city
