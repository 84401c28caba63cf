"""One Asterisk for all tests of this folder; without one they are skipped, saying why."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvloop

from mingbai.hotline.rules.queue import Policy
from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.process import Hotline
from tests.cases.factories import CITY
from tests.process import wait_until
from tests.sipp import Sipp, pbx, telephones


@pytest.fixture(scope="session")
def asterisk() -> Iterator[pbx.Pbx]:
    try:
        pbx.pbx_root()
    except pbx.NoPbx as error:
        pytest.skip(str(error))
    with pbx.running(seats=2, phones=3) as found:
        yield found


@pytest.fixture
def exchange(asterisk: pbx.Pbx) -> pbx.Pbx:
    """It with nobody on the line: telephones of the test before that were switched off never hung up."""

    def is_free() -> bool:
        pbx.console(asterisk, "channel request hangup all")
        return pbx.console(asterisk, "core show channels count").startswith("0 active channels")

    wait_until(is_free, seconds=30)
    return asterisk


@pytest.fixture
def sipp(exchange: pbx.Pbx) -> Iterator[Sipp]:
    with telephones(exchange) as found:
        yield found


@contextmanager
def line_at_work(exchange: pbx.Pbx, **policy: float) -> Iterator[Hotline]:
    """The hotline process in a thread of this one, on a real exchange."""
    made = threading.Event()
    found: list[Any] = []

    async def run() -> None:
        hotline = Hotline(Ari(exchange.url, exchange.password), CITY, Policy(**policy))
        task = asyncio.create_task(hotline.run())
        found.extend([hotline, task, asyncio.get_running_loop()])
        made.set()
        await asyncio.gather(task, return_exceptions=True)
        hotline.close()

    # uvloop.run ends what still runs, as the command does.
    thread = threading.Thread(target=lambda: uvloop.run(run()))
    thread.start()
    made.wait(10)
    try:
        wait_until(lambda: found[0].is_connected, seconds=20)
        yield found[0]
    finally:
        found[2].call_soon_threadsafe(found[1].cancel)
        thread.join(20)
