"""Service days in a real browser: from needs in three villages to a published plan, a day held off line."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mingbai.core.actor import SYSTEM
from mingbai.people.roles import RoleCode
from mingbai.servicedays.actions import running
from mingbai.servicedays.models import DayRecord, Need, Plan, PlanRun, ServiceDay
from tests.cases.factories import (
    CITY,
    NORTH,
    SOUTH,
    TOWN,
    TOWN_SOUTH,
    VILLAGE,
    VILLAGE_EMPTY,
    VILLAGE_SOUTH,
    City,
)
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.people.factories import make_user
from tests.servicedays.factories import (
    make_day,
    make_days_city,
    make_plan,
    make_team,
    make_today,
    next_month,
    workdays,
)

BEING_PUT_IN = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
WANTED = ("lawyer", "lawyer", "mediator", "notary")


@pytest.fixture
def city(transactional_db: None) -> City:
    city = make_days_city()
    whole = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="planner", name="排班人")
    city.users[RoleCode.SUPERVISOR] = whole
    return city


@pytest.fixture
def team(city: City) -> dict[str, Any]:
    return make_team(city)


def write_down(page: Page, places: tuple[str, str, str], count: int) -> None:
    """So many lines of one village in one form."""
    page.goto("/desk/days/needs/new/")
    for name, code in zip(("county", "town", "village"), places, strict=True):
        page.wait_for_selector(f"select[name={name}] option[value='{code}']", state="attached")
        expect(page.locator(BEING_PUT_IN)).to_have_count(0)  # a select that was just put in hears nothing yet
        page.select_option(f"select[name={name}]", code)
    while page.locator("select[name^=line-]").count() < count:
        before = page.locator("select[name^=line-]").count()
        page.click("button:has-text('再加几行')")
        expect(page.locator("select[name^=line-]")).not_to_have_count(before)
    for n in range(count):
        page.select_option(f"[name=line-{n}-skill]", WANTED[n % 4])
        page.fill(f"[name=line-{n}-text]", f"第 {n + 1} 家的事")
    page.check("[name=line-0-is_urgent]")
    page.click("button.btn-primary:has-text('存好')")
    expect(page.locator("main")).to_contain_text(f"登记了 {count} 条")


def test_from_forty_needs_in_three_villages_to_a_published_plan(
    city: City, opened: Opened, team: dict[str, Any]
) -> None:
    page = enter(opened(360), city.alice)
    write_down(page, (NORTH, TOWN, VILLAGE), 14)
    write_down(page, (NORTH, TOWN, VILLAGE_EMPTY), 13)
    write_down(enter(opened(360), city.charlie), (SOUTH, TOWN_SOUTH, VILLAGE_SOUTH), 13)
    assert Need.objects.count() == 40

    page = enter(opened(1440), city.supervisor)
    page.goto("/desk/days/needs/")
    expect(page.locator("main")).to_contain_text("40 人在等")
    page.goto("/desk/days/plans/new/")
    page.select_option("[name=region]", CITY)
    page.select_option("[name=month]", str(next_month()))
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("草案已建")
    page.select_option("#seconds", "10")
    page.click("button:has-text('排')")
    expect(page.locator("#run")).to_contain_text("系统正在排")
    PlanRun.objects.update(seconds=2)
    assert running.run_plans(by=SYSTEM) == 1
    expect(page.locator(".y-day").first).to_be_visible()  # the page looks for it by itself
    page.click("a:has-text('公布')")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("已公布，通知已发出")
    days = list(ServiceDay.objects.filter(plan__state="published").order_by("on"))
    assert {day.region_id for day in days} == {TOWN, TOWN_SOUTH}

    resident = opened(360).new_page()
    resident.goto(f"/days/?county={NORTH}")
    expect(resident.locator("main")).to_contain_text(city.regions[TOWN].name)


def test_a_day_is_moved_by_drag_and_by_the_menu(city: City, opened: Opened, team: dict[str, Any]) -> None:
    plan = make_plan(city)
    day, dates = make_day(city, plan, team), workdays(plan.month)
    page = enter(opened(1440), city.supervisor)
    page.goto(f"/desk/days/plans/{plan.pk}/")
    page.drag_and_drop(f"[data-day='{day.pk}']", f"[data-region='{TOWN}'][data-on='{dates[8]}']")
    expect(page.locator("main [role=status]").first).to_contain_text("已改")
    day.refresh_from_db()
    assert day.on == dates[8]
    page.goto(f"/desk/days/plans/{plan.pk}/days/{day.pk}/")
    page.fill("[name=on]", dates[10].isoformat())
    page.click("button:has-text('换过去')")
    expect(page.locator("main [role=status]").first).to_contain_text("已改")
    day.refresh_from_db()
    assert day.on == dates[10] and Plan.objects.get().version == 4


def note(page: Page, name: str) -> None:
    page.check("[name=kind][value=consultation]")
    page.fill("[name=name]", name)
    page.fill("[name=text]", "工钱要不回来")
    page.fill("[name=answer]", "先去劳动监察。")
    page.click("button:has-text('记下')")


def test_a_day_held_off_line_is_there_once_and_counts(
    city: City, opened: Opened, team: dict[str, Any]
) -> None:
    today = make_today(city, team)
    context = opened(360)
    page, stand = enter(context, city.alice), f"/desk/days/{today.pk}/stand/"
    page.goto(stand)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # now it is kept
    context.set_offline(True)
    page.goto(stand)
    note(page, "甲")
    expect(page.locator("[data-kept]")).to_contain_text("1 张表还在这部手机上")
    page.goto(stand)  # looked at again: what was kept is still there
    expect(page.locator("[data-kept]")).to_contain_text("1 张表还在这部手机上")
    note(page, "乙")
    expect(page.locator("[data-kept]")).to_contain_text("2 张表还在这部手机上")
    assert not DayRecord.objects.exists()
    context.set_offline(False)
    page.click("button:has-text('现在送出')")
    expect(page.locator("[data-kept]")).to_contain_text("都送到了")
    page.reload()
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert DayRecord.objects.count() == 2

    page.goto(f"/desk/days/{today.pk}/close/")
    page.click("button:has-text('收班')")
    expect(page.locator("main")).to_contain_text("已收班")
    page = enter(opened(1440), city.supervisor)
    page.goto(f"/desk/days/coverage/?month={today.on:%Y%m}&region={CITY}")
    figures = page.locator("section[aria-labelledby=month-figures] dd").all_inner_texts()
    assert figures[:2] == ["1 场", "2"]
