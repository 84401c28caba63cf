"""The one table of states, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases.enums import ENDED_STATES, OPEN_STATES, State
from mingbai.cases.rules.states import PENDING, TRANSITIONS, may, next_state
from mingbai.core.refused import Refused

VERBS = sorted(TRANSITIONS)


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("received", "take_up", "accepted"),
        ("received", "ask", "waiting"),
        ("waiting", "supplement", "in_progress"),
        ("in_progress", "answer", "answered"),
        ("answered", "close", "closed"),
        ("closed", "reopen", "in_progress"),
        ("closed", "redo", "in_progress"),
        ("answered", "reopen", "in_progress"),
        ("received", "refuse", "refused"),
        ("answered", "withdraw", "withdrawn"),
        ("received", "merge", "merged"),
        ("merged", "unmerge", "in_progress"),
        ("answered", "answer", "answered"),
    ],
)
def test_a_verb_leads_on(before, verb, after):
    assert next_state(before, verb) == after


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("closed", "close"),
        ("received", "close"),
        ("in_progress", "close"),
        ("merged", "reopen"),
        ("answered", "refuse"),
        ("withdrawn", "answer"),
        ("received", "rate"),
        ("answered", "convert"),
        ("answered", "extend"),
    ],
)
def test_a_wrong_step_is_refused_with_where_it_stands(before, verb):
    with pytest.raises(Refused) as refused:
        next_state(before, verb)
    assert refused.value.code == "wrong_state" and str(State(before).label) in str(refused.value)
    assert not may(before, verb)


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("received", "take_up", "received"),
        ("received", "assign", "received"),
        ("waiting", "supplement", "received"),
        ("received", "accept", "accepted"),
        ("waiting", "accept", "accepted"),
        ("closed", "reopen", "received"),
        ("merged", "unmerge", "received"),
    ],
)
def test_a_formal_kind_stays_received_until_the_office_accepts(before, verb, after):
    assert next_state(before, verb, pending=True) == after


def test_work_on_what_is_not_accepted_is_refused_by_that_name():
    with pytest.raises(Refused) as refused:
        next_state("received", "start", pending=True)
    assert refused.value.code == "not_accepted"


@given(st.sampled_from(VERBS), st.sampled_from(list(State)), st.booleans())
def test_every_verb_gives_a_state_or_a_reason(verb, state, pending):
    if may(state, verb, pending=pending):
        assert next_state(state, verb, pending=pending) in State
    else:
        with pytest.raises(Refused):
            next_state(state, verb, pending=pending)


def test_open_and_ended_states_are_all_states():
    assert OPEN_STATES | ENDED_STATES == frozenset(State) and not OPEN_STATES & ENDED_STATES


def test_every_state_is_reached_and_every_open_one_can_end():
    reached = {after for table in TRANSITIONS.values() for after in table.values()}
    assert reached | {State.RECEIVED} == set(State)
    ends = {before for verb in ("close", "withdraw") for before in TRANSITIONS[verb]}
    assert ends >= OPEN_STATES


def test_the_table_of_formal_kinds_only_narrows_known_verbs():
    assert set(PENDING) <= set(TRANSITIONS)
