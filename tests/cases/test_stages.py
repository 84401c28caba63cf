"""A line's stages in the trunk: what follows from entering one, what a line does not leave to the trunk."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import doubles, handover, work
from mingbai.cases.actions.rulebook import prepare
from mingbai.cases.actions.stages import enter_stage, note_progress, start_clock, stop_clock
from mingbai.cases.enums import State
from mingbai.cases.kinds import LINE_WORK, LineWork, Stage, may_do
from mingbai.cases.models import Case, DeadlineRule
from mingbai.cases.queries import history_of
from mingbai.cases.rules.stages import stage_after
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.journal.queries import history
from mingbai.places.actions import touch
from tests.cases.factories import SOUTH, City, make_case, make_closed, make_taken
from tests.cases.test_work import code, last, running

STAGES = {
    "asked_for": Stage("收到", State.RECEIVED, frozenset({"answer"})),
    "looked_at": Stage("在看", State.ACCEPTED),
    "owed": Stage("等补", State.WAITING),
    "weighed": Stage("在定", State.IN_PROGRESS),
    "won": Stage("在办", State.IN_PROGRESS, frozenset({"withdraw", "convert", "answer"})),
    "lost": Stage("没给", State.ANSWERED),
    "over": Stage("办结", State.CLOSED),
    "lapsed": Stage("过期", State.WITHDRAWN),
}
KIND = "counsel"


@pytest.fixture
def line(city: City) -> Iterator[list[Case]]:
    """A line of its own on a kind that has none."""
    opened: list[Case] = []
    work_of = LineWork(
        STAGES,
        on_open=lambda *, case, by: opened.append(case),
        words={"t.won": "给了"},
        public=frozenset({"t.won"}),
    )
    LINE_WORK._items[KIND] = work_of
    for stage, rule in (("won", "win"), ("owed", "owe"), ("debt", "debt")):
        DeadlineRule.objects.create(
            code=rule,
            name=rule,
            kind=KIND,
            stage=stage if rule != "debt" else "debt",
            starts_on="stage",
            stops_on="stage",
            amount=3,
            unit="calendar_day",
            pauses=False,
            source="试",
            valid_from="2020-01-01",
        )
    touch(by=SYSTEM)
    yield opened
    LINE_WORK._items.pop(KIND)


@pytest.mark.parametrize(
    ("stage", "state", "expected"),
    [
        ("weighed", State.IN_PROGRESS, "weighed"),
        ("won", State.IN_PROGRESS, "won"),
        ("looked_at", State.IN_PROGRESS, "weighed"),
        ("won", State.MERGED, "won"),
        ("", State.RECEIVED, "asked_for"),
        ("won", State.WITHDRAWN, "lapsed"),
    ],
)
def test_the_stage_that_goes_with_a_state(stage, state, expected):
    assert stage_after(STAGES, stage, state) == expected
    assert stage_after({}, "", state) == ""


def test_the_trunk_s_own_verbs_lead_to_the_first_stage_of_a_state(city: City, line):
    case = make_case(kind=KIND)
    assert (case.stage, line) == ("asked_for", [case])
    case = work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    assert case.stage == "looked_at"
    case = work.ask(case=case, by=city.alice.actor, text="请补")
    assert case.stage == "owed" and "owe" in running(case) and case.due_at
    case = work.supplement(case=case, by=RESIDENT, text="补")
    assert case.stage == "weighed" and "owe" not in running(case)


def test_a_stage_sets_state_clocks_and_history(city: City, line):
    case = make_taken(city, kind=KIND)
    at = timezone.now()
    case = enter_stage(case=case, by=city.alice.actor, stage="won", verb="t.won", decides=True, at=at)
    assert (case.state, case.stage, running(case)) == ("in_progress", "won", {"win"})
    assert case.due_at > at + timedelta(days=2)
    assert history(case.chain)[-1].verb == "t.won"
    assert last(case)[1] == {"from": "accepted", "to": "in_progress", "stage": "won", "was": "looked_at"}
    assert [each.text for each in history_of(case, public=True)][-1] == "给了"
    case = enter_stage(case=case, by=city.alice.actor, stage="lost", verb="t.lost", text="不给，因为……")
    assert (case.state, running(case), case.told_at) == ("answered", {"tell"}, None)
    assert case.messages.get(kind="answer").text == "不给，因为……"
    case = work.tell(case=case, by=city.alice.actor, how="phone")
    case = enter_stage(case=case, by=city.alice.actor, stage="won", verb="t.won")
    assert (case.told_at, running(case)) == (None, {"win"})
    case = enter_stage(case=case, by=city.alice.actor, stage="lapsed", verb="t.lapsed")
    assert (case.state, case.waiting_on, running(case)) == ("withdrawn", "nobody", set()) and case.closed_at


def test_what_a_line_decides_is_not_done_past_it(city: City, line):
    case = make_case(kind=KIND)
    assert code(work.answer, case=case, by=city.alice.actor, text="好") == "line_decides"
    assert not may_do(case, "answer") and may_do(case, "take_up")
    case = enter_stage(case=case, by=city.alice.actor, stage="won", verb="t.won")
    assert code(work.withdraw, case=case, by=RESIDENT, reason="不要了") == "line_decides"
    assert Case.objects.get(pk=case.pk).state == "in_progress"


def test_a_decision_waits_for_an_offer_and_an_unknown_stage_is_a_mistake(city: City, line):
    case = make_taken(city, kind=KIND)
    handover.offer(case=case, by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    by = city.alice.actor
    assert code(enter_stage, case=case, by=by, stage="won", verb="t.won", decides=True) == "handover_open"
    with pytest.raises(KeyError):
        enter_stage(case=case, by=by, stage="nowhere", verb="t.nowhere")


def test_a_merged_matter_comes_back_to_its_stage(city: City, line):
    case = enter_stage(case=make_taken(city, kind=KIND), by=city.alice.actor, stage="won", verb="t.won")
    before = running(case)
    doubles.merge_cases(case=case, by=city.alice.actor, into=make_case(), reason="x")
    case = doubles.unmerge_case(case=case, by=city.alice.actor, reason="y")
    assert (case.state, case.stage, running(case)) == ("in_progress", "won", before)


def test_converting_brings_the_line_its_stage(city: City, line):
    case = work.convert(case=make_taken(city), by=city.alice.actor, kind=KIND, reason="x")
    assert (case.stage, line) == ("looked_at", [case])
    case = work.convert(case=case, by=city.alice.actor, kind="consultation", reason="x")
    assert case.stage == ""


def test_a_period_beside_the_stages(city: City, line):
    case = make_taken(city, kind=KIND)
    for _n in range(2):
        case = start_clock(case=case, by=city.alice.actor, code="debt", subject="papers")
    assert case.clocks.filter(rule__code="debt", done_at=None, subject="papers").count() == 1
    case = enter_stage(case=case, by=city.alice.actor, stage="won", verb="t.won")
    assert running(case) >= {"debt", "win"}
    case = stop_clock(case=case, by=city.alice.actor, subject="papers")
    assert "debt" not in running(case)


def test_progress_is_read_by_the_resident(city: City, line):
    case = note_progress(case=make_taken(city, kind=KIND), by=city.alice.actor, verb="t.won", public="立案了")
    said = case.messages.get()
    assert (said.kind, said.text, said.is_public, case.stage) == ("progress", "立案了", True, "looked_at")


def test_the_trunk_s_rules_come_though_a_line_was_first(db):
    DeadlineRule.objects.all().delete()
    values = {"name": "x", "starts_on": "stage", "stops_on": "stage", "amount": 1, "unit": "hour"}
    DeadlineRule.objects.create(code="own", source="试", valid_from="2020-01-01", **values)
    prepare(by=SYSTEM)
    assert DeadlineRule.objects.filter(code="legal_aid_decision").exists()


def test_the_past_has_no_stage(city: City, line):
    assert make_closed(city).stage == ""
    now = timezone.now()
    assert make_case(kind=KIND, imported_from="台账", opened_at=now, ended_at=now).stage == ""
