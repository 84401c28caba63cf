"""Am I entitled to legal aid: by thumbs alone on a phone, with and without scripts, into the application."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.served import Served


@pytest.mark.parametrize("scripts", [True, False])
def test_six_taps_lead_to_an_application_that_asks_nothing_twice(
    served: Served, browser: Browser, scripts: bool
) -> None:
    context = served.context(browser, 360, java_script_enabled=scripts)
    page = context.new_page()
    page.goto("/")
    page.click("a:has-text('能不能申请法律援助')")
    for answer in ("work", "wage", "migrant", "here", "no"):
        page.click(f"button[value={answer}]")
    expect(page.locator("#found")).to_contain_text("不核查经济状况")
    expect(page.locator("main")).to_contain_text("第四十二条")
    assert page.url.endswith("/aid/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("button[name=start]")
    assert "欠工资、欠工钱" in page.input_value("textarea[name=text]")
    context.close()
