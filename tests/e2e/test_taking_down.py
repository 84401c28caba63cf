"""While a matter is taken down: what may be of use, what came before, and what the text warns of."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.served import Served

TEXT = "老公喝了酒就打我，昨天又动手，我想离婚"


def test_knowledge_follows_the_text_and_a_risk_is_reported_with_one_key(
    served: Served, browser: Browser
) -> None:
    page = served.desk(browser, "window")
    page.goto("/desk/new/")
    page.fill("#id_text", TEXT)
    expect(page.locator("#useful .c-hits li").first).to_be_visible()
    page.check("input[name=ending][value=keep]")
    page.click("form.d-new .btn-primary")
    page.wait_for_url(re.compile("/given/"))
    number = page.url.split("/")[-3]
    page.goto(f"/desk/cases/{number}/")
    risks = page.locator("#case-risks")
    expect(risks).to_contain_text("暴力伤害")
    expect(risks.locator("a[href='tel:110']")).to_be_visible()
    risks.locator("form button").first.click()
    expect(page.locator("#case-risks")).to_contain_text("报告给公安机关")
    page.click("section:has(#case-topic) form button >> nth=0")
    expect(page.locator("article")).to_contain_text("婚姻家庭")


def test_the_same_matter_again_is_seen_while_it_is_written(served: Served, browser: Browser) -> None:
    page = served.desk(browser, "window")
    page.goto("/desk/new/")
    page.fill("#id_text", TEXT)
    page.check("input[name=ending][value=keep]")
    page.click("form.d-new .btn-primary")
    page.wait_for_url(re.compile("/given/"))
    page.goto("/desk/new/")
    page.fill("#id_text", TEXT + "，怎么办")
    expect(page.locator("#alike a").first).to_contain_text("老公喝了酒")
