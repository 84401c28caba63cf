"""The query machine in a real browser: found by touch, wiped when nobody touches it, usable by keyboard."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.served import Served


def machine(served: Served, browser: Browser) -> Page:
    context = served.context(browser, 1080)
    page = context.new_page()
    page.set_viewport_size({"width": 1080, "height": 1920})
    return page


def test_results_come_while_typing_and_open_in_the_machine(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.goto("/kiosk/")
    page.locator("#q").press_sequentially("法律援助", delay=30)
    expect(page.locator("#found .c-hits li").first).to_be_visible()
    page.click("#found .c-hits a >> nth=0")
    page.wait_for_url("**/kiosk/find/**")
    expect(page.locator(".k-top")).to_be_visible()
    assert "法律援助" not in page.url
    assert not Axe().run(page).response["violations"]


def test_what_was_typed_is_wiped_for_the_next_person(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.clock.install()
    page.goto("/kiosk/find/")
    page.fill("#q", "我的秘密")
    page.clock.run_for(91_000)
    expect(page.locator("[data-idle-note]")).to_be_visible()
    page.click("[data-idle-stay]")
    assert page.input_value("#q") == "我的秘密"
    page.clock.run_for(112_000)
    page.wait_for_url("**/kiosk/")
    assert page.input_value("#q") == ""
    page.go_back()
    assert "我的秘密" not in page.content()


def test_an_empty_hall_is_asked_nothing(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.clock.install()
    page.goto("/kiosk/")
    page.clock.run_for(200_000)
    expect(page.locator("[data-idle-note]")).to_be_hidden()


def test_it_is_wiped_also_while_the_server_is_away(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.clock.install()
    page.goto("/kiosk/find/")
    page.fill("#q", "我的秘密")
    page.context.set_offline(True)
    page.clock.run_for(112_000)
    expect(page.locator("#q")).to_have_count(0)
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    page.wait_for_url("**/kiosk/")
    expect(page.locator("#q")).to_have_value("")


def test_it_works_by_keyboard_alone(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.goto("/kiosk/")
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "能不能申请法律援助":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/aid/")
    expect(page.locator(".c-ask__choice").first).to_be_visible()


def test_who_is_near_is_found_by_touch_and_never_leads_out(served: Served, browser: Browser) -> None:
    page = machine(served, browser)
    page.goto("/kiosk/")
    page.click("a:has-text('附近找谁')")
    page.select_option("#who", "station")
    page.click("form[role=search] .btn-primary")
    expect(page.locator(".c-hits li").first).to_be_visible()
    assert not page.locator(".c-hits a[href^='tel:'], .c-hits a[href^='/stations/']").count()
    expect(page.locator(".k-top")).to_be_visible()
    assert not Axe().run(page).response["violations"]
