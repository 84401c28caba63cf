"""The query machine without a network: it says so, keeps what was typed, sends it once, still wipes."""

from datetime import time

import pytest
from playwright.sync_api import Page, Route, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.places import actions as places
from mingbai.places.rules import HoursRow
from mingbai.visits.models import Visit
from tests.cases.factories import NORTH, City
from tests.e2e.conftest import Opened

SAID = "[data-net-note]"


@pytest.fixture
def machine(city: City, opened: Opened) -> Page:
    rows = [HoursRow(day, time(0), time(23, 59), on_days_off=True) for day in range(7)]
    places.set_hours(by=SYSTEM, station=city.stations[NORTH], hours=rows)
    page = opened(1080).new_page()
    page.set_viewport_size({"width": 1080, "height": 1920})
    page.goto(f"/kiosk/?hall={NORTH}")
    return page


def test_a_number_asked_for_while_the_network_is_away_is_given_once(machine: Page) -> None:
    machine.click("text=取号")
    machine.check("[name=priority][value=elder]")
    machine.context.set_offline(True)
    machine.click("button[value=consultation]")
    expect(machine.locator(SAID)).to_contain_text("网络断了")
    machine.click("button[value=consultation]")  # pressed again, as people do
    assert machine.is_checked("[name=priority][value=elder]") and not Visit.objects.exists()
    machine.context.set_offline(False)
    machine.wait_for_url("**/kiosk/visit/**")
    expect(machine.locator("h1")).to_contain_text("A001")
    assert Visit.objects.get().priority == "elder"


def test_an_answer_that_was_lost_makes_no_second_request(machine: Page) -> None:
    machine.click("text=问一件事")
    machine.fill("[name=text]", "老板三个月不发工钱")
    machine.select_option("[name=where]", NORTH)
    machine.check("[name=agree]")
    tries: list[int] = []

    def cut(route: Route) -> None:
        tries.append(route.fetch().status)  # it arrives, and the answer does not
        route.abort() if len(tries) == 1 else route.continue_()

    machine.route(
        "**/kiosk/ask/", lambda route: cut(route) if route.request.method == "POST" else route.continue_()
    )
    machine.click("main form .btn-primary")
    expect(machine.locator(SAID)).to_be_visible()
    assert machine.input_value("[name=text]") == "老板三个月不发工钱"
    machine.wait_for_url("**/kiosk/ask/done/")
    case = Case.objects.get()
    expect(machine.locator(".k-slip")).to_contain_text(str(case.follow_code))
    assert tries[0] == 200


def test_no_key_leads_to_an_error_page_of_the_browser(machine: Page) -> None:
    machine.context.set_offline(True)
    machine.click("text=服务中心在哪里")
    expect(machine.locator(SAID)).to_contain_text("接着打开")
    expect(machine.locator("h1")).to_contain_text("您想查什么")
    machine.context.set_offline(False)
    machine.wait_for_url("**/kiosk/stations/")


def test_left_in_the_middle_of_a_form_it_is_wiped_and_sends_nothing(machine: Page) -> None:
    machine.clock.install()
    machine.click("text=问一件事")
    machine.fill("[name=text]", "我的秘密")
    machine.select_option("[name=where]", NORTH)
    machine.check("[name=agree]")
    machine.context.set_offline(True)
    machine.click("main form .btn-primary")
    expect(machine.locator(SAID)).to_be_visible()
    machine.clock.run_for(112_000)
    expect(machine.locator("[name=text]")).to_have_count(0)
    machine.context.set_offline(False)
    machine.clock.run_for(10_000)
    machine.wait_for_url("**/kiosk/")
    assert not Case.objects.exists() and "我的秘密" not in machine.content()
