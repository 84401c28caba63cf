"""Runs what is asynchronous in a thread of its own: Playwright keeps an event loop in the tests' thread."""

import asyncio
import threading
from collections.abc import Awaitable, Callable


def run_aside(scene: Callable[[], Awaitable[None]]) -> None:
    """Run it to its end; what it raises is raised here."""
    raised: list[BaseException] = []

    async def inside() -> None:
        await scene()

    def work() -> None:
        try:
            asyncio.run(inside())
        except BaseException as error:  # whatever it is, the test must fail with it
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
