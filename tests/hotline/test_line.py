"""The line as a machine: usual calls, third parties and restarts, step by step."""

from typing import Any

import pytest

from mingbai.hotline.enums import Busy, SeatState, Step, Unreached, Want
from mingbai.hotline.rules.adopting import Found, adopt
from mingbai.hotline.rules.line import Line
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import OUT, Do, Note, Out, Reply, Said, Sit, Wanted, leg_name, leg_parts

READY = SeatState.READY
SEATS = ["s1", "s2", "s3"]


def line_of(*names: str, **policy: float) -> Line:
    line = Line(Policy(**policy))
    line.seats_are([Said(name, READY, 0, worker=name) for name in names], 0)
    return line


def done(out: list[Out]) -> list[tuple[str, ...]]:
    return [(one.verb, one.key or one.leg, one.seat) for one in out if isinstance(one, Do)]


def noted(out: list[Out]) -> list[tuple[str, str, str]]:
    return [(one.key, one.step.value, one.why) for one in out if isinstance(one, Note)]


def test_an_ordinary_call():
    line = line_of("s1")
    assert done(line.offered("c", 1)) == [("queue", "c", "")]
    out = line.tick(1)
    assert done(out) == [("ring", "c", "s1")] and Sit("s1", Busy.RINGING, 1, "c") in out
    assert done(line.picked_up("leg.s1.1.c", 3)) == [("connect", "c", "s1")]
    assert noted(line.held("leg.s1.1.c", 4, on=True)) == [("c", "held", "")]
    assert line.held("leg.s1.1.c", 4, on=True) == []
    out = line.leg_gone("leg.s1.1.c", 9)
    assert done(out) == [("rate", "c", "")] and noted(out) == [("c", "ended", "agent")]
    assert Sit("s1", Busy.WRAP, 9, "c") in out and line.callers == {}


def test_a_seat_in_wrap_up_gets_nothing_until_it_is_done_or_its_time_is_over():
    line = line_of("s1", wrap=60)
    line.offered("c", 1), line.tick(1), line.picked_up("leg.s1.1.c", 3), line.left("c", 9)
    line.offered("d", 10)
    wrapping = [Said("s1", READY, 0, "s1", is_wrapping=True)]
    assert line.seats_are(wrapping, 68) == [] and line.tick(68) == []
    assert line.seats_are(wrapping, 69) == [Sit("s1", Busy.FREE, 69)]
    assert done(line.tick(69)) == [("ring", "d", "s1")]
    early = line_of("s1")
    early.offered("c", 1), early.tick(1), early.picked_up("leg.s1.1.c", 3), early.left("c", 9)
    early.offered("d", 10)
    early.seats_are([Said("s1", READY, 11, "s1")], 11)
    assert done(early.tick(11)) == [("ring", "d", "s1")]


def test_nobody_takes_it_off_the_next_seat_rings_and_the_first_is_paused():
    line = line_of("s1", "s2", ring=20)
    line.offered("c", 1), line.tick(1)
    assert line.tick(20.9) == []
    out = line.tick(21)
    assert done(out) == [("hush", "c", "s1"), ("ring", "c", "s2")]
    assert Sit("s1", Busy.FREE, 21, pause="no_answer") in out
    assert noted(out)[0] == ("c", "unanswered", "") and line.callers["c"].since == 1


def test_a_telephone_that_is_not_there_is_passed_over_at_once():
    line = line_of("s1", "s2")
    line.offered("c", 1), line.tick(1)
    out = line.leg_gone("leg.s1.1.c", 1.1, why=Unreached.AWAY)
    assert Sit("s1", Busy.FREE, 1.1, pause="away") in out
    assert done(line.tick(1.2)) == [("ring", "c", "s2")]


def test_the_caller_gives_up_while_it_rings():
    line = line_of("s1")
    line.offered("c", 1), line.tick(1)
    out = line.left("c", 5)
    assert done(out) == [("hush", "c", "s1")] and noted(out) == [("c", "ended", "caller")]
    assert Sit("s1", Busy.FREE, 5) in out
    assert done(line.picked_up("leg.s1.1.c", 5.01)) == [("hush", "leg.s1.1.c", "")]


def test_two_seats_answer_at_once_only_the_one_that_rings_now_gets_the_caller():
    line = line_of("s1", "s2", ring=20)
    line.offered("c", 1), line.tick(1), line.tick(21)
    assert line.picked_up("leg.s1.1.c", 21.1) == [Do("hush", "", "leg.s1.1.c")]
    assert done(line.picked_up("leg.s2.2.c", 21.2)) == [("connect", "c", "s2")]


