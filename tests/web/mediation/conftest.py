"""The small city of the cases' tests, and signed-in clerks."""

import pytest

from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    return make_city()
