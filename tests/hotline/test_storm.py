"""Any order of anything never breaks the promises of the line."""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mingbai.hotline.enums import Busy, CallEnd, CommandState, SeatState, Step, Unreached, Want
from mingbai.hotline.rules.line import Line
from mingbai.hotline.rules.queue import Policy
from mingbai.hotline.rules.shapes import OUT, Do, Note, Out, Reply, Said, Sit, Wanted
from tests.hotline.test_line import SEATS


class Storm(RuleBasedStateMachine):
    """Callers, seats, legs and time in any order: what must never happen is looked for after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.line, self.at, self.count = Line(Policy(ring=5, longest=60, wrap=4)), 1000.0, 0
        self.notes: list[Note] = []
        self.legs: set[str] = set()
        self.here: set[str] = set()
        self.rows: dict[str, Said] = {}
        self.reaching: set[str] = set()
        self.parked: set[str] = set()
        self.replies: dict[str, list[CommandState]] = {}

    def hear(self, out: list[Out]) -> None:
        for one in out:
            if isinstance(one, Note):
                self.notes.append(one)
            elif isinstance(one, Sit):
                self._sat(one)
            elif isinstance(one, Reply):
                self.replies.setdefault(one.command, []).append(one.state)
            else:
                self._do(one)

    def _do(self, one: Do) -> None:
        if one.verb in ("ring", "forward", "call"):
            assert one.key in self.here | self.reaching and one.leg not in self.legs
            self.legs.add(one.leg)
        elif one.verb == "hush":
            self.legs.discard(one.leg)
        elif one.verb in ("connect", "join"):
            assert one.key in self.here and one.leg in self.legs
        elif one.verb == "reach":
            assert one.key in self.reaching and one.leg in self.legs
        elif one.verb in ("hang_up", "promise", "rate"):
            self.here.discard(one.key)
            self.reaching.discard(one.key)
        elif one.verb in ("park", "unpark", "meet"):
            assert one.key in self.here
            self.parked = self.parked | {one.key} if one.verb == "park" else self.parked - {one.key}

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
            self.hear(
                self.line.leg_gone(leg, self.at, was_cut=cut, why=Unreached.AWAY if away else Unreached.BUSY)
            )

    @rule(n=st.integers(0, 30), what=st.sampled_from(list(Want)), to=st.sampled_from([*SEATS, OUT]))
    def want(self, n: int, what: Want, to: str) -> None:
        """Whoever talks wants something; now and then somebody who does not."""
        number = self.count = self.count + 1
        if what == Want.DIAL:
            key = f"o{number}"
            self.reaching.add(key)
            self.hear(self.line.wanted(Wanted(str(number), what, SEATS[n % 3], key, OUT), self.at))
            if key not in self.line.callers:
                self.reaching.discard(key)
        elif keys := sorted(self.line.callers):
            key = keys[n % len(keys)]
            seat = self.line.callers[key].seat if n % 7 else "s2"
            self.hear(self.line.wanted(Wanted(str(number), what, seat, key, to), self.at))
        else:
            return
        assert self.replies[str(number)]

    @rule(n=st.integers(0, 30), is_there=st.booleans())
    def reached(self, n: int, is_there: bool) -> None:
        keys = sorted(key for key in self.reaching if key in self.line.callers)
        if keys and self.line.callers[keys[n % len(keys)]].phase == "reaching":
            key = keys[n % len(keys)]
            self.reaching.discard(key)
            if is_there:
                self.here.add(key)
            self.hear(self.line.reached(key, self.at) if is_there else self.line.left(key, self.at))

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
    def a_seat_has_one_caller_and_a_caller_one_seat_and_a_third(self) -> None:
        taken = [seat for one in self.line.callers.values() for seat in self._seats_of(one)]
        assert max(Counter(taken).values(), default=0) <= 1
        for place in self.line.places.values():
            if place.busy in (Busy.RINGING, Busy.TALKING):
                assert place.name in self._seats_of(self.line.callers[place.key])

    def _seats_of(self, caller: Any) -> list[str]:
        names = [caller.seat, caller.third.seat if caller.third else ""]
        return [name for name in names if name in SEATS]

    @invariant()
    def nobody_hears_music_beside_an_agent_who_asks_nobody(self) -> None:
        for key, caller in self.line.callers.items():
            assert caller.is_parked == (key in self.parked and caller.phase == "talking")
            assert not caller.is_parked or caller.third
            assert caller.phase != "talking" or caller.leg in self.legs

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
    def what_was_wanted_is_answered_for_good_at_the_end_of_its_call(self) -> None:
        """A wish is open only while its call is."""
        open_states = (CommandState.RINGING, CommandState.TALKING)
        running = sum(states[-1] in open_states for states in self.replies.values())
        assert running <= sum(bool(one.command) + bool(one.third) for one in self.line.callers.values())

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
