"""Third parties, calls out, other hotlines and keys after the call: the process on the fake exchange."""

import asyncio
from typing import Any

import pytest

from mingbai.cases.models import Case, Rating
from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import arrivals, ends, steering
from mingbai.hotline.actions.steering import To
from mingbai.hotline.enums import Busy, CallEnd, CommandState, Recording, Target, Want
from mingbai.hotline.models import Call, Seat, SeatCommand
from mingbai.integrations.asterisk.doing import RATE, recording_names
from mingbai.integrations.asterisk.fake import FakePbx
from mingbai.integrations.partners.actions import take_in
from tests.cases.factories import City, make_answered, make_case, make_city, make_intake
from tests.integrations.asterisk.stage import PHONE, Stage, play, sit_down

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDE = "13700002222"
TRUNK = f"PJSIP/{OUTSIDE}@trunk"


@pytest.fixture
def city(transactional_db: None) -> City:
    found = make_city()
    # Read here: nothing may ask the database in the thread of the exchange.
    assert all(found.users[name].worker for name in ("alice", "bob"))
    return found


def want(stage: Stage, city: City, what: Want, to: To | None = None, who: str = "alice") -> Any:
    worker = city.users[who].worker
    return stage.line.writer.ask(lambda: steering.want(by=SYSTEM, worker=worker, what=what, to=to))


async def talking(stage: Stage) -> tuple[str, str]:
    """A caller who talks with seat-1: both channels."""
    caller = stage.pbx.call_in(PHONE)
    leg = await stage.leg()
    stage.pbx.pick_up(leg)
    await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
    await stage.rows(Call)
    return caller, leg


async def rung(stage: Stage, endpoint: str) -> str:
    """The channel on which this telephone rings now."""
    found = await stage.until(lambda: [leg.id for leg in stage.pbx.rung() if leg.endpoint == endpoint])
    return str(found[0])


async def outcome(stage: Stage) -> tuple[str, str]:
    last = (await stage.rows(SeatCommand))[-1]
    return last.state, last.why


