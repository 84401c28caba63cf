"""A month planned: resources and coverage, the draft changed by hand, published, replaced, told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.notices.models import Notice
from mingbai.notices.transports import words_of
from mingbai.people.actions import add_absence, add_duty, deactivate_worker
from mingbai.people.models import User
from mingbai.servicedays.actions import needs, plans, publishing, terms
from mingbai.servicedays.models import Need, Plan, ServiceDay
from mingbai.servicedays.perms import can_plan, can_set_point, can_take_need
from mingbai.servicedays.queries.month import month_of
from mingbai.servicedays.queries.plans import board_days, broken, plans_of
from mingbai.servicedays.queries.resources import coverage, resources, without_point
from tests.cases.factories import (
    CITY,
    NORTH,
    PHONE,
    SOUTH,
    TOWN,
    TOWN_SOUTH,
    VILLAGE,
    VILLAGE_SOUTH,
    City,
    fresh,
)
from tests.servicedays.factories import (
    make_day,
    make_need,
    make_plan,
    make_published,
    make_team,
    make_wish,
    next_month,
    workdays,
)


@pytest.fixture
def team(city: City) -> dict[str, Any]:
    return make_team(city)


def refused(code: str, act: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act()
    assert found.value.code == code, str(found.value)
    return found.value


def verbs(chain: str) -> list[str]:
    return list(Entry.objects.filter(chain=chain).order_by("seq").values_list("verb", flat=True))


# ── who can be sent, what is missing ──


def test_who_can_be_sent_when(city: City, team: dict[str, Any]):
    month = next_month()
    days = workdays(month)
    lawyer, notary = team["李律"], team["公证孙"]
    add_absence(by=SYSTEM, worker=lawyer, starts_on=days[0], ends_on=days[1])
    add_duty(
        by=SYSTEM, worker=notary, station=city.stations[SOUTH], weekday=0,
        starts=timezone.datetime(2026, 1, 1, 9).time(), ends=timezone.datetime(2026, 1, 1, 17).time(),
    )  # fmt: skip
    terms.set_limit(by=SYSTEM, worker=team["王律"], is_sent=False)
    terms.set_limit(by=SYSTEM, worker=team["法援小周"], most_days=2, capacity=3)
    found = {row.name: row for row in resources(month, CITY).people}
    assert "王律" not in found and set(found) >= {"李律", "调解老张", "法援小周", "调解老刘", "公证孙"}
    assert not {days[0], days[1]} & found["李律"].free and days[2] in found["李律"].free
    assert not any(day.weekday() == 0 for day in found["公证孙"].free)
    assert (found["法援小周"].most_days, found["法援小周"].capacity) == (2, 3)
    assert found["李律"].point == (41.862, 123.912)
    terms.set_limit(by=SYSTEM, worker=notary, leaves_duty=True)
    assert any(day.weekday() == 0 for day in month_of(CITY, month).people[0].free)
    assert resources(month, CITY).heads["notary"] == 1
    deactivate_worker(by=SYSTEM, worker=lawyer)
    assert "李律" not in {row.name for row in resources(month, CITY).people}


def test_a_county_counts_on_its_own_people_and_those_of_the_city(city: City, team: dict[str, Any]):
    names = {row.name for row in resources(next_month(), NORTH).people}
    assert "李律" in names and "王律" not in names


def test_a_person_who_is_out_elsewhere_that_day_is_not_free(city: City, team: dict[str, Any]):
    plan, day = make_published(city, team)
    found = {row.name: row for row in month_of(NORTH, plan.month).people}
    assert day.on not in found["李律"].free and found["李律"].most_days == 3
    own = {row.name: row for row in month_of(CITY, plan.month, plan=plan).people}
    assert day.on in own["李律"].free, "its own day does not stand in its way"


def test_the_table_says_what_is_missing_and_how_unequal_it_is(city: City, team: dict[str, Any]):
    make_need(city, count=9)
    make_need(city, region=VILLAGE_SOUTH, count=4, skill="notary")
    before = coverage(next_month(), CITY)
    rows = {(row.spot, row.skill): row for row in before.rows}
    assert rows[TOWN, "lawyer"].missing == 9 and rows[TOWN_SOUTH, "notary"].missing == 4
    assert before.after.without == 2 and "2 处里有 2 处一件也办不到" in before.after.words
    plan, _day = make_published(city, team)
    after = coverage(plan.month, CITY)
    row = next(row for row in after.rows if (row.spot, row.skill) == (TOWN, "lawyer"))
    assert (row.planned, row.after, row.missing) == (6, 6, 3)
    assert after.after.without == 1 and after.before.without == 2


def test_places_without_a_point_are_named_until_a_worker_sets_it(city: City):
    assert {row.spot for row in without_point(CITY)} == {TOWN, TOWN_SOUTH}
    make_team(city)
    assert without_point(CITY) == []
    assert can_set_point(fresh(city.bob), NORTH) and not can_set_point(fresh(city.charlie), NORTH)


def test_the_cost_of_a_month_does_not_grow_with_people_and_needs(city: City, team: dict[str, Any]):
    make_need(city)
    plan, _day = make_published(city, team)

    def cost() -> int:
        month_of(CITY, plan.month, plan=plan)
        with CaptureQueriesContext(connection) as queries:
            month_of(CITY, plan.month, plan=plan)
        return len(queries)

    few = cost()
    for n in range(8):
        make_need(city, phone=f"139000000{n:02d}", skill=["lawyer", "notary"][n % 2])
    assert cost() == few <= 14


# ── the draft ──


def test_a_plan_is_made_once_for_a_month_that_is_not_over(city: City):
    by = city.supervisor.actor
    plan = make_plan(city)
    assert verbs(plan.chain) == ["plan.made"]
    refused("plan_exists", lambda: make_plan(city))
    for month, code in ((202613, "bad_month"), (0, "bad_month"), (202501, "past_month")):
        refused(code, lambda month=month: plans.make_plan(by=by, region=city.regions[CITY], month=month))
    refused("bad_level", lambda: plans.make_plan(by=by, region=city.regions[TOWN], month=next_month()))
    plans.drop_plan(by=by, plan=plan, version=plan.version, reason="重来")
    assert make_plan(city).pk != plan.pk


def test_each_change_is_told_at_once_what_it_costs_and_breaks(city: City, team: dict[str, Any]):
    make_need(city, count=6, is_urgent=True)
    plan, by = make_plan(city), city.supervisor.actor
    days = workdays(plan.month)
    first = plans.add_day(
        by=by, plan=plan, version=plan.version, region=TOWN, on=days[3],
        team={team["李律"].code: "lawyer"},
    )  # fmt: skip
    assert first.day is not None and first.effect.cost < 0
    assert "多办 6 件紧急需求" in first.effect.words and "多办 1 场" in first.effect.words
    assert [one.code for one in first.effect.new] == ["team"] and "缺调解员" in first.effect.new[0].text
    second = plans.move_person(
        by=by, plan=first.plan, version=first.plan.version, worker=team["调解老张"].code, to=first.day,
        skill="mediator",
    )  # fmt: skip
    assert second.effect.breaks == ()
    add_absence(by=SYSTEM, worker=team["李律"], starts_on=days[8], ends_on=days[8])
    moved = plans.move_day(by=by, plan=second.plan, version=second.plan.version, day=first.day, on=days[8])
    assert [one.code for one in moved.effect.new] == ["away"] and "李律" in moved.effect.new[0].text
    gone = plans.drop_day(by=by, plan=moved.plan, version=moved.plan.version, day=first.day)
    assert gone.effect.cost > 0 and gone.effect.breaks == () and not plan.days.exists()
    assert verbs(plan.chain) == [
        "plan.made", "plan.day_added", "plan.person_moved", "plan.day_moved", "plan.day_dropped",
    ]  # fmt: skip
    assert verify().is_whole


def test_a_person_is_moved_from_one_day_to_another(city: City, team: dict[str, Any]):
    plan, by = make_plan(city), city.supervisor.actor
    first, second = make_day(city, plan, team, nth=2), make_day(city, plan, team, TOWN_SOUTH, nth=9)
    plan.refresh_from_db()
    code = team["李律"].code
    refused(
        "in_team",
        lambda: plans.move_person(
            by=by, plan=plan, version=plan.version, worker=code, away_from=first, to=second
        ),
    )
    assert first.team.filter(worker=team["李律"]).exists(), "what was refused has changed nothing"
    out = plans.move_person(by=by, plan=plan, version=plan.version, worker=code, away_from=second)
    assert [one.code for one in out.effect.new] == ["team"]
    over = plans.move_person(
        by=by, plan=out.plan, version=out.plan.version, worker=code, away_from=first, to=second
    )
    assert {member.worker.name for member in second.team.all()} == {"李律", "调解老张"} and over.day == second
    for code_, change in (
        ("unknown_worker", {"worker": "NOBODY"}),
        ("unknown_skill", {"worker": team["王律"].code, "to": second, "skill": "cook"}),
        ("not_in_team", {"worker": team["王律"].code, "away_from": second}),
    ):
        refused(
            code_,
            lambda change=change: plans.move_person(
                by=by, plan=over.plan, version=over.plan.version, **change
            ),
        )


def test_what_cannot_be_a_day_is_refused(city: City, team: dict[str, Any]):
    plan, by = make_plan(city, NORTH), city.supervisor.actor
    days = workdays(plan.month)

    def add(**values: Any) -> Any:
        plan.refresh_from_db()
        return plans.add_day(
            by=by, plan=plan, version=plan.version, **{"region": TOWN, "on": days[2], **values}
        )

    day = add().day
    refused("day_exists", add)
    refused("outside", lambda: add(region=TOWN_SOUTH))
    refused("unknown_region", lambda: add(region="1"))
    refused("other_month", lambda: add(on=days[0] - timedelta(days=40)))
    refused("unknown_worker", lambda: add(on=days[9], team={"X": "lawyer"}))
    refused("unknown_skill", lambda: add(on=days[9], team={team["李律"].code: "cook"}))
    plan.refresh_from_db()
    refused(
        "bad_hours",
        lambda: plans.set_hours(
            by=by, plan=plan, version=plan.version, day=day,
            starts=timezone.datetime(2026, 1, 1, 9).time(), ends=timezone.datetime(2026, 1, 1, 9).time(),
        ),
    )  # fmt: skip
    assert plan.days.count() == 1


def test_a_sunday_fair_is_a_day_too(city: City, team: dict[str, Any]):
    plan, by = make_plan(city), city.supervisor.actor
    sunday = next(
        day for day in (workdays(plan.month)[5] + timedelta(days=n) for n in range(8)) if day.weekday() == 6
    )
    edited = plans.add_day(
        by=by, plan=plan, version=plan.version, region=TOWN, on=sunday,
        team={team["李律"].code: "lawyer", team["调解老张"].code: "mediator"},
    )  # fmt: skip
    assert edited.effect.breaks == ()


def test_who_edits_what_another_has_just_changed_is_told(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    seen = plan.version
    make_day(city, plan, team)
    told = refused(
        "changed_meanwhile",
        lambda: plans.add_day(
            by=city.alice.actor, plan=plan, version=seen, region=TOWN_SOUTH, on=workdays(plan.month)[3]
        ),
    )
    assert city.supervisor.name in str(told) and told.kept and told.do
    refused(
        "changed_meanwhile",
        lambda: publishing.publish(by=city.alice.actor, plan=plan, version=seen),
    )
    assert Plan.objects.get(pk=plan.pk).state == "draft" and plan.days.count() == 1


# ── publishing ──


def words(template: str) -> list[str]:
    return [words_of(n).body for n in Notice.objects.filter(template=template).order_by("id")]


def test_published_people_places_and_who_has_reserved_are_told(city: City, team: dict[str, Any]):
    User.objects.filter(pk=city.alice.pk).update(email="alice@example.com")
    people = city.workers[VILLAGE]
    from tests.people.factories import make_user

    villager = make_user("station_worker", station=city.stations[VILLAGE], username="cun", worker=people)
    User.objects.filter(pk=villager.pk).update(email="cun@example.com")
    worker = team["李律"]
    worker.phone = "13900000001"
    worker.save()
    needs.reserve(by=RESIDENT, wish=make_wish(phone=PHONE, name="赵福山"))
    plan, day = make_published(city, team)
    assert (plan.state, day.state) == ("published", "planned") and plan.published_by == city.supervisor.name
    assert day.station_id == TOWN and plan.baseline == [[TOWN, "lawyer", 1, 0]]
    assert verbs(day.chain) == ["serviceday.published"]
    assert [n.address for n in Notice.objects.filter(template="service_days_team")] == ["13900000001"]
    assert "站前街道" in words("service_days_team")[0]
    assert [n.address for n in Notice.objects.filter(template="service_days_place")] == ["cun@example.com"]
    assert "张贴" in words("service_days_place")[0]
    assert "站前街道" in words("service_day_resident")[0] and "律师" not in words("service_day_resident")[0]


def test_a_place_knows_a_week_ahead_or_the_day_is_refused(city: City, team: dict[str, Any]):
    soon = timezone.localdate() + timedelta(days=3)
    plan = plans.make_plan(by=SYSTEM, region=city.regions[CITY], month=soon.year * 100 + soon.month)
    edited = plans.add_day(
        by=SYSTEM, plan=plan, version=plan.version, region=TOWN, on=soon,
        team={team["李律"].code: "lawyer", team["调解老张"].code: "mediator"},
    )  # fmt: skip
    told = refused(
        "too_soon",
        lambda: publishing.publish(by=SYSTEM, plan=plan, version=edited.plan.version, despite="急"),
    )
    assert "7 天" in str(told) and "站前街道" in str(told)


def test_a_broken_rule_needs_a_reason_and_some_no_reason_lifts(city: City, team: dict[str, Any]):
    plan, by = make_plan(city), city.supervisor.actor
    refused("empty_plan", lambda: publishing.publish(by=by, plan=plan, version=plan.version))
    alone = plans.add_day(
        by=by, plan=plan, version=plan.version, region=TOWN, on=workdays(plan.month)[3],
        team={team["李律"].code: "lawyer"},
    )  # fmt: skip
    told = refused("broken", lambda: publishing.publish(by=by, plan=plan, version=alone.plan.version))
    assert "缺调解员" in str(told) and [one.code for one in broken(alone.plan)] == ["team"]
    both = plans.add_day(
        by=by, plan=plan, version=alone.plan.version, region=TOWN_SOUTH, on=workdays(plan.month)[3],
        team={team["李律"].code: "lawyer", team["调解老刘"].code: "mediator"},
    )  # fmt: skip
    told = refused(
        "broken", lambda: publishing.publish(by=by, plan=plan, version=both.plan.version, despite="就这样")
    )
    assert "同时在" in str(told)
    assert both.day is not None
    back = plans.drop_day(by=by, plan=plan, version=both.plan.version, day=both.day)
    done = publishing.publish(by=by, plan=plan, version=back.plan.version, despite="调解员当天从县里赶来")
    entry = Entry.objects.filter(chain=done.chain, verb="plan.published").get()
    assert json.loads(entry.data)["despite"] == "调解员当天从县里赶来"
    refused("not_a_draft", lambda: make_day(city, done, team))


def test_a_replacement_keeps_the_rows_that_stay_and_tells_only_who_is_touched(
    city: City, team: dict[str, Any]
):
    for name in ("李律", "调解老张", "王律", "调解老刘"):
        team[name].phone = f"1390000000{len(name)}"
        team[name].save()
    by = city.supervisor.actor
    plan = make_plan(city)
    stays, goes = make_day(city, plan, team, nth=3), make_day(city, plan, team, TOWN_SOUTH, nth=12)
    plan.refresh_from_db()
    plan = publishing.publish(by=by, plan=plan, version=plan.version)
    need = needs.reserve(by=RESIDENT, wish=make_wish(phone=PHONE, region=VILLAGE_SOUTH, day=goes.pk))
    assert need.day == goes
    Notice.objects.all().delete()

    new = publishing.begin_replacement(by=by, plan=plan)
    refused("plan_exists", lambda: publishing.begin_replacement(by=by, plan=plan))
    copies = {day.region_id: day for day in board_days(new)}
    assert set(copies) == {TOWN, TOWN_SOUTH} and copies[TOWN].pk != stays.pk
    edited = plans.drop_day(by=by, plan=new, version=new.version, day=copies[TOWN_SOUTH])
    published = publishing.publish(by=by, plan=new, version=edited.plan.version)

    stays.refresh_from_db(), goes.refresh_from_db(), need.refresh_from_db(), plan.refresh_from_db()
    assert (stays.state, stays.plan) == ("planned", published), "phones at the stand still find it"
    assert (goes.state, goes.reason, plan.state) == ("cancelled", "计划调整", "replaced")
    assert need.day is None and need.state == "open"
    assert [day.pk for day in board_days(published)] == [stays.pk]
    assert "取消了" in words("service_day_cancelled")[0]
    assert all("不用去了" in text for text in words("service_days_team"))


def test_a_day_is_cancelled_and_who_has_reserved_waits_on(city: City, team: dict[str, Any]):
    plan, day = make_published(city, team)
    need = needs.reserve(by=RESIDENT, wish=make_wish(phone=PHONE, day=day.pk))
    done = publishing.cancel_day(by=city.supervisor.actor, day=day, reason="大雪封路")
    need.refresh_from_db()
    assert (done.state, done.reason, need.day, need.state) == ("cancelled", "大雪封路", None, "open")
    assert "大雪封路" in words("service_day_cancelled")[0] and need.since == timezone.localdate()
    refused("not_planned", lambda: publishing.cancel_day(by=SYSTEM, day=day, reason="x"))
    assert verbs(day.chain)[-1] == "serviceday.cancelled"


# ── who sees and does what ──


def test_drafts_are_for_who_plans_and_published_days_for_everybody(city: City, team: dict[str, Any]):
    plan = make_plan(city, NORTH)
    day = make_day(city, plan, team)

    def seen(name: str) -> tuple[bool, bool]:
        user = fresh(city.users[name])
        return plan in plans_of(user), day in ServiceDay.objects.visible_to(user)

    sees = {"alice", "supervisor", "leader", "finance", "station_manager"}
    assert {name for name in city.users if seen(name)[0]} == sees
    assert {name for name in city.users if seen(name)[1]} == sees
    plan.refresh_from_db()
    publishing.publish(by=city.supervisor.actor, plan=plan, version=plan.version)
    assert all(seen(name)[1] for name in city.users)
    assert seen("bob")[0] and not seen("charlie")[0] and not seen("system_admin")[0]


def test_who_may_plan_and_write_needs_down(city: City):
    may_plan = {name for name, user in city.users.items() if can_plan(fresh(user), NORTH)}
    assert may_plan == {"alice", "supervisor", "station_manager"}
    assert {name for name, user in city.users.items() if can_plan(fresh(user), CITY)} == set()
    takes = {name for name, user in city.users.items() if can_take_need(fresh(user), VILLAGE)}
    assert "bob" in takes and not takes & {"charlie", "leader", "finance", "system_admin", "practitioner"}
    assert Need.objects.count() == 0
