"""The plan board: a proposal, changes by menu and by drag with what they cost, publishing, adjusting."""

from typing import Any

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.servicedays.actions import running
from mingbai.servicedays.models import Plan, PlanRun, ServiceDay
from tests.cases.factories import CITY, NORTH, TOWN, VILLAGE_EMPTY, City
from tests.servicedays.factories import make_day, make_need, make_plan, make_published, next_month, workdays
from tests.web.desk.pages import queries, signed_in, soup, words

pytestmark = pytest.mark.django_db


def board(plan: Plan) -> str:
    return f"/desk/days/plans/{plan.pk}/"


def edit(city: City, plan: Plan, **data: Any) -> Any:
    plan.refresh_from_db()
    client = signed_in(city.supervisor)
    return client.post(f"{board(plan)}edit/", {"version": plan.version, **data}, follow=True)


def test_a_month_is_made_proposed_and_published(city: City, team: dict[str, Any]):
    make_need(city, count=3, is_urgent=True)
    client = signed_in(city.supervisor)
    page = client.post("/desk/days/plans/new/", {"region": CITY, "month": next_month()}, follow=True)
    plan = Plan.objects.get()
    assert "还没有排" in words(page)
    page = client.post(f"{board(plan)}propose/", {"version": 1, "seconds": "10"}, follow=True)
    assert "系统正在排" in words(page) and soup(page).select_one("#run[hx-get]")
    PlanRun.objects.update(seconds=2)
    running.run_plans(by=SYSTEM)
    answer = client.get(f"{board(plan)}progress/")
    assert answer.headers["HX-Refresh"] == "true"
    page = client.get(board(plan))
    assert ServiceDay.objects.count() == 1 and "为什么这样排" in words(page)
    page = client.post(f"{board(plan)}publish/", {"despite": ""}, follow=True)
    assert "已公布" in words(page)
    assert "近两个月" in words(client.get("/desk/days/"))


