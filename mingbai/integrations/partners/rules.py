"""How two systems come to agree about one order: pure.

Each side alone moves its own track, and the state is a function of both tracks. So messages that cross on
their way cannot make the two disagree for long: once each knows the other's last word, both compute the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.integrations.partners.enums import OrderState, Verb

HANDLER: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Verb.ACCEPT: frozenset({OrderState.OFFERED}),
        Verb.DECLINE: frozenset({OrderState.OFFERED}),
        Verb.PROGRESS: frozenset({OrderState.ACCEPTED, OrderState.WORKING, OrderState.ANSWERED}),
        Verb.ANSWER: frozenset({OrderState.ACCEPTED, OrderState.WORKING, OrderState.ANSWERED}),
    }
)
"""From where on its own track the handler may say what."""

_TO = {
    Verb.ACCEPT: OrderState.ACCEPTED,
    Verb.DECLINE: OrderState.DECLINED,
    Verb.PROGRESS: OrderState.WORKING,
    Verb.ANSWER: OrderState.ANSWERED,
}
DECLINE_WORKDAYS = 2
"""Working days within which an order may be given back (as provinces' rules for 12345 have it)."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """`answer`: the number of the handler's last answer; `judged`: which answer the call-back is of."""

    handler: str = OrderState.OFFERED
    answer: int = 0
    withdrawn: bool = False
    judged: int = 0
    happy: bool = False

    @property
    def state(self) -> OrderState:
        """What both sides must come to."""
        if self.handler == OrderState.DECLINED:
            return OrderState.DECLINED
        if self.withdrawn:
            return OrderState.WITHDRAWN
        if self.answer and self.judged == self.answer and self.handler == OrderState.ANSWERED:
            return OrderState.CLOSED if self.happy else OrderState.WORKING
        return OrderState(self.handler)


def handled(tracks: Tracks, verb: str, seq: int) -> Tracks:
    """The handler's word. Raises Refused "contradiction"."""
    if tracks.handler not in HANDLER.get(verb, frozenset()):
        raise contradiction(tracks.handler)
    answer = seq if verb == Verb.ANSWER else tracks.answer
    return replace(tracks, handler=_TO[Verb(verb)], answer=answer)


def given(tracks: Tracks, verb: str, *, on: int = 0, happy: bool = False) -> Tracks:
    """The giver's word: it takes the order back, or judges the answer `on`. Raises Refused "contradiction".

    A judgement of an answer that was followed by another stands and is of the past.
    """
    if verb == Verb.WITHDRAW and not tracks.withdrawn:
        return replace(tracks, withdrawn=True)
    if verb == Verb.CALL_BACK and not tracks.withdrawn and tracks.judged < on <= tracks.answer:
        return replace(tracks, judged=on, happy=happy)
    raise contradiction(tracks.state)


def contradiction(state: str) -> Refused:
    return Refused(
        _("工单现在是“%(state)s”，不能这样做。") % {"state": OrderState(state).label}, code="contradiction"
    )


def place_in_line(seq: int, last: int) -> str:
    """ "again" for a repetition, "next" for the one awaited; Raises Refused "gap" when one is missing."""
    if seq <= last:
        return "again"
    if seq > last + 1:
        raise Refused(_("缺少第 %(missing)d 条，请先补发。") % {"missing": last + 1}, code="gap", field="seq")
    return "next"


WAITS_ON: Mapping[str, str] = MappingProxyType(
    {
        OrderState.OFFERED: "handler",
        OrderState.ACCEPTED: "handler",
        OrderState.WORKING: "handler",
        OrderState.ANSWERED: "giver",
        OrderState.CLOSED: "",
        OrderState.DECLINED: "",
        OrderState.WITHDRAWN: "",
    }
)
"""Who must act next."""