def test_passed_on_to_another_seat_and_the_row_tells_by_whom_to_whom_and_when(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        caller, leg = await talking(stage)
        await stage.line.writer.ask(lambda: sit_down(city, "seat-2", "bob"))
        await stage.quiet()
        await want(stage, city, Want.PASS, To(Target.SEAT, "seat-2"))
        second = await rung(stage, "PJSIP/seat-2")
        assert leg not in stage.pbx.legs and stage.pbx.legs[caller].bridge == "hold"
        assert await outcome(stage) == ("ringing", "")
        stage.pbx.pick_up(second)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        call = await stage.call()
        assert (call.giver_id, call.worker_id) == (city.users["alice"].worker.pk, city.users["bob"].worker.pk)
        assert call.seat == "seat-2" and call.transferred_at and await outcome(stage) == ("done", "")
        busy = {seat.name: (seat.busy, seat.call_id) for seat in await stage.rows(Seat)}
        assert busy == {"seat-1": (Busy.WRAP, call.pk), "seat-2": (Busy.TALKING, call.pk)}
        steps = await stage.steps()
        assert steps == ["offered", "queued", "ringing", "answered", "called", "transferred"]
        # It is recorded to the end, whoever is on the other side.
        assert all(name in stage.pbx.live for name in recording_names(caller))

    play(scene)


@pytest.mark.parametrize(("cause", "why"), [(17, "busy"), (19, "no_answer"), (16, "no_answer"), (1, "away")])
def test_passed_on_in_vain_the_caller_is_back_at_the_agent(city: City, cause: int, why: str):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        stage.pbx.online.add(TRUNK)
        caller, _leg = await talking(stage)
        await want(stage, city, Want.PASS, To(Target.NUMBER, number=OUTSIDE))
        stage.pbx.hangs_up(await rung(stage, TRUNK), cause)
        back = await rung(stage, "PJSIP/seat-1")
        stage.pbx.pick_up(back)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        assert await outcome(stage) == ("failed", why)
        call = await stage.call()
        assert call.transferred_at is None and call.worker_id == city.users["alice"].worker.pk

    play(scene)


def test_nobody_is_behind_the_number_the_caller_is_back_at_once(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        caller, leg = await talking(stage)
        await want(stage, city, Want.CONSULT, To(Target.NUMBER, number=OUTSIDE))
        assert (await stage.until(lambda: stage.line.line.callers[caller].tries == 2)) is True
        await stage.quiet()
        assert stage.pbx.legs[caller].bridge == stage.pbx.legs[leg].bridge == f"talk.{caller}"
        assert await outcome(stage) == ("failed", "away")

    play(scene)


def test_asked_first_then_three_then_the_agent_leaves(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        stage.pbx.online.add(TRUNK)
        caller, leg = await talking(stage)
        room = f"talk.{caller}"
        await want(stage, city, Want.CONSULT, To(Target.NUMBER, number=OUTSIDE))
        third = await rung(stage, TRUNK)
        assert stage.pbx.legs[caller].bridge == "hold" and stage.pbx.legs[leg].bridge == room
        stage.pbx.pick_up(third)
        await stage.until(lambda: stage.pbx.legs[third].bridge == room)
        await want(stage, city, Want.MEET)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == room)
        await want(stage, city, Want.LEAVE)
        await stage.until(lambda: leg not in stage.pbx.legs)
        assert stage.pbx.legs[caller].bridge == stage.pbx.legs[third].bridge == room
        stage.pbx.hangs_up(third)
        await stage.until(lambda: caller not in stage.pbx.legs)
        call = await stage.call()
        assert call.ended_by == CallEnd.OTHER and call.transferred_at
        assert call.worker_id == city.users["alice"].worker.pk

    play(scene)


def test_to_12345_our_number_and_theirs_go_along(city: City):
    sit_down(city)
    partner = city.partner
    intake = make_intake(phone=PHONE, channel="partner", partner_number="GD-187")
    order, _opened = take_in(by=partner.actor, partner=partner, intake=intake)

    async def scene(stage: Stage) -> None:
        stage.pbx.online.add("PJSIP/12345@trunk")
        caller = stage.pbx.call_in(PHONE, order="GD-187")
        stage.pbx.pick_up(await stage.leg())
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        call = await stage.call()
        # A call that brings an order along continues its matter.
        assert (call.order_number, call.case_id) == ("GD-187", order.case_id)
        await want(stage, city, Want.PASS, To(Target.OTHER_LINE))
        leg = await rung(stage, "PJSIP/12345@trunk")
        number = order.case.number
        assert stage.pbx.legs[leg].headers == {"X-Case-Number": number, "X-Order-Number": "GD-187"}
        assert stage.pbx.legs[leg].caller == PHONE

    play(scene)


def test_an_announced_call_continues_the_matter_and_any_other_does_not(city: City):
    sit_down(city)
    partner, case = city.partner, make_case()
    arrivals.expect_call(by=partner.actor, partner=partner, number=PHONE, order=case.number)

    async def scene(stage: Stage) -> None:
        await talking(stage)
        other = stage.pbx.call_in("13987650002", order="UNKNOWN-1")
        calls = await stage.rows(Call)
        assert [call.order_number for call in calls] == [case.number, "UNKNOWN-1"]
        assert calls[0].case_id == case.pk and calls[1].channel == other and calls[1].case_id is None

    play(scene)


def test_a_call_back_rings_here_then_there_and_is_bound_to_its_matter(city: City):
    sit_down(city, ready=False)
    case, agent = make_case(), city.users["alice"].worker.pk

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        stage.pbx.online.add(TRUNK)
        stage.pbx.sounds.add(RATE)
        command = await stage.line.writer.ask(
            lambda: steering.call_out(by=SYSTEM, worker=city.users["alice"].worker, number=OUTSIDE, case=case)
        )
        leg = await rung(stage, "PJSIP/seat-1")
        stage.pbx.pick_up(leg)
        reached = await rung(stage, TRUNK)
        assert reached == command.call.channel
        await stage.until(lambda: list(stage.pbx.tones.values()) == [leg])
        stage.pbx.pick_up(reached)
        await stage.until(lambda: stage.pbx.legs[reached].bridge == f"talk.{reached}")
        assert (reached, "mingbai/notice") in stage.pbx.played
        await stage.until(lambda: len(stage.pbx.live) == 2)
        assert not stage.pbx.tones
        stage.pbx.hangs_up(leg)
        await stage.until(lambda: (reached, RATE) in stage.pbx.played)
        stage.pbx.press(reached, "1")
        await stage.until(lambda: reached not in stage.pbx.legs)
        await stage.until(lambda: not stage.pbx.stored)
        call = await stage.call()
        assert (
            call.grade == 5
            and call.is_out
            and (call.case_id, call.worker_id, call.phone) == (case.pk, agent, OUTSIDE)
        )
        assert call.answered_at and (call.ended_by, call.recording) == (CallEnd.AGENT, Recording.KEPT)
        assert await stage.steps() == ["offered", "ringing", "answered", "ended"]
        assert await outcome(stage) == ("done", "")
        assert not await stage.line.writer.ask(lambda: Call.objects.incoming().exists())

    play(scene)


def test_a_call_back_that_is_not_answered_says_so(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        await stage.quiet()
        ask = stage.line.writer.ask
        await ask(lambda: steering.call_out(by=SYSTEM, worker=city.users["alice"].worker, number=OUTSIDE))
        leg = await rung(stage, "PJSIP/seat-1")
        stage.pbx.pick_up(leg)
        await stage.until(lambda: leg not in stage.pbx.legs)
        call = await stage.call()
        assert (call.answered_at, call.ended_by) == (None, CallEnd.UNREACHED)
        assert (await outcome(stage))[0] == CommandState.FAILED
        (seat,) = await stage.rows(Seat)
        assert seat.busy == Busy.FREE and seat.state == "ready"

    play(scene)


def test_the_caller_presses_how_it_was_and_the_matter_has_its_rating(city: City):
    sit_down(city)
    pbx = FakePbx()
    pbx.sounds.add(RATE)

    async def scene(stage: Stage) -> None:
        caller, leg = await talking(stage)
        stage.pbx.hangs_up(leg)
        await stage.until(lambda: (caller, RATE) in stage.pbx.played)
        call = await stage.call_now()
        assert call.ended_by == CallEnd.AGENT and not stage.pbx.live
        (seat,) = await stage.line.writer.ask(lambda: list(Seat.objects.all()))
        assert seat.busy == Busy.WRAP
        for key in ("9", "#", "2", "5"):
            stage.pbx.press(caller, key)
        await stage.until(lambda: caller not in stage.pbx.legs)
        assert (await stage.call()).grade == 4

        def written() -> Case:
            case = make_answered(city)
            ends.link_case(by=SYSTEM, call=Call.objects.get(), case=case)
            return case

        case = await stage.line.writer.ask(written)
        rating = await stage.line.writer.ask(lambda: Rating.objects.get())
        assert (rating.case_id, rating.grade, rating.channel) == (case.pk, 4, "hotline")

    play(scene, pbx)


@pytest.mark.parametrize("hangs_up", [True, False])
def test_who_presses_nothing_or_hangs_up_is_let_go(city: City, hangs_up: bool):
    sit_down(city)
    pbx = FakePbx()
    pbx.sounds.add(RATE)

    async def scene(stage: Stage) -> None:
        caller, leg = await talking(stage)
        stage.pbx.hangs_up(leg)
        await stage.until(lambda: (caller, RATE) in stage.pbx.played)
        if hangs_up:
            stage.pbx.hangs_up(caller)
        await stage.until(lambda: caller not in stage.pbx.legs)
        assert (await stage.call()).grade is None

    play(scene, pbx, rate_within=30 if hangs_up else 0.3)


def test_who_was_being_asked_when_the_process_died_is_let_go_and_not_queued_again(city: City):
    sit_down(city)
    pbx, kept = FakePbx(), {}
    pbx.sounds.add(RATE)

    async def before(stage: Stage) -> None:
        kept["caller"], leg = await talking(stage)
        stage.pbx.hangs_up(leg)
        await stage.until(lambda: (kept["caller"], RATE) in stage.pbx.played)
        await stage.call_now()

    async def after(stage: Stage) -> None:
        await stage.until(lambda: kept["caller"] not in stage.pbx.legs)
        assert (await stage.steps())[-1] == "ended"

    play(before, pbx, rate_within=30)
    pbx.heard = asyncio.Queue()
    play(after, pbx)


def test_the_process_dies_while_a_third_rings_and_while_three_talk(city: City):
    sit_down(city)
    pbx, kept = FakePbx(), {}
    pbx.online.add(TRUNK)

    async def before(stage: Stage) -> None:
        kept["caller"], kept["leg"] = await talking(stage)
        await want(stage, city, Want.CONSULT, To(Target.NUMBER, number=OUTSIDE))
        kept["third"] = await rung(stage, TRUNK)
        await stage.rows(Call)

    async def after(stage: Stage) -> None:
        room = f"talk.{kept['caller']}"
        await stage.until(lambda: stage.pbx.legs[kept["caller"]].bridge == room)
        assert kept["third"] not in stage.pbx.legs and stage.pbx.legs[kept["leg"]].bridge == room
        assert (await stage.call()).ended_at is None

    play(before, pbx)
    pbx.heard = asyncio.Queue()
    play(after, pbx)


def test_what_was_wanted_while_the_process_was_away_is_said_to_be_late(city: City):
    sit_down(city)
    pbx = FakePbx()
    command = steering.call_out(by=SYSTEM, worker=city.users["alice"].worker, number=OUTSIDE)
    SeatCommand.objects.filter(pk=command.pk).update(asked_at="2026-01-01T00:00Z")

    async def scene(stage: Stage) -> None:
        await stage.until(lambda: command.pk in stage.line.followed)
        assert await outcome(stage) == ("failed", "late")
        call = await stage.call()
        assert call.ended_by == CallEnd.LINE and not stage.pbx.rung()

    play(scene, pbx)


def test_the_exchange_answers_500_while_a_third_is_called(city: City):
    sit_down(city)

    async def scene(stage: Stage) -> None:
        stage.pbx.online.add(TRUNK)
        caller, leg = await talking(stage)
        stage.pbx.failing.extend([500, 0, 503])
        await want(stage, city, Want.JOIN, To(Target.NUMBER, number=OUTSIDE))
        third = await rung(stage, TRUNK)
        stage.pbx.failing.extend([500, 500])
        stage.pbx.pick_up(third)
        await stage.until(lambda: stage.pbx.legs[third].bridge == f"talk.{caller}")
        assert stage.pbx.legs[leg].bridge == f"talk.{caller}"

    play(scene)


def test_without_the_announcement_nothing_is_recorded(city: City):
    sit_down(city)
    pbx = FakePbx()
    pbx.sounds.clear()

    async def scene(stage: Stage) -> None:
        caller = stage.pbx.call_in(PHONE)
        leg = await stage.leg()
        await stage.until(lambda: caller not in stage.line.hands.announced)
        stage.pbx.pick_up(leg)
        await stage.until(lambda: stage.pbx.legs[caller].bridge == f"talk.{caller}")
        call = await stage.call()
        assert not stage.pbx.live and call.recording == Recording.NONE

    play(scene, pbx)