def test_an_agent_who_is_cut_off_leaves_the_caller_first_in_the_queue():
    line = line_of("s1", "s2")
    line.seats_are([Said("s1", READY, 0, "1"), Said("s2", SeatState.PAUSE, 0, "2")], 0)
    line.offered("c", 1), line.tick(1), line.picked_up("leg.s1.1.c", 2)
    line.offered("d", 0.5)
    out = line.leg_gone("leg.s1.1.c", 30, was_cut=True)
    assert done(out) == [("requeue", "c", "")] and Sit("s1", Busy.FREE, 30, pause="away") in out
    line.seats_are([Said("s2", READY, 31, "2")], 31)
    assert done(line.tick(31))[:1] == [("ring", "c", "s2")]


def test_who_is_cut_off_after_a_long_talk_waits_anew_and_is_not_sent_away():
    line = line_of("s1", longest=600)
    line.offered("c", 1), line.tick(1), line.picked_up("leg.s1.1.c", 2)
    line.leg_gone("leg.s1.1.c", 700, was_cut=True)
    assert line.tick(700) == line.tick(1299) == []
    assert done(line.tick(1300)) == [("promise", "c", "")] and line.callers["c"].since == 1


def test_at_night_the_lawyers_telephone_rings_then_a_call_back_is_promised():
    line = line_of(ring=20)
    line.offered("c", 1)
    assert done(line.tick(1, night="139")) == [("forward", "c", "night")]
    assert [step for _c, step, _w in noted(line.picked_up("leg.night.1.c", 5))] == ["forwarded", "answered"]
    line.offered("d", 10), line.tick(10, night="139")
    out = line.tick(30, night="139")
    assert done(out) == [("hush", "d", "night"), ("promise", "d", "")]
    assert noted(out) == [("d", "unanswered", ""), ("d", "promised", "")]
    assert noted(line.left("d", 34)) == [("d", "ended", "line")]


def test_a_forgotten_seat_does_not_keep_the_night_s_telephone_from_ringing():
    line = line_of("s1", ring=20)
    line.offered("c", 1)
    assert done(line.tick(1, night="139")) == [("ring", "c", "s1")]
    assert done(line.tick(21, night="139")) == [("hush", "c", "s1"), ("forward", "c", "night")]
    line.picked_up("leg.night.2.c", 25)
    line.offered("d", 30)
    assert done(line.tick(30, night="139")) == [("forward", "d", "night")]


def test_nobody_is_promised_anything_whose_number_is_not_known():
    line = line_of()
    line.offered("c", 1, has_number=False)
    out = line.tick(1)
    assert done(out) == [("promise", "c", "")] and noted(out) == []


def test_the_same_agent_and_the_own_county():
    line = Line()
    line.seats_are([Said("s1", READY, 0, "1"), Said("s2", READY, 5, "2", "n"), Said("s3", READY, 5, "3")], 5)
    line.offered("c", 10, county="n"), line.offered("d", 11, spoke_with="3")
    assert [one.why for one in line.tick(11) if isinstance(one, Note)] == ["county", "same"]


@pytest.mark.parametrize("text", ["leg.s1.x.c", "leg.s1.1", "c", "", "in.1", "leg.s1.-1.c"])
def test_what_is_no_leg_of_ours(text: str):
    assert leg_parts(text) is None


def test_a_leg_says_both_ends():
    assert leg_parts(leg_name("seat-1", 3, "mingbai-17.5")) == ("seat-1", 3, "mingbai-17.5")


# ── third parties ──


def talking(*seats: str, **policy: float) -> Line:
    """A caller "c" who talks with the first seat."""
    line = line_of(*seats, **policy)
    line.offered("c", 1), line.tick(1), line.picked_up(f"leg.{seats[0]}.1.c", 2)
    return line


def want(line: Line, what: Want, to: str = "", at: float = 10, seat: str = "s1") -> list[Out]:
    return line.wanted(Wanted("7", what, seat, "c", to), at)


def replied(out: list[Out]) -> list[tuple[str, str]]:
    return [(one.state.value, one.why) for one in out if isinstance(one, Reply)]


