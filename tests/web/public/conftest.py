"""A small founded city for every test of the public pages."""

import pytest

from tests.places.factories import NORTH, make_city, station


@pytest.fixture
def city(db: None) -> None:
    """One city, two counties; the north's centre has an address and a telephone."""
    make_city()
    station(NORTH, phone="024-57612345", address="新抚区东一路 8 号")
