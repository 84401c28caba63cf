"""One Asterisk for all tests of this folder; without one they are skipped, saying why."""

from collections.abc import Iterator

import pytest

from tests.sipp import Sipp, pbx, telephones


@pytest.fixture(scope="session")
def exchange() -> Iterator[pbx.Pbx]:
    try:
        pbx.pbx_root()
    except pbx.NoPbx as error:
        pytest.skip(str(error))
    with pbx.running(seats=2, phones=3) as found:
        yield found


@pytest.fixture
def sipp(exchange: pbx.Pbx) -> Iterator[Sipp]:
    with telephones(exchange) as found:
        yield found