def test_passed_on_at_once_and_taken_over():
    line = talking("s1", "s2")
    out = want(line, Want.PASS, "s2")
    assert done(out) == [("park", "c", ""), ("hush", "c", "s1"), ("call", "c", "s2")]
    assert noted(out) == [("c", "called", "pass")] and replied(out) == [("ringing", "")]
    assert {Sit("s1", Busy.WRAP, 10, "c"), Sit("s2", Busy.RINGING, 10, "c")} <= set(out)
    assert line.leg_gone("leg.s1.1.c", 10.1) == []
    out = line.picked_up("leg.s2.2.c", 12)
    assert done(out) == [("connect", "c", "s2")] and replied(out) == [("done", "")]
    assert [(one.step, one.seat) for one in out if isinstance(one, Note)] == [(Step.TRANSFERRED, "s2")]
    out = line.leg_gone("leg.s2.2.c", 30)
    assert done(out) == [("rate", "c", "")] and Sit("s2", Busy.WRAP, 30, "c") in out


@pytest.mark.parametrize("why", [Unreached.BUSY, Unreached.NO_ANSWER, Unreached.AWAY])
def test_passed_on_in_vain_the_caller_comes_back_to_who_passed_them_before_all_others(why: Unreached):
    line = talking("s1", "s2", "s3")
    want(line, Want.PASS, OUT)
    line.places["s2"].busy = line.places["s3"].busy = Busy.FREE
    line.offered("early", 0.5), line.tick(10.5)
    out = line.leg_gone("leg.out.2.c", 12, why=why)
    assert noted(out) == [("c", "returned", why.value)] and replied(out) == [("failed", why.value)]
    assert Sit("s1", Busy.FREE, 12) in out
    line.seats_are([Said(name, READY, 0, name) for name in ("s1", "s2", "s3")], 12)
    assert done(line.tick(12)) == [("ring", "c", "s1")]


def test_passed_on_to_a_telephone_that_rings_without_end():
    line = talking("s1", ring_out=45)
    want(line, Want.PASS, OUT)
    line.seats_are([Said("s1", READY, 0, "s1", is_wrapping=True)], 54)
    assert line.tick(54.9) == []
    out = line.tick(55)
    assert done(out) == [("hush", "c", OUT), ("ring", "c", "s1")]


def test_who_passed_the_caller_on_and_has_left_the_next_seat_gets_them():
    line = talking("s1", "s2")
    want(line, Want.PASS, OUT)
    line.seats_are([Said("s2", READY, 0, "s2")], 11)
    line.leg_gone("leg.out.2.c", 12, why=Unreached.BUSY)
    assert done(line.tick(12)) == [("ring", "c", "s2")]


def test_asked_first_then_handed_over():
    line = talking("s1", "s2")
    assert done(want(line, Want.CONSULT, "s2")) == [("park", "c", ""), ("call", "c", "s2")]
    out = line.picked_up("leg.s2.2.c", 12)
    assert done(out) == [("join", "c", "s2")] and replied(out) == [("talking", "")]
    out = want(line, Want.LEAVE, at=20)
    assert done(out) == [("unpark", "c", ""), ("hush", "c", "s1")]
    assert noted(out) == [("c", "transferred", "")] and Sit("s1", Busy.WRAP, 20, "c") in out
    assert line.callers["c"].seat == "s2" and line.places["s2"].busy == Busy.TALKING


def test_asked_in_vain_and_asked_and_sent_back():
    line = talking("s1", "s2")
    want(line, Want.CONSULT, OUT)
    out = line.leg_gone("leg.out.2.c", 12, why=Unreached.BUSY)
    assert done(out) == [("unpark", "c", "")] and replied(out) == [("failed", "busy")]
    want(line, Want.CONSULT, "s2"), line.picked_up("leg.s2.3.c", 15)
    out = want(line, Want.BACK, at=16)
    assert done(out) == [("hush", "c", "s2"), ("unpark", "c", "")]
    assert Sit("s2", Busy.FREE, 16) in out and line.callers["c"].seat == "s1"


def test_hanging_up_while_asking_hands_the_caller_over_and_ringing_on_is_passing_on():
    line = talking("s1", "s2")
    want(line, Want.CONSULT, OUT), line.picked_up("leg.out.2.c", 12)
    out = line.leg_gone("leg.s1.1.c", 20)
    assert done(out) == [("unpark", "c", "")] and noted(out) == [("c", "transferred", "")]
    assert noted(line.leg_gone("leg.out.2.c", 60)) == [("c", "ended", "other")]
    line = talking("s1")
    want(line, Want.JOIN, OUT)
    assert done(line.leg_gone("leg.s1.1.c", 12)) == [("park", "c", "")]
    assert line.callers["c"].phase == "passing"


def test_three_together_and_the_agent_or_the_third_leaves():
    line = talking("s1")
    assert done(want(line, Want.JOIN, OUT)) == [("call", "c", OUT)]
    line.picked_up("leg.out.2.c", 12)
    assert noted(line.leg_gone("leg.out.2.c", 20)) == [("c", "left", "")]
    want(line, Want.CONSULT, OUT, at=21), line.picked_up("leg.out.3.c", 22)
    assert done(want(line, Want.MEET, at=23)) == [("unpark", "c", "")]
    assert done(want(line, Want.LEAVE, at=24)) == [("hush", "c", "s1")]


