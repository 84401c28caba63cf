"""The small city with the office's numbers for service days."""

import pytest

from tests.cases.factories import City
from tests.servicedays.factories import make_days_city


@pytest.fixture
def city(db: None) -> City:
    return make_days_city()
