"""Proposals: computed by a worker that may die, one at a time, taken by people; a replan changes little."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.people.actions import add_absence, deactivate_worker
from mingbai.servicedays.actions import plans, publishing, running, terms
from mingbai.servicedays.models import Plan, PlanRun
from mingbai.servicedays.queries.month import held_days
from mingbai.servicedays.queries.plans import board_days, broken, compare, latest_proposal
from mingbai.servicedays.solver import planner
from mingbai.servicedays.solver.greedy import greedy
from tests.cases.factories import CITY, TOWN, TOWN_SOUTH, VILLAGE_SOUTH, City
from tests.servicedays.factories import (
    make_day,
    make_days_city,
    make_need,
    make_plan,
    make_published,
    make_team,
    workdays,
)


@pytest.fixture
def team(city: City) -> dict[str, Any]:
    return make_team(city)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner's first plan only: the two processes have tests of their own."""
    monkeypatch.setattr(planner, "_search", lambda *_args: None)


def ask(city: City, plan: Plan, **more: Any) -> PlanRun:
    plan.refresh_from_db()
    more = {"seconds": 2, **more}
    return running.ask_proposal(by=city.supervisor.actor, plan=plan, version=plan.version, **more)


def verbs(plan: Plan) -> list[str]:
    return list(Entry.objects.filter(chain=plan.chain).order_by("seq").values_list("verb", flat=True))


def make_needs(city: City) -> None:
    make_need(city, count=5, is_urgent=True, since=timezone.localdate() - timedelta(days=41))
    make_need(city, count=3, region=VILLAGE_SOUTH, skill="notary")


def test_a_proposal_is_computed_in_the_background_with_reasons_and_taken_at_once(
    city: City, team: dict[str, Any]
):
    make_needs(city)
    plan = make_plan(city)
    run = ask(city, plan, seconds=30)  # a busy machine needs them; it ends when the plan is proven best
    assert run.state == "queued" and not plan.days.exists()
    assert running.run_plans(by=SYSTEM) == 1 and running.run_plans(by=SYSTEM) == 0
    run.refresh_from_db(), plan.refresh_from_db()
    assert run.state == "done" and run.objective is not None and run.greedy is not None
    assert run.bound is not None and 0 <= run.bound <= run.objective <= run.greedy
    days = board_days(plan)
    assert {day.region_id for day in days} == {TOWN, TOWN_SOUTH} and broken(plan) == []
    why = next(day.why for day in days if day.region_id == TOWN)
    assert "5 人在等" in why[0] and "5 人紧急" in why[0] and "41 天" in why[0]
    assert any("公里" in line for line in why)
    notice = timezone.localdate() + timedelta(days=7)
    assert all(day.on >= notice for day in days)
    assert verbs(plan) == ["plan.made", "plan.proposal_asked", "plan.proposal_taken"]


@pytest.mark.usefixtures("quick")
def test_a_month_without_lawyers_gives_an_empty_plan_and_says_what_is_missing(city: City):
    make_need(city)
    plan = make_plan(city)
    run = ask(city, plan)
    running.run_plans(by=SYSTEM)
    run.refresh_from_db()
    assert run.state == "done" and run.result["service_days"] == [] and not plan.days.exists()
    assert any("lawyer" in note or "律师" in note for note in run.notes), run.notes
    assert any("坐标" in note for note in run.notes), "what had to be assumed is said"


@pytest.mark.usefixtures("quick")
def test_two_planners_at_once_one_runs_and_the_other_is_told(city: City, team: dict[str, Any]):
    make_needs(city)
    plan = make_plan(city)
    ask(city, plan)
    with pytest.raises(Refused) as told:
        ask(city, plan)
    assert told.value.code == "planner_busy" and city.supervisor.name in str(told.value)
    assert told.value.kept and told.value.do
    other = plans.make_plan(by=city.alice.actor, region=city.regions["210402000000"], month=plan.month)
    with pytest.raises(Refused):
        ask(city, other)
    running.run_plans(by=SYSTEM)
    ask(city, plan)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_ask_at_the_same_moment_one_is_told():
    city = make_days_city()
    plan, actor = make_plan(city), city.supervisor.actor

    def send(_n: int) -> str:
        try:
            running.ask_proposal(by=actor, plan=plan, version=plan.version, seconds=2)
            return "asked"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(send, range(3))) == ["asked", "planner_busy", "planner_busy"]


