"""A resident looks something up in the demo city: on a phone, without scripts, in their own words."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.e2e.served import Served, plate, verb

REVIEWER = "aid"


def answered(served: Served, browser: Browser, text: str) -> str:
    """A matter that the window answered at once; its number."""
    page = served.desk(browser, "window")
    page.goto("/desk/new/")
    page.fill("[name=text]", text)
    page.check("[name=ending][value=answer]")
    page.fill("[name=answer]", "先看地界，再请村里调解。")
    page.select_option("[name=told]", index=1)
    page.click("form.d-new .btn-primary")
    number = plate(page)
    page.close()
    return number


@pytest.mark.parametrize("scripts", [True, False])
def test_a_guide_is_found_in_ones_own_words(served: Served, browser: Browser, scripts: bool) -> None:
    context = served.context(browser, 360, java_script_enabled=scripts)
    page = context.new_page()
    page.goto("/")
    page.click("a:has-text('查法律、查办法')")
    page.fill("#q", "请不起律师想申请法律援助")
    page.click("form[role=search] .btn-primary")
    expect(page.locator(".c-hits li").first).to_be_visible()
    assert "请不起律师" not in page.url
    page.click("button[name=kind][value=guide]")
    expect(page.locator(".c-hits a").first).to_contain_text("法律援助")
    page.click(".c-hits a >> nth=0")
    expect(page.locator("h1")).to_contain_text("法律援助")
    expect(page.locator("main")).to_contain_text("带什么")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.parametrize("elder", [False, True])
def test_results_come_while_typing_by_keyboard_alone(served: Served, browser: Browser, elder: bool) -> None:
    context = served.context(browser, 360)
    if elder:
        context.add_cookies([{"name": "edition", "value": "elder", "url": served.url}])
    page = context.new_page()
    page.goto("/find/")
    page.focus("#q")
    page.keyboard.type("法律援", delay=20)
    expect(page.locator("#found .c-hits li").first).to_be_visible()
    expect(page.locator("#found-said")).to_contain_text("查到")
    assert page.evaluate("document.activeElement.id") == "q" and page.url.endswith("/find/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Enter")
    page.click("button[name=kind][value=guide]")
    page.fill("#q", "")
    page.locator("#q").press_sequentially("法律", delay=20)
    expect(page.locator("#found-said")).to_contain_text("查到")
    kinds = page.locator("#found .c-hits .c-tag")
    page.wait_for_function("document.querySelectorAll('#found .c-hits li').length > 0")
    assert set(kinds.all_inner_texts()) == {"办事指南"}
    context.close()


def test_an_answer_grows_from_a_matter_and_a_resident_finds_it(served: Served, browser: Browser) -> None:
    """Proposed by the window, reviewed by a lawyer, found by somebody who types the question anew."""
    mark = f"门前的老槐树归谁{time.time_ns() % 100_000}"
    number = answered(served, browser, f"{mark}，邻居要砍")
    desk = served.desk(browser, "window")
    verb(
        desk, number, "propose_answer", question=f"{mark}，邻居要砍怎么办", answer="先看地界，再请村里调解。"
    )
    visitor = served.context(browser, 360).new_page()
    visitor.goto("/find/")
    visitor.fill("#q", mark)
    visitor.keyboard.press("Enter")
    expect(visitor.locator("main")).not_to_contain_text("先看地界")
    lawyer = served.desk(browser, REVIEWER)
    lawyer.goto("/manage/knowledge/answers/")
    lawyer.click(f"a:has-text('{mark}')")
    lawyer.click("a:has-text('审核发布')")
    lawyer.click("main form button[type=submit] >> nth=0")
    expect(lawyer.locator("main")).to_contain_text("已发布")
    visitor.goto("/ask/")
    visitor.fill("#id_text", f"{mark}，邻居要砍，怎么办")
    visitor.keyboard.press("End")
    near = visitor.locator("#alike a", has_text=mark)
    expect(near).to_be_visible()
    with visitor.context.expect_page() as opened:
        near.click()
    expect(opened.value.locator("main")).to_contain_text("先看地界")
    assert mark in visitor.input_value("#id_text")


@pytest.mark.parametrize("scripts", [True, False])
def test_who_is_near_by_a_chosen_place(served: Served, browser: Browser, scripts: bool) -> None:
    context = served.context(browser, 360, java_script_enabled=scripts)
    page = context.new_page()
    page.goto("/near/")
    page.select_option("#who", "station")
    page.select_option("#county", index=1)
    page.click("form[role=search] .btn-primary")
    expect(page.locator(".c-hits li").first).to_contain_text("周")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("form[data-here]")).to_be_visible(visible=scripts)
    if scripts:
        assert not Axe().run(page).response["violations"]
    context.close()


def test_who_is_near_by_a_position_that_no_address_keeps(served: Served, browser: Browser) -> None:
    here = {"latitude": 41.88, "longitude": 123.95}
    context = served.context(browser, 360, permissions=["geolocation"], geolocation=here)
    page = context.new_page()
    page.goto("/near/?who=station")
    page.click("form[data-here] button")
    expect(page.locator("#found")).to_have_text("您现在的位置")
    expect(page.locator(".c-hits li").first).to_contain_text("周")
    assert "41.8" not in page.url and "latitude" not in page.url
    context.close()


def test_a_phone_that_does_not_say_where_it_is_is_offered_the_places(
    served: Served, browser: Browser
) -> None:
    context = served.context(browser, 360)
    page = context.new_page()
    page.goto("/near/")
    page.click("form[data-here] button")
    expect(page.locator("[data-here-said]")).to_contain_text("没有定到位")
    context.close()
