"""What the hotline process writes: together, in order, without losing what stands beside a bad row."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

import pytest
from django.db import connection
from django.utils import timezone

from mingbai.hotline.actions.telling import News, Offered
from mingbai.hotline.enums import Busy, Step
from mingbai.hotline.models import Call, CallEvent, Seat
from mingbai.hotline.rules.shapes import Note
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.asterisk.writing import Writer
from tests.aside import run_aside
from tests.cases.factories import City
from tests.integrations.asterisk.stage import PHONE, Stage, play, sit_down

pytestmark = pytest.mark.django_db(transaction=True)


def work(scene: Callable[[Writer], Awaitable[None]]) -> list[list[News]]:
    """A writer at work; what it was to tell, transaction by transaction."""
    told: list[list[News]] = []

    async def run() -> None:
        writer = Writer(lambda news: told.append(list(news)))
        running = asyncio.create_task(writer.run())
        await scene(writer)
        await writer.drain()
        running.cancel()
        writer.close()

    run_aside(run)
    return told


def step(n: int) -> Note:
    return Note("c", Step.QUEUED, float(n))


def test_what_comes_together_is_told_together_and_in_order():
    seen: list[int] = []

    async def scene(writer: Writer) -> None:
        numbers = [writer.later(step(n)) for n in range(3)]
        numbers += [writer.later(lambda: seen.append(1)), writer.later(step(3))]
        assert numbers == [1, 2, 3, 4, 5] and writer.written == 0
        await writer.drain()
        assert writer.written == 5

    assert work(scene) == [[step(0), step(1), step(2)], [step(3)]] and seen == [1]


def test_a_job_that_fails_takes_nothing_along(city: City):
    def bad() -> None:
        Call.objects.update(dialled="undone")
        raise ValueError("a bad row")

    done: list[str] = []

    async def scene(writer: Writer) -> None:
        for job in (lambda: done.append("a"), bad, lambda: done.append("b")):
            writer.later(job)

    work(scene)
    assert done[-2:] == ["a", "b"]


def test_while_the_database_is_locked_calls_are_put_through_and_seats_are_read(city: City):
    """Not only the first call: the seat that it makes free is given the next one."""
    if connection.vendor != "sqlite":
        pytest.skip("locks of the whole database are SQLite's")
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        lock = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        for n in range(3):
            caller = stage.pbx.call_in(f"1398765000{n}")
            leg = await stage.leg()
            stage.pbx.pick_up(leg)
            await stage.until(lambda here=caller: stage.pbx.legs[here].bridge == f"talk.{here}")
            stage.pbx.hangs_up(caller)
            await stage.until(lambda here=leg: here not in stage.pbx.legs)
        assert not await stage.line.reader.ask(Call.objects.exists)
        lock.execute("ROLLBACK")
        lock.close()
        calls = await stage.rows(Call)
        assert len(calls) == 3 and all(call.answered_at and call.ended_at for call in calls)
        (seat,) = await stage.rows(Seat)
        assert seat.busy in (Busy.WRAP, Busy.FREE)

    play(scene, wrap=0.0)


def test_the_line_does_not_wait_for_its_clock(city: City):
    """From the call to the ringing seat: no quarter of a second goes by."""
    sit_down(city)
    took: list[float] = []

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        clock = asyncio.get_running_loop().time
        for _each in range(5):
            before, caller = clock(), stage.pbx.call_in(PHONE)
            while not stage.pbx.rung():
                await asyncio.sleep(0.002)
            took.append(clock() - before)
            stage.pbx.hangs_up(caller)
            await stage.rows(Call)

    play(scene, FakePbx(), wrap=0.0)
    assert sorted(took)[2] < 0.1, took


def test_offered_and_what_follows_is_one_row_and_its_events(city: City, django_assert_max_num_queries):
    """A call that rings at once costs few queries, however many small things that are."""
    from mingbai.core.actor import SYSTEM
    from mingbai.hotline.actions.telling import Recorded, tell
    from mingbai.hotline.rules.shapes import Sit
    from tests.cases.factories import CITY

    sit_down(city)
    at = timezone.now().timestamp()
    steps = [(Step.QUEUED, ""), (Step.RINGING, "seat-1"), (Step.ANSWERED, "seat-1")]
    news: list[News] = [Offered("k.1", at, PHONE, "12348")]
    news += [Note("k.1", kind, at + n, seat) for n, (kind, seat) in enumerate(steps)]
    news += [Recorded("k.1"), Sit("seat-1", Busy.RINGING, at, "k.1"), Sit("seat-1", Busy.TALKING, at, "k.1")]
    with django_assert_max_num_queries(22):
        tell(by=SYSTEM, station=CITY, news=news)
    call, seat = Call.objects.get(), Seat.objects.get()
    assert (call.seat, call.worker_id, call.recording) == ("seat-1", city.owner.pk, "due")
    assert (seat.busy, seat.call_id) == (Busy.TALKING, call.pk)
    kinds = list(CallEvent.objects.order_by("seq").values_list("seq", "kind"))
    assert kinds == [(1, "offered"), (2, "queued"), (3, "ringing"), (4, "answered")]
