"""The hotline process on the fake: calls land in the database; its troubles and the exchange's lose none."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import seats
from mingbai.hotline.enums import Busy, CallEnd, Recording
from mingbai.hotline.models import Call, Pulse, Seat
from mingbai.integrations.asterisk.doing import recording_names
from mingbai.integrations.asterisk.fake import SILENCE, FakePbx
from mingbai.notices.models import Notice
from mingbai.notices.transports import words_of
from mingbai.people import actions as people
from tests.cases.factories import CITY, City, make_city
from tests.hotline.factories import make_call
from tests.integrations.asterisk.stage import PHONE, Stage, play, sit_down

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


def test_a_call_from_the_first_ring_to_the_recording(city: City):
    sit_down(city)
    owner = city.owner.pk

    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in(PHONE)
        leg = await stage.leg()
        assert stage.pbx.legs[leg].caller == PHONE and stage.pbx.legs[caller].bridge == "hold"
        stage.pbx.pick_up(leg)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        (seat,) = await stage.rows(Seat)
        assert (seat.busy, seat.call_id) == (Busy.TALKING, (await stage.call()).pk)
        stage.pbx.hangs_up(leg)
        await stage.until(lambda: caller not in stage.pbx.legs)
        await stage.until(lambda: not stage.pbx.stored and not stage.pbx.live)
        call = await stage.call()
        assert (call.phone, call.seat, call.worker_id, call.ended_by) == (
            PHONE, "seat-1", owner, CallEnd.AGENT,
        )  # fmt: skip
        assert call.offered_at <= call.queued_at <= call.ringing_at <= call.answered_at <= call.ended_at
        assert (call.recording, bool(call.recording_digest)) == (Recording.KEPT, True)
        assert await stage.steps() == ["offered", "queued", "ringing", "answered", "ended"]
        (seat,) = await stage.rows(Seat)
        assert seat.busy == Busy.WRAP and not stage.pbx.rooms.get(f"talk.{caller}")

    play(scene)


def test_first_come_first_served_and_who_gives_up_is_abandoned(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        callers = [stage.pbx.call_in(f"1398765000{n}") for n in range(1, 5)]
        served = []
        await stage.leg()
        stage.pbx.hangs_up(callers[2])
        for _ in range(3):
            leg = await stage.leg()
            served.append(leg.split(".", 3)[3])
            stage.pbx.pick_up(leg)
            await stage.until(lambda: stage.pbx.legs[served[-1]].bridge.startswith("talk"))
            stage.pbx.hangs_up(served[-1])
            await stage.rows(Call)
            await stage.line.writer.ask(lambda: seats.wrap_done(by=SYSTEM, worker=city.owner))
        assert served == [callers[0], callers[1], callers[3]]
        calls = {call.channel: call for call in await stage.rows(Call)}
        assert calls[callers[2]].answered_at is None and calls[callers[2]].ended_by == CallEnd.CALLER
        assert all(calls[key].answered_at for key in served)

    play(scene)


def test_no_answer_the_next_seat_rings_and_the_first_is_paused(city: City):
    sit_down(city, "seat-1", "alice")
    sit_down(city, "seat-2", "bob")

    async def scene(stage: Stage) -> None:
        stage.pbx.call_in(PHONE)
        first = await stage.leg()
        second = await stage.until(lambda: [x.id for x in stage.pbx.rung() if x.id != first])
        stage.pbx.pick_up(second[0])
        await stage.quiet()
        assert first not in stage.pbx.legs
        rung = first.split(".")[1]
        states = {seat.name: (seat.state, seat.reason, seat.busy) for seat in await stage.rows(Seat)}
        assert states.pop(rung) == ("pause", "no_answer", "")
        assert list(states.values()) == [("ready", "", "talking")]
        assert await stage.steps() == ["offered", "queued", "ringing", "unanswered", "ringing", "answered"]

    play(scene, ring=0.5)


def test_nobody_there_the_call_back_is_promised_and_is_a_matter_with_a_clock(city: City):
    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in(PHONE)
        await stage.until(lambda: caller not in stage.pbx.legs)
        call = await stage.call()
        assert call.promised_at and call.answered_at is None and call.ended_by == CallEnd.LINE
        case = await stage.line.writer.ask(lambda: Call.objects.get().case)
        clocks, phone = await stage.line.writer.ask(lambda: (case.clocks.count(), case.speaker.phone))
        assert (case.channel, phone, case.due_at is not None) == ("hotline", PHONE, True) and clocks

    play(scene)


def test_a_withheld_number_is_promised_nothing(city: City):
    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in("anonymous")
        await stage.until(lambda: caller not in stage.pbx.legs)
        call = await stage.call()
        assert call.promised_at is None and call.case_id is None and call.phone == ""

    play(scene)


def test_at_night_the_telephone_of_the_roster_rings(city: City):
    now = timezone.localtime()
    worker = city.workers[CITY]
    people.edit_worker(by=SYSTEM, worker=worker, phone="13700001111")
    day = {"date": now.date(), "starts": now.min.time(), "ends": now.max.time().replace(microsecond=0)}
    people.add_duty(by=SYSTEM, worker=worker, station=city.stations[CITY], **day)

    async def scene(stage: Stage) -> None:
        stage.pbx.online.add("PJSIP/13700001111@trunk")
        await stage.quiet()
        stage.pbx.call_in(PHONE)
        leg = await stage.leg()
        assert stage.pbx.legs[leg].endpoint == "PJSIP/13700001111@trunk"
        stage.pbx.pick_up(leg)
        await stage.quiet()
        call = await stage.call()
        assert call.forwarded_at and call.answered_at and call.seat == "night"
        assert call.worker_id == worker.pk
        stage.pbx.hangs_up(leg)
        (notice,) = [one for one in await stage.rows(Notice) if one.template == "night_note"]
        words = await stage.line.writer.ask(lambda: words_of(notice))
        assert (notice.address, reverse("seat:call", args=[call.pk]) in words.body) == ("13700001111", True)

    play(scene)


def test_the_database_is_locked_for_a_while_and_no_call_is_lost(city: City):
    if connection.vendor != "sqlite":
        pytest.skip("locks of the whole database are SQLite's")
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        # As a long write of another process would: nobody else writes until it is over.
        lock = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        caller = stage.pbx.call_in(PHONE)
        leg = await stage.leg()
        stage.pbx.pick_up(leg)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        lock.execute("ROLLBACK")
        lock.close()
        stage.pbx.hangs_up(caller)
        assert await stage.steps() == ["offered", "queued", "ringing", "answered", "ended"]

    play(scene)


def test_an_exchange_in_trouble_is_asked_again(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        stage.pbx.failing.extend([500, 503, 500])
        caller = stage.pbx.call_in(PHONE)
        stage.pbx.pick_up(await stage.leg())
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")

    play(scene)


def test_an_exchange_that_answers_slowly_still_puts_through(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        stage.pbx.slow = 0.3
        caller = stage.pbx.call_in(PHONE)
        stage.pbx.pick_up(await stage.leg())
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        stage.pbx.slow = 0.0

    play(scene)


def test_the_process_is_killed_and_the_next_one_takes_over(city: City):
    sit_down(city)
    pbx, kept = FakePbx(), {}

    async def before(stage: Stage) -> None:
        kept["talks"] = stage.pbx.call_in(PHONE)
        stage.pbx.pick_up(await stage.leg())
        await stage.until(lambda: stage.pbx.legs[kept["talks"]].bridge.startswith("talk"))
        kept["waits"], kept["gone"] = stage.pbx.call_in("13987650002"), stage.pbx.call_in("13987650003")
        await stage.rows(Call)

    async def after(stage: Stage) -> None:
        await stage.quiet()
        assert stage.pbx.legs[kept["talks"]].bridge == f"talk.{kept['talks']}"
        (seat,) = await stage.rows(Seat)
        assert seat.busy == Busy.TALKING
        ends = {call.channel: call.ended_by for call in await stage.rows(Call)}
        assert ends == {kept["talks"]: "", kept["waits"]: "", kept["gone"]: CallEnd.UNOBSERVED,
                        kept["new"]: ""}  # fmt: skip
        stage.pbx.hangs_up(kept["talks"])
        await stage.rows(Call)
        await stage.line.writer.ask(lambda: seats.wrap_done(by=SYSTEM, worker=city.owner))
        assert (await stage.leg()).endswith(kept["waits"])

    play(before, pbx)
    # While nobody listens: one gives up, one comes in.
    pbx.hangs_up(kept["gone"])
    kept["new"] = pbx.call_in("13987650004")
    pbx.heard = asyncio.Queue()
    play(after, pbx)


def test_the_exchange_dies_during_calls_and_says_so(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in(PHONE)
        stage.pbx.pick_up(await stage.leg())
        await stage.until(lambda: stage.pbx.legs[caller].bridge.startswith("talk"))
        stage.pbx.call_in("13987650002")
        await stage.rows(Call)
        stage.pbx.crash()
        await stage.until(lambda: not stage.line.is_connected)
        await stage.quiet()
        (pulse,) = await stage.rows(Pulse)
        assert not pulse.has_exchange
        stage.pbx.come_back()
        await stage.until(lambda: stage.line.is_connected)
        assert {call.ended_by for call in await stage.rows(Call)} == {CallEnd.LINE}
        (seat,) = await stage.rows(Seat)
        assert seat.busy == Busy.WRAP

    play(scene)


def test_seats_get_a_password_for_their_shift_and_lose_it(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.until(lambda: stage.pbx.passwords.get("seat-1"))
        first = stage.pbx.passwords["seat-1"]
        await stage.line.writer.ask(lambda: seats.sign_out(by=SYSTEM, worker=city.owner))
        await stage.until(lambda: "seat-1" not in stage.pbx.passwords)
        await stage.line.writer.ask(lambda: sit_down(city))
        await stage.until(lambda: stage.pbx.passwords.get("seat-1"))
        assert stage.pbx.passwords["seat-1"] != first

    play(scene)


def test_held_and_resumed_is_counted(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in(PHONE)
        leg = await stage.leg()
        stage.pbx.pick_up(leg)
        await stage.until(lambda: stage.pbx.legs[caller].bridge.startswith("talk"))
        for kind in ("ChannelHold", "ChannelUnhold"):
            stage.pbx._tell(kind, stage.pbx.legs[leg])
            await asyncio.sleep(0.05)
        stage.pbx.hangs_up(caller)
        assert (await stage.steps())[-4:] == ["answered", "held", "resumed", "ended"]

    play(scene)


def test_settings_name_no_exchange_by_default():
    assert settings.PBX_URL == ""


def test_no_voice_stays_in_the_exchange(city: City):
    """A file nobody expected is kept after all; one of an erased call goes; one of now is left alone."""
    long_ago = timezone.now() - timedelta(hours=1)
    lost, erased = (make_call("answered", "ended", at=long_ago) for _n in range(2))
    fresh = make_call("answered", "ended", at=timezone.now())
    Call.objects.filter(pk=erased.pk).update(recording=Recording.DELETED, key=b"")
    exchange = FakePbx()
    names = {call.pk: recording_names(call.channel) for call in (lost, erased, fresh)}
    exchange.stored |= {name: SILENCE for of_call in names.values() for name in of_call}

    async def scene(stage: Stage) -> None:
        await stage.until(lambda: len(stage.pbx.stored) == 2)
        assert tuple(stage.pbx.stored) == names[fresh.pk]
        kept = {call.pk: call.recording for call in await stage.rows(Call)}
        assert kept == {
            lost.pk: Recording.KEPT, erased.pk: Recording.DELETED, fresh.pk: Recording.NONE,
        }  # fmt: skip

    play(scene, exchange)
