"""The table of stages, exhaustively: every verb in every stage, in the table and through the actions."""

from collections.abc import Callable
from typing import Any

import pytest

from mingbai.cases.enums import OPEN_STATES, State
from mingbai.cases.models import Case, DeadlineRule
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.mediation import actions
from mingbai.mediation.enums import Stage
from mingbai.mediation.rules.stages import STATES, TRANSITIONS, may, next_stage
from tests.cases.factories import City
from tests.mediation import factories as made

EXPECTED = {
    "name": {"requested accepted preparing": "preparing", "mediating": "mediating"},
    "begin": {"preparing": "mediating"},
    "decline": {"requested accepted asked preparing mediating agreed": "declined"},
    "agree": {"mediating": "effective"},
    "draft": {"mediating": "agreed"},
    "reconsider": {"agreed": "mediating"},
    "take_effect": {"agreed": "effective"},
    "fail": {"mediating agreed": "failed"},
}
"""Written apart from the table of the house, by the articles."""


@pytest.mark.parametrize("verb", sorted(set(TRANSITIONS) | set(EXPECTED)))
@pytest.mark.parametrize("stage", Stage.values)
def test_every_verb_in_every_stage(verb: str, stage: str):
    wanted = {before: after for befores, after in EXPECTED[verb].items() for before in befores.split()}.get(
        stage
    )
    assert may(stage, verb) == (wanted is not None)
    if wanted:
        assert next_stage(stage, verb) == wanted
    else:
        with pytest.raises(Refused) as refused:
            next_stage(stage, verb)
        assert refused.value.code == "wrong_stage"


def test_every_stage_has_one_state_and_can_be_reached():
    assert set(STATES) == set(Stage.values)
    reached = {after for row in TRANSITIONS.values() for after in row.values()}
    by_trunk = {"requested", "accepted", "asked", "withdrawn", "closed", "refused"}
    assert set(Stage.values) - reached == by_trunk
    assert not may("", "begin") and not may("nowhere", "begin")


def test_the_trunk_s_verbs_lead_to_the_first_stage_of_a_state():
    first: dict[State, str] = {}
    for code, stage in STATES.items():
        first.setdefault(stage.state, code)
    assert first == {
        State.RECEIVED: "requested",
        State.ACCEPTED: "accepted",
        State.WAITING: "asked",
        State.IN_PROGRESS: "preparing",
        State.ANSWERED: "effective",
        State.CLOSED: "closed",
        State.WITHDRAWN: "withdrawn",
        State.REFUSED: "refused",
    }


def test_no_clerk_s_answer_ends_a_mediation_in_the_stage_of_an_agreement():
    """`effective` is the first of its state: the trunk's verbs must not lead there."""
    for code, stage in STATES.items():
        if stage.state in OPEN_STATES:
            assert {"answer", "guide"} <= stage.closed_to, code


@pytest.mark.django_db
def test_no_stage_that_is_worked_is_without_a_period(city: City):
    """No silent deadline: a stage under way names a period, or the month still runs in it."""
    timed = set(DeadlineRule.objects.filter(kind="mediation").values_list("stage", flat=True))
    under_way = {code for code, stage in STATES.items() if stage.state in OPEN_STATES - {State.ANSWERED}}
    assert under_way - timed == {"requested", "mediating"}
    assert "take_up" in made.running(made.requested())
    assert "mediation" in made.running(made.mediating(city))


AT: dict[str, Callable[[City], Case]] = {
    "requested": lambda city: made.requested(),
    "accepted": made.accepted,
    "asked": made.asked,
    "preparing": lambda city: made.all_agree(city, made.preparing(city)),
    "mediating": made.mediating,
    "agreed": made.agreed,
    "effective": made.effective,
    "failed": made.failed,
    "declined": made.declined,
    "closed": made.closed,
    "withdrawn": made.withdrawn,
    "refused": made.refused,
}


def _last_signature(city: City, case: Case) -> Any:
    """Everybody signs; the seal comes last."""
    return made.sign_all(city, case)


ACTS: dict[str, Callable[[City, Case], Any]] = {
    "name": lambda c, k: actions.name_mediator(case=k, by=made.clerk(c), worker=made.mediator(c, "周和")),
    "begin": lambda c, k: actions.begin(case=k, by=made.clerk(c)),
    "decline": lambda c, k: actions.decline(
        case=k, by=made.clerk(c), party=made.parties(k)[0].pk, how="present"
    ),
    "agree": lambda c, k: actions.agree_orally(case=k, by=made.clerk(c), terms=made.oral()),
    "draft": lambda c, k: actions.draft(case=k, by=made.clerk(c), terms=made.written()),
    "reconsider": lambda c, k: actions.reconsider(case=k, by=made.clerk(c), reason="要改金额"),
    "take_effect": _last_signature,
    "fail": lambda c, k: actions.fail(case=k, by=made.clerk(c)),
}


def test_every_verb_of_the_table_is_tried():
    assert set(ACTS) == set(TRANSITIONS) and set(AT) == set(STATES)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", sorted(AT))
def test_the_actions_do_what_the_table_says_and_nothing_else(stage: str, city: City):
    for verb, act in ACTS.items():
        case = AT[stage](city)
        assert case.stage == stage
        entries = Entry.objects.filter(chain=case.chain).count()
        try:
            act(city, case)
        except Refused:
            assert not may(stage, verb), (stage, verb)
            assert Entry.objects.filter(chain=case.chain).count() == entries, (stage, verb)
            continue
        after = made.fresh(case)
        assert may(stage, verb), (stage, verb)
        assert after.stage == TRANSITIONS[verb][Stage(stage)]
        assert after.state == STATES[after.stage].state
