"""A resident looks something up in the demo city: on a phone, without scripts, in their own words."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.served import Served


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