def test_an_agent_who_is_cut_off_three_go_on_and_who_was_asked_is_let_go():
    line = talking("s1")
    want(line, Want.JOIN, OUT), line.picked_up("leg.out.2.c", 12)
    out = line.leg_gone("leg.s1.1.c", 20, was_cut=True)
    assert done(out) == [] and Sit("s1", Busy.WRAP, 20, "c", "away") in out
    line = talking("s1")
    want(line, Want.CONSULT, OUT), line.picked_up("leg.out.2.c", 12)
    out = line.leg_gone("leg.s1.1.c", 20, was_cut=True)
    assert done(out) == [("hush", "c", OUT), ("requeue", "c", "")] and line.callers["c"].is_first


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("what", [Want.PASS, Want.CONSULT, Want.JOIN])
def test_the_caller_hangs_up_while_a_third_is_called_or_there(what: Want, up: bool):
    line = talking("s1", "s2")
    want(line, what, "s2")
    if up:
        line.picked_up("leg.s2.2.c", 12)
    out = line.left("c", 15)
    assert ("hush", "c", "s2") in done(out) and noted(out) == [("c", "ended", "caller")]
    assert not any(place.busy in (Busy.RINGING, Busy.TALKING) for place in line.places.values())
    # Who was passed on and taken over had been told already.
    said = [] if up and what == Want.PASS else ["done" if up else "failed"]
    assert [state for state, _why in replied(out)] == said


def test_what_makes_no_sense_is_refused_with_a_word():
    line = talking("s1", "s2")
    assert replied(want(line, Want.BACK)) == [("refused", "no_third")]
    assert replied(want(line, Want.PASS, "s1")) == [("failed", "busy")]
    assert replied(want(line, Want.PASS, "s9")) == [("failed", "away")]
    assert replied(want(line, Want.PASS, OUT, seat="s2")) == [("refused", "not_talking")]
    want(line, Want.JOIN, OUT)
    assert replied(want(line, Want.JOIN, OUT)) == [("refused", "third_there")]
    line.left("c", 20)
    assert replied(want(line, Want.PASS, OUT)) == [("refused", "hung_up")]


def test_a_call_out_rings_the_agent_first_then_the_resident():
    line = line_of("s1")
    dial = Wanted("7", Want.DIAL, "s1", "o", OUT)
    out = line.wanted(dial, 1)
    assert done(out) == [("ring", "o", "s1")] and replied(out) == [("ringing", "")]
    assert done(line.picked_up("leg.s1.1.o", 2)) == [("reach", "o", "s1")]
    out = line.reached("o", 5)
    assert done(out) == [("meet", "o", "s1")] and noted(out) == [("o", "answered", "")]
    out = line.leg_gone("leg.s1.1.o", 9)
    assert done(out) == [("rate", "o", "")] and noted(out) == [("o", "ended", "agent")]  # asked, then let go
    assert replied(out) == [("done", "")] and Sit("s1", Busy.WRAP, 9, "o") in out


def test_a_call_out_that_nobody_answers_or_the_agent_gives_up():
    line = line_of("s1")
    line.wanted(Wanted("7", Want.DIAL, "s1", "o", OUT), 1), line.picked_up("leg.s1.1.o", 2)
    out = line.left("o", 20)
    assert done(out) == [("hush", "o", "s1")] and noted(out) == [("o", "ended", "unreached")]
    assert Sit("s1", Busy.FREE, 20) in out and replied(out)[-1][0] == "failed"
    line.wanted(Wanted("8", Want.DIAL, "s1", "p", OUT), 21), line.picked_up("leg.s1.1.p", 22)
    out = line.leg_gone("leg.s1.1.p", 23)
    assert done(out) == [("hang_up", "p", "")] and Sit("s1", Busy.FREE, 23) in out
    assert done(line.reached("p", 23.1)) == [("hang_up", "p", "")]
    line.wanted(Wanted("9", Want.DIAL, "s1", "q", OUT), 24)
    out = line.tick(60)
    assert done(out) == [("hush", "q", "s1")] and noted(out) == [("q", "ended", "line")]
    assert line.callers == {} and line.places["s1"].state == READY


