"""The small city with the periods and numbers of mediation."""

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.mediation import actions
from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    made = make_city()
    actions.prepare(by=SYSTEM)  # a test that commits ends with a flush, which takes the seeds along
    return made