@pytest.mark.usefixtures("quick")
def test_a_proposal_never_runs_over_what_people_did_meanwhile(city: City, team: dict[str, Any]):
    make_needs(city)
    plan = make_plan(city)
    run = ask(city, plan)
    mine = make_day(city, plan, team, TOWN_SOUTH, nth=7)
    running.run_plans(by=SYSTEM)
    run.refresh_from_db(), plan.refresh_from_db()
    assert run.state == "done" and [day.pk for day in board_days(plan)] == [mine.pk]
    assert latest_proposal(plan) == run
    found = compare(plan, run)
    assert {held.spot for held in found.only_drafted} == {TOWN_SOUTH} and found.effect.cost > 0
    assert TOWN in {held.spot for held in found.only_proposed}
    taken = running.take_proposal(by=city.supervisor.actor, plan=plan, version=plan.version, run=run)
    assert compare(taken, run).effect.cost == 0 and compare(taken, run).only_proposed == ()
    with pytest.raises(Refused) as told:
        running.take_proposal(by=city.supervisor.actor, plan=plan, version=1, run=run)
    assert told.value.code == "changed_meanwhile"
    again = ask(city, taken)
    with pytest.raises(Refused) as told:
        taken.refresh_from_db()
        running.take_proposal(by=city.supervisor.actor, plan=taken, version=taken.version, run=again)
    assert told.value.code == "no_proposal"


class Killed(BaseException):
    """As if the process had died: nothing is written any more."""


