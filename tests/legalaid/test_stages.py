"""The table of stages, exhaustively: every verb in every stage, in the table and through the actions."""

from collections.abc import Callable
from typing import Any

import pytest

from mingbai.cases.enums import OPEN_STATES, State
from mingbai.cases.models import Case, DeadlineRule
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.legalaid.enums import Stage
from mingbai.legalaid.rules.stages import STATES, TRANSITIONS, may, next_stage
from tests.cases.factories import City
from tests.legalaid import factories as made

EXPECTED = {
    "ask": {"applied accepted review": "asked"},
    "grant": {"applied accepted review asked": "granted"},
    "give_first": {"applied accepted review asked": "granted"},
    "take_notice": {"applied accepted review": "granted"},
    "propose_refusal": {"applied accepted review": "refusal_proposed"},
    "confirm_refusal": {"refusal_proposed": "refused"},
    "send_back_refusal": {"refusal_proposed": "review"},
    "transfer": {"applied accepted review asked": "transferred"},
    "let_lapse": {"asked": "lapsed"},
    "object": {"refused terminated": "objected"},
    "uphold": {"objected": "upheld"},
    "order": {"objected": "granted"},
    "assign": {"granted": "assigned"},
    "release": {"assigned handling": "granted"},
    "begin": {"assigned": "handling"},
    "conclude": {"assigned handling": "concluded"},
    "report_closing": {"handling concluded": "reported"},
    "return_report": {"reported": "concluded"},
    "finish": {"reported": "done"},
    "propose_termination": {"granted assigned handling": "termination_proposed"},
    "confirm_termination": {"termination_proposed": "terminated"},
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
    by_trunk = {"applied", "accepted", "review", "withdrawn", "closed"}
    assert set(Stage.values) - reached == by_trunk - reached
    assert not may("", "grant") and not may("nowhere", "grant")


def test_the_trunk_s_verbs_lead_to_the_first_stage_of_a_state():
    first: dict[State, str] = {}
    for code, stage in STATES.items():
        first.setdefault(stage.state, code)
    assert first == {
        State.RECEIVED: "applied",
        State.ACCEPTED: "accepted",
        State.WAITING: "asked",
        State.IN_PROGRESS: "review",
        State.ANSWERED: "done",
        State.CLOSED: "closed",
        State.WITHDRAWN: "withdrawn",
    }


@pytest.mark.django_db
def test_no_stage_that_is_worked_is_without_a_period(city: City):
    """No silent deadline: a stage under way names a period, or the seven days still run in it."""
    timed = set(DeadlineRule.objects.filter(kind="legal_aid").values_list("stage", flat=True))
    under_way = {code for code, stage in STATES.items() if stage.state in OPEN_STATES - {State.ANSWERED}}
    assert under_way - timed == {"applied", "accepted", "review", "refusal_proposed"}


AT: dict[str, Callable[[City], Case]] = {
    "applied": lambda city: made.make_aid(),
    "accepted": made.taken,
    "asked": made.asked,
    "review": made.in_review,
    "refusal_proposed": made.refusal_proposed,
    "granted": made.granted,
    "objected": made.objected,
    "refused": made.refused,
    "upheld": made.upheld,
    "transferred": made.transferred,
    "closed": made.closed,
    "withdrawn": made.withdrawn,
    "lapsed": made.lapsed,
}

ACTS: dict[str, Callable[[City, Case], Any]] = {
    "ask": lambda c, k: actions.ask_missing(case=k, by=made.reviewer(c), text="补", papers=["合同"]),
    "grant": lambda c, k: actions.grant(case=k, by=made.reviewer(c)),
    "give_first": lambda c, k: actions.give_first(
        case=k, by=made.reviewer(c), hurry="limit", reason="期限将满"
    ),
    "propose_refusal": lambda c, k: actions.propose_refusal(case=k, by=made.reviewer(c), reason="不符合"),
    "confirm_refusal": lambda c, k: actions.confirm_refusal(case=k, by=made.head(c)),
    "transfer": lambda c, k: actions.transfer(
        case=k, by=made.reviewer(c), office="某地", phone="12348", reason="管辖"
    ),
    "object": lambda c, k: actions.object_to(case=k, by=made.reviewer(c), text="不服"),
    "uphold": lambda c, k: actions.judge(case=k, by=made.bureau(c), outcome="upheld", answer="维持"),
    "order": lambda c, k: actions.judge(case=k, by=made.bureau(c), outcome="ordered", answer="改正"),
}


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
