"""The line as a machine: usual calls step by step, and any order of anything never breaks its promises."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mingbai.hotline.enums import Busy, CallEnd, SeatState, Step
from mingbai.hotline.rules.adopting import Found, adopt
from mingbai.hotline.rules.line import Do, Line, Note, Out, Said, Sit, leg_name, leg_parts
from mingbai.hotline.rules.queue import Policy

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
    assert done(out) == [("hang_up", "c", "")] and noted(out) == [("c", "ended", "agent")]
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
    out = line.leg_gone("leg.s1.1.c", 1.1, is_away=True)
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


# ── after a restart ──


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


# ── any order of anything ──


class Storm(RuleBasedStateMachine):
    """Callers, seats, legs and time in any order: what must never happen is looked for after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.line, self.at, self.count = Line(Policy(ring=5, longest=60, wrap=4)), 1000.0, 0
        self.notes: list[Note] = []
        self.legs: set[str] = set()
        self.here: set[str] = set()
        self.rows: dict[str, Said] = {}

    def hear(self, out: list[Out]) -> None:
        for one in out:
            if isinstance(one, Note):
                self.notes.append(one)
            elif isinstance(one, Sit):
                self._sat(one)
            elif one.verb in ("ring", "forward"):
                assert one.key in self.here and one.leg not in self.legs
                self.legs.add(one.leg)
            elif one.verb == "hush":
                self.legs.discard(one.leg)
            elif one.verb == "connect":
                assert one.key in self.here and one.leg in self.legs
            elif one.verb in ("hang_up", "promise"):
                self.here.discard(one.key)

    def _sat(self, sit: Sit) -> None:
        if row := self.rows.get(sit.seat):
            state = SeatState.PAUSE if sit.pause else row.state
            wraps = sit.busy == Busy.WRAP
            self.rows[sit.seat] = Said(row.name, state, row.since, row.worker, row.county, wraps)

    @rule(county=st.sampled_from(["", "n"]), number=st.booleans())
    def call(self, county: str, number: bool) -> None:
        key = f"c{self.count}"
        self.count += 1
        self.here.add(key)
        self.hear(self.line.offered(key, self.at, county=county, has_number=number))

    @rule(n=st.integers(0, 30))
    def caller_leaves(self, n: int) -> None:
        if keys := sorted(self.line.callers):
            key = keys[n % len(keys)]
            self.here.discard(key)
            self.hear(self.line.left(key, self.at))

    @rule(n=st.integers(0, 30))
    def pick_up(self, n: int) -> None:
        if legs := sorted(self.legs):
            self.hear(self.line.picked_up(legs[n % len(legs)], self.at))

    @rule(n=st.integers(0, 30), cut=st.booleans(), away=st.booleans())
    def leg_ends(self, n: int, cut: bool, away: bool) -> None:
        if legs := sorted(self.legs):
            leg = legs[n % len(legs)]
            self.legs.discard(leg)
            self.hear(self.line.leg_gone(leg, self.at, was_cut=cut, is_away=away))

    @rule(name=st.sampled_from(SEATS), state=st.sampled_from(list(SeatState)), done=st.booleans())
    def seat(self, name: str, state: SeatState, done: bool) -> None:
        old = self.rows.pop(name, None)
        if state != SeatState.OFF:
            wraps = bool(old and old.is_wrapping and not done)
            self.rows[name] = Said(name, state, self.at, name, "n" if name == "s3" else "", wraps)
        self.hear(self.line.seats_are(self.rows.values(), self.at))

    @rule(seconds=st.sampled_from([0.25, 3.0, 6.0]), night=st.sampled_from(["", "139"]))
    def time(self, seconds: float, night: str) -> None:
        self.at += seconds
        self.hear(self.line.seats_are(self.rows.values(), self.at))
        self.hear(self.line.tick(self.at, night=night))

    @invariant()
    def a_seat_has_one_caller_and_a_caller_one_seat(self) -> None:
        taken = [one.seat for one in self.line.callers.values() if one.seat and one.seat != "night"]
        assert max(Counter(taken).values(), default=0) <= 1
        for place in self.line.places.values():
            if place.busy in (Busy.RINGING, Busy.TALKING):
                caller = self.line.callers[place.key]
                assert caller.seat == place.name and caller.phase == place.busy.value

    @invariant()
    def every_call_begins_once_and_ends_once_at_most(self) -> None:
        for key in {note.key for note in self.notes}:
            steps = [note.step for note in self.notes if note.key == key]
            assert steps[0] == Step.OFFERED and steps.count(Step.OFFERED) == 1
            assert steps.count(Step.ENDED) == (key not in self.line.callers)
            assert Step.ENDED not in steps[:-1]

    @invariant()
    def nobody_is_forgotten(self) -> None:
        assert self.here <= set(self.line.callers)

    @invariant()
    def nobody_is_rung_who_pauses_or_is_off(self) -> None:
        for place in self.line.places.values():
            assert place.name in self.rows or place.busy in (Busy.RINGING, Busy.TALKING, Busy.FREE, Busy.WRAP)

    def teardown(self) -> None:
        for key in sorted(self.line.callers):
            self.here.discard(key)
            self.hear(self.line.left(key, self.at, CallEnd.LINE))
        assert not any(place.busy in (Busy.RINGING, Busy.TALKING) for place in self.line.places.values())


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
