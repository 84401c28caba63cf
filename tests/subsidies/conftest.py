"""The small city, with a rate for a case."""

import pytest

from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    return make_city()
