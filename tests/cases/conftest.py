"""The small city as a fixture."""

from collections.abc import Iterator

import pytest
from django.db.models import Exists, OuterRef

from mingbai.cases.models import Case, Clock
from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> Iterator[City]:
    """And at the end each matter says truly whether one of its clocks ran out."""
    yield make_city()
    over = Exists(Clock.objects.over().filter(case=OuterRef("pk")))
    assert not Case.objects.exclude(ran_out=over).exists()
