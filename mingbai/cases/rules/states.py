"""The one table of states: which verb leads from where to where."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import OPEN_STATES, State
from mingbai.core.refused import Refused

S = State
_WORKED = (S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.WAITING)


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


def _to(target: State, *states: State) -> dict[State, State]:
    return dict.fromkeys(states, target)


TRANSITIONS: Mapping[str, Mapping[State, State]] = MappingProxyType(
    {
        "take_up": _to(S.ACCEPTED, S.RECEIVED) | _stay(S.ACCEPTED, S.IN_PROGRESS, S.WAITING, S.ANSWERED),
        "accept": _to(S.ACCEPTED, S.RECEIVED),
        "start": _to(S.IN_PROGRESS, S.RECEIVED, S.ACCEPTED) | _stay(S.IN_PROGRESS),
        "refuse": _to(S.REFUSED, S.RECEIVED, S.ACCEPTED, S.WAITING),
        "ask": _to(S.WAITING, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS) | _stay(S.WAITING),
        "supplement": _to(S.IN_PROGRESS, S.WAITING)
        | _stay(S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.ANSWERED),
        "answer": _to(S.ANSWERED, *_WORKED) | _stay(S.ANSWERED),
        "guide": _to(S.ANSWERED, *_WORKED),
        "tell": _stay(S.ANSWERED, S.REFUSED, S.CLOSED),
        "close": _to(S.CLOSED, S.ANSWERED),
        "withdraw": _to(S.WITHDRAWN, *OPEN_STATES),
        "merge": _to(S.MERGED, *OPEN_STATES),
        "unmerge": _to(S.IN_PROGRESS, S.MERGED),
        "reopen": _to(S.IN_PROGRESS, S.ANSWERED, S.CLOSED, S.REFUSED, S.WITHDRAWN),
        "redo": _to(S.IN_PROGRESS, S.CLOSED, S.ANSWERED, S.REFUSED),
        "rate": _stay(S.ANSWERED, S.CLOSED, S.REFUSED),
        "attach": _stay(*OPEN_STATES),
        "assign": _to(S.ACCEPTED, S.RECEIVED) | _stay(S.ACCEPTED, S.IN_PROGRESS, S.WAITING, S.ANSWERED),
        "offer": _stay(*OPEN_STATES),
        "designate": _stay(*OPEN_STATES),
        "help": _stay(*_WORKED),
        "note": _stay(*State),
        "convert": _stay(*_WORKED),
        "extend": _stay(*_WORKED),
    }
)
"""verb → {state before: state after}; a pair that is not here is refused."""


PENDING: Mapping[str, Mapping[State, State]] = MappingProxyType(
    {
        "take_up": _stay(S.RECEIVED, S.WAITING, S.ANSWERED),
        "assign": _stay(S.RECEIVED, S.WAITING, S.ANSWERED),
        "accept": _to(S.ACCEPTED, S.RECEIVED, S.WAITING),
        "start": {},
        "supplement": _to(S.RECEIVED, S.WAITING) | _stay(S.RECEIVED, S.ANSWERED),
        "reopen": _to(S.RECEIVED, S.ANSWERED, S.CLOSED, S.REFUSED, S.WITHDRAWN),
        "redo": _to(S.RECEIVED, S.CLOSED, S.ANSWERED, S.REFUSED),
        "unmerge": _to(S.RECEIVED, S.MERGED),
    }
)
"""The same table for kinds whose acceptance (受理) is a decision of its own, until it has been made: a notary
or an approving office accepts, not the clerk who takes the matter up (公证法 Art. 30, 行政许可法 Art. 32)."""


def next_state(state: str, verb: str, *, pending: bool = False) -> State:
    """The state after `verb`; `pending`: a formal acceptance is still owed.

    Raises Refused "not_accepted" or "wrong_state", which says where the matter stands.
    """
    table = _table(verb, pending)
    if pending and State(state) not in table and may(state, verb):
        raise Refused(_("还没有受理，请先受理。"), code="not_accepted")
    if State(state) not in table:
        raise Refused(
            _("办件现在是“%(state)s”，不能再做这一步。") % {"state": State(state).label}, code="wrong_state"
        )
    return table[State(state)]


def may(state: str, verb: str, *, pending: bool = False) -> bool:
    return State(state) in _table(verb, pending)


def _table(verb: str, pending: bool) -> Mapping[State, State]:
    return PENDING[verb] if pending and verb in PENDING else TRANSITIONS[verb]