def test_a_killed_worker_loses_nothing_and_another_takes_over(
    city: City, team: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    make_needs(city)
    plan = make_plan(city)
    run = ask(city, plan)

    def die(instance: Any, seconds: float, tell: Any, seed: int = 1) -> Any:
        first = greedy(instance)
        tell(planner.Outcome(first, 9.0, 9.0, 1.0))
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(running, "make_plan", die)
        with pytest.raises(Killed):
            running.run_plans(by=SYSTEM)
    run.refresh_from_db()
    assert run.state == "running" and run.result["service_days"], "what was found is kept"
    monkeypatch.setattr(planner, "_search", lambda *_args: None)
    assert running.run_plans(by=SYSTEM) == 1
    run.refresh_from_db()
    assert (run.state, run.tries) == ("done", 2) and board_days(plan)


def test_what_fails_each_time_is_given_up_and_says_so(
    city: City, team: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    plan = make_plan(city)
    run = ask(city, plan)

    def burst(*_args: Any) -> Any:
        raise ValueError("no memory")

    monkeypatch.setattr(running, "make_plan", burst)
    with pytest.raises(ValueError, match="no memory"):
        running.run_plans(by=SYSTEM)
    run.refresh_from_db()
    assert run.state == "failed" and "no memory" in run.error
    PlanRun.objects.filter(pk=run.pk).update(state="running", tries=3)
    assert running.run_plans(by=SYSTEM) == 0
    run.refresh_from_db()
    assert run.state == "failed" and "3 次" in run.error


def test_seconds_are_bounded_and_only_drafts_are_planned(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    for seconds in (0, -1, 9999):
        with pytest.raises(Refused) as told:
            running.ask_proposal(by=SYSTEM, plan=plan, version=plan.version, seconds=seconds)
        assert told.value.code == "bad_seconds"
    plans.drop_plan(by=SYSTEM, plan=plan, version=plan.version, reason="x")
    with pytest.raises(Refused) as told:
        ask(city, plan)
    assert told.value.code == "not_a_draft"


# ── after the publication something happens ──


def published_month(city: City, team: dict[str, Any]) -> Plan:
    """A day at each township, a week apart."""
    make_needs(city)
    plan = make_plan(city)
    make_day(city, plan, team, TOWN, nth=3)
    plan.refresh_from_db()
    edited = plans.add_day(
        by=city.supervisor.actor,
        plan=plan,
        version=plan.version,
        region=TOWN_SOUTH,
        on=workdays(plan.month)[9],
        team={team["王律"].code: "lawyer", team["调解老刘"].code: "mediator", team["公证孙"].code: "notary"},
    )  # fmt: skip
    return publishing.publish(by=city.supervisor.actor, plan=plan, version=edited.plan.version)


def test_without_a_change_a_replan_changes_nothing(city: City, team: dict[str, Any]):
    plan = published_month(city, team)
    run = running.ask_replan(by=city.supervisor.actor, plan=plan)
    running.run_plans(by=SYSTEM)
    run.refresh_from_db()
    assert run.state == "done" and held_days(run.plan) == held_days(plan) and run.plan.changes == run.notes


def test_somebody_is_ill_one_day_changes_and_it_says_what(city: City, team: dict[str, Any]):
    plan = published_month(city, team)
    day = workdays(plan.month)[3]
    add_absence(by=SYSTEM, worker=team["李律"], starts_on=day, ends_on=day)
    assert [one.code for one in broken(plan)] == ["away"]
    run = running.ask_replan(by=city.supervisor.actor, plan=plan)
    running.run_plans(by=SYSTEM)
    draft = Plan.objects.get(pk=run.plan_id)
    kept = {held.spot: held for held in held_days(draft)}
    assert kept[TOWN_SOUTH] == {held.spot: held for held in held_days(plan)}[TOWN_SOUTH]
    assert broken(draft) == []
    assert any("站前街道" in line and "李律" in line for line in draft.changes), draft.changes
    done = publishing.publish(by=city.supervisor.actor, plan=draft, version=draft.version)
    assert {day.state for day in board_days(done)} == {"planned"}


def test_a_road_is_closed_and_the_day_moves_or_goes(city: City, team: dict[str, Any]):
    plan = published_month(city, team)
    day = workdays(plan.month)[9]
    terms.block_place(
        by=SYSTEM, region=city.regions[TOWN_SOUTH], starts_on=day, ends_on=day, reason="山洪冲断公路"
    )
    assert [one.code for one in broken(plan)] == ["closed"]
    run = running.ask_replan(by=city.supervisor.actor, plan=plan)
    running.run_plans(by=SYSTEM)
    draft = Plan.objects.get(pk=run.plan_id)
    assert broken(draft) == [] and (TOWN_SOUTH, day) not in {(h.spot, h.on) for h in held_days(draft)}
    assert any("李石街道" in line and "不能办" in line for line in draft.changes)


def test_who_has_left_the_register_is_named(city: City, team: dict[str, Any]):
    plan = published_month(city, team)
    deactivate_worker(by=SYSTEM, worker=team["公证孙"])
    assert [one.code for one in broken(plan)] == ["gone"]
    run = running.ask_replan(by=city.supervisor.actor, plan=plan)
    running.run_plans(by=SYSTEM)
    draft = Plan.objects.get(pk=run.plan_id)
    assert broken(draft) == [] and any(team["公证孙"].code in line for line in draft.changes)


def test_an_urgent_need_brings_somebody_where_that_can_be(city: City, team: dict[str, Any]):
    plan = published_month(city, team)
    make_need(city, count=4, is_urgent=True, skill="aid_clerk")
    run = running.ask_replan(by=city.supervisor.actor, plan=plan)
    running.run_plans(by=SYSTEM)
    draft = Plan.objects.get(pk=run.plan_id)
    assert any(team["法援小周"].code in held.team for held in held_days(draft)), draft.changes
    assert any("法援小周" in line for line in draft.changes)


def test_only_what_is_published_is_replanned(city: City, team: dict[str, Any]):
    plan, _day = make_published(city, team)
    running.ask_replan(by=city.supervisor.actor, plan=plan)
    with pytest.raises(Refused) as told:
        running.ask_replan(by=city.supervisor.actor, plan=plan)
    assert told.value.code == "plan_exists"
    draft = Plan.objects.get(state="draft")
    with pytest.raises(Refused) as told:
        running.ask_replan(by=city.supervisor.actor, plan=draft)
    assert told.value.code == "not_published" and Plan.objects.filter(region_id=CITY).count() == 2