def test_two_planners_at_once(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    client = signed_in(city.supervisor)
    client.post(f"{board(plan)}propose/", {"version": 1})
    page = client.post(f"{board(plan)}propose/", {"version": 1}, follow=True)
    assert "一次只算一份" in words(page) and PlanRun.objects.count() == 1


def test_a_change_says_what_it_costs(city: City, team: dict[str, Any]):
    make_need(city, count=4)
    plan = make_plan(city)
    day = make_day(city, plan, team)
    page = edit(city, plan, do="drop", day=day.pk)
    assert "少办 4 件一般需求" in words(page) and "少办 1 场" in words(page)
    assert not ServiceDay.objects.exists()


def test_a_day_is_moved_as_by_dragging(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    day = make_day(city, plan, team)
    on = workdays(plan.month)[6]
    edit(city, plan, do="move", day=day.pk, on=on.isoformat(), region=TOWN)
    day.refresh_from_db()
    assert day.on == on
    assert "没有这一天" in words(edit(city, plan, do="move", day=day.pk, on="2026-02-30", region=TOWN))


def test_a_person_is_moved_added_and_taken_out(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    one, two = make_day(city, plan, team), make_day(city, plan, team, nth=9)
    lawyer = team["李律"].code
    page = edit(city, plan, do="person", worker=lawyer, **{"from": one.pk, "to": two.pk})
    assert "已在这一场的队伍里" in words(page) and one.team.count() == 2, "all of it or nothing"
    page = edit(city, plan, do="person", worker=lawyer, **{"from": one.pk})
    assert "缺律师" in words(page) and one.team.count() == 1
    edit(city, plan, do="person", worker=team["王律"].code, to=one.pk, skill="lawyer")
    assert one.team.count() == 2
    page = edit(city, plan, do="person", worker=team["公证孙"].code, to=one.pk, skill="lawyer")
    assert "不是律师" in words(page)


def test_hours_and_room(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    day = make_day(city, plan, team)
    edit(city, plan, do="hours", day=day.pk, starts="09:00", ends="15:30", room="便民大厅", stay="1")
    assert "09:00–15:30" in words(signed_in(city.supervisor).get(board(plan)))
    assert "须晚于" in words(edit(city, plan, do="hours", day=day.pk, starts="15:00", ends="09:00"))


def test_who_edits_an_older_plan_is_told_who_was_first(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    day = make_day(city, plan, team)
    client = signed_in(city.supervisor)
    page = client.post(f"{board(plan)}edit/", {"do": "drop", "day": day.pk, "version": 1}, follow=True)
    assert "刚被改过" in words(page) and ServiceDay.objects.filter(pk=day.pk).exists()


@pytest.mark.parametrize(
    "data", [{"do": "fly"}, {"do": "drop", "day": "x"}, {"do": "drop", "day": "9" * 30}, {}]
)
def test_nonsense_is_not_found(city: City, team: dict[str, Any], data: dict[str, str]):
    plan = make_plan(city)
    answer = signed_in(city.supervisor).post(f"{board(plan)}edit/", data)
    assert answer.status_code == 404


def test_the_menu_offers_the_free_and_near_first(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    day = make_day(city, plan, team)
    page = soup(signed_in(city.supervisor).get(f"{board(plan)}days/{day.pk}/"))
    names = [option.text for option in page.select("select[name=worker] option")]
    assert names and names[0].startswith("法援小周") and all("公里" in name for name in names)
    assert not any(name.startswith("李律") for name in names), "who is there already"


def test_a_day_by_hand(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    client = signed_in(city.supervisor)
    on = workdays(plan.month)[2].isoformat()
    page = client.post(f"{board(plan)}add/", {"version": 1, "on": on, "region": TOWN}, follow=True)
    assert "谁去" in words(page) and ServiceDay.objects.count() == 1
    page = client.post(f"{board(plan)}add/", {"version": 2, "on": on, "region": TOWN}, follow=True)
    assert "已经有一场" in words(page)


def test_a_publication_that_is_refused_keeps_what_was_typed(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    make_day(city, plan, team)
    plan.refresh_from_db()
    day = plan.days.get()
    day.team.filter(skill="mediator").delete()
    client = signed_in(city.supervisor)
    page = client.post(f"{board(plan)}publish/", {"despite": ""})
    assert "缺调解员" in words(page) and "仍要这样办" in words(page)
    assert client.post(f"{board(plan)}publish/", {"despite": "老张那天住院"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "published"


def test_adjusting_begins_as_published(city: City, team: dict[str, Any]):
    plan, day = make_published(city, team)
    client = signed_in(city.supervisor)
    page = client.post(f"{board(plan)}adjust/", {"how": "hand"}, follow=True)
    draft = Plan.objects.get(state="draft")
    assert "已建调整草案" in words(page) and draft.replaces_id == plan.pk and draft.days.count() == 1
    assert "1 场" in words(page)
    client.post(f"{board(draft)}drop/", {"reason": "不改了"})
    draft.refresh_from_db()
    assert draft.state == "dropped" and ServiceDay.objects.get(pk=day.pk).state == "planned"


def test_a_station_sees_what_is_published_and_changes_nothing(city: City, team: dict[str, Any]):
    plan, _day = make_published(city, team)
    draft = Plan.objects.create(region_id=NORTH, month=plan.month, made_by="x", made_at=plan.made_at)
    client = signed_in(city.bob)
    assert client.get(board(plan)).status_code == 200
    assert client.get(board(draft)).status_code == 404
    assert client.post(f"{board(plan)}drop/", {"reason": "x"}).status_code == 403
    assert "新排一个月" not in words(client.get("/desk/days/plans/"))


def test_paper(city: City, team: dict[str, Any]):
    plan, day = make_published(city, team)
    client = signed_in(city.supervisor)
    assert "李律（律师）" in words(client.get(f"{board(plan)}print/"))
    assert "律师" in words(client.get(f"/desk/days/{day.pk}/poster/"))


def test_the_board_costs_the_same_however_long_the_month(city: City, team: dict[str, Any]):
    plan = make_plan(city)
    make_day(city, plan, team, nth=1)
    client = signed_in(city.supervisor)
    few = queries(client, board(plan))
    for nth in (5, 9, 13):
        make_day(city, plan, team, nth=nth)
    make_need(city, region=VILLAGE_EMPTY)
    assert queries(client, board(plan)) <= few + 1
