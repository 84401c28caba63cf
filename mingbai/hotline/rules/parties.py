"""What a seat does with its call: passing it on, asking a third, three together, calling out; pure.

A caller is never lost by it. Who is passed on and taken by nobody comes back: first in the queue, and first
to the seat that passed them on. A seat that hangs up while a third is there leaves the two together.
"""

from mingbai.hotline.enums import Busy, CallEnd, CommandState, PauseReason, Step, Unreached, Want
from mingbai.hotline.rules.floor import Floor
from mingbai.hotline.rules.shapes import OUT, Caller, Do, Note, Out, Reply, Third, Wanted


def _refused(one: Wanted, at: float, why: Unreached) -> list[Out]:
    return [Reply(one.id, CommandState.REFUSED, at, why)]


class Parties(Floor):
    def wanted(self, one: Wanted, at: float) -> list[Out]:
        """Follow what a seat wants. What makes no sense (any more) is refused with a word why."""
        if one.what == Want.DIAL:
            return self._dial_out(one, at)
        caller = self.callers.get(one.key)
        if caller is None:
            return _refused(one, at, Unreached.HUNG_UP)
        if caller.phase != "talking" or caller.seat != one.seat:
            return _refused(one, at, Unreached.NOT_TALKING)
        if one.what in (Want.PASS, Want.CONSULT, Want.JOIN):
            return self._to_third(caller, one, at)
        if caller.third is None:
            return _refused(one, at, Unreached.NO_THIRD)
        if one.what == Want.BACK:
            out = [Do("hush", caller.key, caller.third.leg, caller.third.seat)]
            return [*out, *self._third_over(caller, caller.third, at, ""), *_done(one, at)]
        if one.what == Want.MEET:
            return self._meet(caller, one, at)
        return [*self._leave(caller, at, is_gone=False), *_done(one, at)]

    def too_late(self, one: Wanted, at: float) -> list[Out]:
        """The line was away when a seat wanted it: nobody expects it any more."""
        out = _never(one.key, at) if one.what == Want.DIAL and one.key not in self.callers else []
        return [*out, Reply(one.id, CommandState.FAILED, at, Unreached.LATE)]

    # ── a third is called ──

    def _to_third(self, caller: Caller, one: Wanted, at: float) -> list[Out]:
        if caller.third is not None:
            return _refused(one, at, Unreached.THIRD_THERE)
        place = self.places.get(one.to)
        if one.to != OUT and (place is None or place.busy != Busy.FREE or one.to == one.seat):
            why = Unreached.AWAY if place is None else Unreached.BUSY
            return [Reply(one.id, CommandState.FAILED, at, why)]
        out: list[Out] = []
        third = Third(self._next_leg(caller, one.to), one.to, one.id, at)
        if one.what != Want.JOIN:
            caller.is_parked = True
            out.append(Do("park", caller.key))
        caller.third = third
        if one.what == Want.PASS:
            out += self._passed(caller, third, at, is_gone=False)
        out += [Do("call", caller.key, third.leg, third.seat)]
        out += [Note(caller.key, Step.CALLED, at, one.seat, one.what)]
        out += self._sit(place, Busy.RINGING, at, caller.key) if place else []
        return [*out, Reply(one.id, CommandState.RINGING, at)]

    def _passed(self, caller: Caller, third: Third, at: float, *, is_gone: bool) -> list[Out]:
        """The agent is out of it; whoever rings now takes the caller over, or the caller comes back."""
        out: list[Out] = [] if is_gone else [Do("hush", caller.key, caller.leg, caller.seat)]
        out += self._seat_is(caller.seat, Busy.WRAP, at, caller.key)
        if caller.command:
            out.append(Reply(caller.command, CommandState.DONE, at))
        if place := self.places.get(caller.seat):
            caller.spoke_with = place.worker
        caller.giver, caller.command = caller.seat, third.command
        caller.phase, caller.leg, caller.seat = "passing", third.leg, third.seat
        caller.leg_since, caller.third = third.since, None
        caller.is_parked = caller.is_held = False
        return out

    def third_picked_up(self, leg: str, at: float) -> list[Out] | None:
        """None where this leg is nobody's third."""
        if (found := self._of_third(leg)) is None:
            return None
        caller, third = found
        if third.is_up:
            return []
        third.is_up = True
        out: list[Out] = [Do("join", caller.key, leg, third.seat)]
        out += [Note(caller.key, Step.JOINED, at, third.seat)]
        out += self._seat_is(third.seat, Busy.TALKING, at, caller.key)
        return [*out, Reply(third.command, CommandState.TALKING, at)]

    def third_gone(self, leg: str, at: float, why: Unreached) -> list[Out] | None:
        """None where this leg is nobody's third."""
        if (found := self._of_third(leg)) is None:
            return None
        return self._third_over(*found, at, why)

    def _third_over(self, caller: Caller, third: Third, at: float, why: str) -> list[Out]:
        """The third is gone or was never there: caller and agent are together again."""
        caller.third = None
        out: list[Out] = []
        if caller.is_parked:
            caller.is_parked = False
            out.append(Do("unpark", caller.key))
        if third.is_up:
            out += [Note(caller.key, Step.LEFT, at, third.seat)]
            out += self._seat_is(third.seat, Busy.FREE, at, caller.key)
            return [*out, Reply(third.command, CommandState.DONE, at)]
        out += [Note(caller.key, Step.UNREACHED, at, third.seat, why)]
        out += self._seat_is(third.seat, Busy.FREE, at, caller.key)
        state = CommandState.FAILED if why else CommandState.DONE
        return [*out, Reply(third.command, state, at, why)]

    def _meet(self, caller: Caller, one: Wanted, at: float) -> list[Out]:
        """Caller, agent and third are together from now on."""
        if not caller.is_parked:
            return _done(one, at)
        caller.is_parked = False
        return [Do("unpark", caller.key), *_done(one, at)]

    # ── the agent goes, the others stay ──

    def _leave(self, caller: Caller, at: float, *, is_gone: bool, pause: str = "") -> list[Out]:
        """`is_gone`: the agent's telephone is down already."""
        third = caller.third
        assert third is not None
        if not third.is_up:
            park: list[Out] = [] if caller.is_parked else [Do("park", caller.key)]
            return [*park, *self._passed(caller, third, at, is_gone=is_gone)]
        out: list[Out] = [Do("unpark", caller.key)] if caller.is_parked else []
        giver = caller.seat
        out += self._passed(caller, third, at, is_gone=is_gone)
        if pause and (place := self.places.get(giver)):
            out += self._sit(place, Busy.WRAP, at, caller.key, pause)
        return [*out, *self._taken_over(caller, at)]

    def _taken_over(self, caller: Caller, at: float) -> list[Out]:
        """Whoever was called has the caller now."""
        caller.phase, caller.is_first = "talking", False
        out: list[Out] = [Note(caller.key, Step.TRANSFERRED, at, caller.seat)]
        out += self._seat_is(caller.seat, Busy.TALKING, at, caller.key)
        if caller.command:
            out.append(Reply(caller.command, CommandState.DONE, at))
            caller.command = ""
        return out

    def _come_back(self, caller: Caller, at: float, why: Unreached) -> list[Out]:
        """Nobody took the caller who was passed on: first in the queue, and first to whom they spoke with."""
        out: list[Out] = [Note(caller.key, Step.RETURNED, at, caller.seat, why)]
        out += self._seat_is(caller.seat, Busy.FREE, at, caller.key)
        place = self.places.get(caller.giver)
        if place and place.busy == Busy.WRAP and place.key == caller.key:
            out += self._sit(place, Busy.FREE, at)
        out.append(Reply(caller.command, CommandState.FAILED, at, why))
        self._waits_again(caller)
        caller.is_first, caller.waits_since, caller.tried = True, at, frozenset()
        return out

    # ── calls out ──

    def _dial_out(self, one: Wanted, at: float) -> list[Out]:
        """The seat's own telephone rings first; once it is taken off, the resident's does."""
        place = self.places.get(one.seat)
        if place is None or place.busy != Busy.FREE or one.key in self.callers:
            why = Unreached.AWAY if place is None else Unreached.BUSY
            out: list[Out] = [Reply(one.id, CommandState.FAILED, at, why)]
            return out if one.key in self.callers else [*out, *_never(one.key, at)]
        caller = self.callers[one.key] = Caller(
            one.key, at, has_number=False, phase="ringing", is_out=True, waits_since=at, command=one.id
        )
        leg = self._called(caller, one.seat, at)
        out = [Note(one.key, Step.OFFERED, at), Do("ring", one.key, leg, one.seat)]
        out.append(Note(one.key, Step.RINGING, at, one.seat))
        return [*out, *self._sit(place, Busy.RINGING, at, one.key), Reply(one.id, CommandState.RINGING, at)]

    def _reach(self, caller: Caller, at: float) -> list[Out]:
        caller.phase = "reaching"
        out: list[Out] = [Do("reach", caller.key, caller.leg, caller.seat)]
        return [*out, *self._seat_is(caller.seat, Busy.TALKING, at, caller.key)]

    def reached(self, key: str, at: float) -> list[Out]:
        """The resident took it off; who is not wanted any more is let go."""
        caller = self.callers.get(key)
        if caller is None:
            return [Do("hang_up", key)]
        if caller.phase != "reaching":
            return []
        caller.phase = "talking"
        out: list[Out] = [Do("meet", key, caller.leg, caller.seat)]
        out.append(Note(key, Step.ANSWERED, at, caller.seat))
        return [*out, Reply(caller.command, CommandState.TALKING, at)]

    def _not_out(self, caller: Caller, at: float, why: Unreached) -> list[Out]:
        """The agent's own telephone was not taken off: nobody is called."""
        del self.callers[caller.key]
        out = self._seat_is(caller.seat, Busy.FREE, at, caller.key)
        over = Note(caller.key, Step.ENDED, at, caller.seat, CallEnd.LINE)
        return [over, *out, Reply(caller.command, CommandState.FAILED, at, why)]


def _done(one: Wanted, at: float) -> list[Out]:
    return [Reply(one.id, CommandState.DONE, at)]


def _never(key: str, at: float) -> list[Out]:
    return [Note(key, Step.OFFERED, at), Note(key, Step.ENDED, at, "", CallEnd.LINE)]


PAUSED_BY: dict[Unreached, PauseReason] = {
    Unreached.AWAY: PauseReason.AWAY,
    Unreached.NO_ANSWER: PauseReason.NO_ANSWER,
    Unreached.BUSY: PauseReason.NO_ANSWER,
}
"""What a seat that was called in vain is paused with."""