def test_a_call_out_from_a_busy_seat_or_asked_too_late_is_over_before_it_began():
    line = talking("s1")
    out = line.wanted(Wanted("8", Want.DIAL, "s1", "o", OUT), 5)
    over = [("offered", ""), ("ended", "line")]
    assert [one[1:] for one in noted(out)] == over and replied(out) == [("failed", "busy")]
    out = line.too_late(Wanted("9", Want.DIAL, "s1", "p", OUT), 5)
    assert [one[1:] for one in noted(out)] == over and replied(out) == [("failed", "late")]


def test_who_presses_0_is_not_kept_for_the_people_of_the_county():
    line = Line(Policy(county_first=10))
    line.seats_are([Said("s1", READY, 0, "1", "n"), Said("s2", READY, 5, "2", "s")], 5)
    line.offered("a", 6, county="n"), line.tick(6), line.picked_up("leg.s1.1.a", 7)
    line.offered("b", 8, county="n")
    assert line.tick(8) == []
    line.pressed("b", "5"), line.pressed("nobody", "0")
    assert line.tick(8.2) == []
    line.pressed("b", "0")
    assert done(line.tick(8.5)) == [("ring", "b", "s2")]


# ── after a restart ──


def test_three_in_a_room_and_one_who_heard_music_are_together_again():
    line, agent, third = line_of("s1"), "leg.s1.9.t", "leg.out.10.t"
    out = adopted(
        line,
        found=[Found("t", 5)],
        legs=[agent, third, "leg.s1.11.t"],
        rooms={"talk.t": frozenset({agent, third}), "hold": frozenset({"t"})},
        open_calls=["t"],
        answered=frozenset({"t"}),
    )
    assert done(out) == [("unpark", "t", ""), ("hush", "leg.s1.11.t", "")]
    caller = line.callers["t"]
    assert (caller.leg, caller.third and caller.third.leg) == (agent, third)
    assert done(line.leg_gone(agent, 101)) == [] and line.callers["t"].seat == OUT


def adopted(line: Line, **more: Any) -> list[Out]:
    given: dict[str, Any] = {"found": [], "legs": [], "rooms": {}, "open_calls": [], "answered": frozenset()}
    return adopt(line, **(given | more), at=100)


def test_who_talks_goes_on_who_waits_keeps_the_place():
    line = line_of("s1")
    leg = "leg.s1.1.t"
    out = adopted(
        line,
        found=[Found("w2", 30), Found("t", 5), Found("w1", 20)],
        legs=[leg],
        rooms={"talk.t": frozenset({"t", leg}), "hold": frozenset({"w1", "w2"})},
        open_calls=["t", "w1", "w2"],
        answered=frozenset({"t"}),
    )
    assert done(out) == [("queue", "w1", ""), ("queue", "w2", "")] and noted(out) == []
    assert line.callers["t"].phase == "talking" and line.places["s1"].busy == Busy.TALKING
    assert noted(line.leg_gone(leg, 101)) == [("t", "ended", "agent")]
    line.seats_are([Said("s1", READY, 102, "s1")], 102)
    assert done(line.tick(102)) == [("ring", "w1", "s1")]


def test_what_ended_meanwhile_is_said_to_be_unobserved_and_orphans_are_hung_up():
    out = adopted(line_of("s1"), legs=["leg.s1.1.gone"], open_calls=["gone"])
    assert noted(out) == [("gone", "ended", "unobserved")] and done(out) == [("hush", "leg.s1.1.gone", "")]


def test_calls_that_came_meanwhile_are_written_down():
    line, leg = line_of("s1"), "leg.s1.1.b"
    out = adopted(
        line, found=[Found("a", 90), Found("b", 80)], legs=[leg], rooms={"talk.b": frozenset({"b", leg})}
    )
    steps = ["offered", "queued", "answered", "offered", "queued"]
    assert [step for _key, step, _why in noted(out)] == steps and done(out) == [("queue", "a", "")]


def test_a_caller_whose_agent_vanished_while_nobody_watched_goes_first():
    line = line_of("s1")
    adopted(line, found=[Found("w", 1), Found("t", 50)], open_calls=["w", "t"], answered=frozenset({"t"}))
    assert done(line.tick(101)) == [("ring", "t", "s1")]


def test_whose_agent_vanished_waits_from_the_restart_the_others_from_their_coming_in():
    line = Line(Policy(longest=60))
    line.seats_are([Said("s1", SeatState.PAUSE, 0, "1")], 0)
    adopted(line, found=[Found("w", 50), Found("t", 1)], open_calls=["w", "t"], answered=frozenset({"t"}))
    assert line.tick(109) == []
    assert done(line.tick(110)) == [("promise", "w", "")]
    assert done(line.tick(160)) == [("promise", "t", "")]
