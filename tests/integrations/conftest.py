"""A founded city without stations of its own to speak of, and an empty folder for the ledgers."""

from pathlib import Path
from typing import Any

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.integrations.models import Endpoint
from mingbai.integrations.partners.actions import EndpointTerms, make_endpoint, new_secret
from tests.cases.factories import City, make_city


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def line(city: City) -> Endpoint:
    """The partner's endpoint with its key."""
    terms = EndpointTerms("line", "12345", "https://partner.invalid/hook", (), city.partner)
    endpoint = make_endpoint(by=SYSTEM, terms=terms)
    new_secret(by=SYSTEM, endpoint=endpoint)
    return endpoint


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where the ledgers lie; refused.csv goes to a data folder of the test's own."""
    settings.MINGBAI_DATA = tmp_path / "data"
    settings.MINGBAI_DATA.mkdir()
    ledgers = tmp_path / "ledgers"
    ledgers.mkdir()
    return ledgers
