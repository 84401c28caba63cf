"""The hotline process at work on the fake exchange, and what a test asks of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import seats
from mingbai.hotline.enums import Voice
from mingbai.hotline.models import Call, CallEvent
from mingbai.hotline.rules.queue import Policy
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.asterisk.process import Hotline
from tests.aside import run_aside
from tests.cases.factories import CITY, City

PHONE = "13987650001"


def sit_down(city: City, name: str = "seat-1", who: str = "alice", *, ready: bool = True) -> None:
    worker = city.users[who].worker
    seats.sign_in(by=SYSTEM, worker=worker, station=CITY, name=name, voice=Voice.BROWSER)
    if ready:
        seats.say(by=SYSTEM, worker=worker, state="ready")


class Stage:
    """A line at work, and questions about what came of it."""

    def __init__(self, pbx: FakePbx, line: Hotline) -> None:
        self.pbx, self.line = pbx, line

    async def until(self, ask: Callable[[], Any], seconds: float = 8) -> Any:
        for _ in range(int(seconds / 0.02)):
            if found := ask():
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"never: {[str(event) for event in await self.rows(CallEvent)]}")

    async def leg(self, number: int = 0) -> str:
        return (await self.until(lambda: self.pbx.rung()[number : number + 1]))[0].id

    async def rows(self, model: Any) -> list[Any]:
        """What the database holds when all that happened is heard, done and written."""
        while not self.pbx.heard.empty():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        await self.line.hands.rest()
        await self.line.writer.drain()
        return await self.line.writer.ask(lambda: list(model.objects.order_by("pk")))

    async def call_now(self) -> Call:
        """The only call, as soon as its end is written, while the caller may still be asked how it was."""

        def ended() -> Call | None:
            return Call.objects.filter(ended_at__isnull=False).first()

        for _ in range(400):
            if found := await self.line.writer.ask(ended):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("never ended")

    async def call(self) -> Call:
        (only,) = await self.rows(Call)
        return only

    async def steps(self) -> list[str]:
        return [event.kind for event in await self.rows(CallEvent)]

    async def quiet(self) -> None:
        """The line sees the seats as they are, and has done what follows."""
        for _ in range(2):
            self.line.due.clear()
            await asyncio.sleep(0.3)
        await self.line.hands.rest()


@asynccontextmanager
async def at_work(pbx: FakePbx, **policy: float) -> AsyncIterator[Stage]:
    line = Hotline(pbx, CITY, Policy(**policy))
    running = asyncio.create_task(line.run())
    stage = Stage(pbx, line)
    try:
        await stage.until(lambda: line.is_connected)
        yield stage
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        line.close()


def play(scene: Callable[[Stage], Awaitable[None]], pbx: FakePbx | None = None, **policy: float) -> None:
    exchange = pbx or FakePbx()
    exchange.online |= {"PJSIP/seat-1", "PJSIP/seat-2"}

    async def run() -> None:
        async with at_work(exchange, **policy) as stage:
            await scene(stage)

    run_aside(run)
