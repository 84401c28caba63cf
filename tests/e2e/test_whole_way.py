"""One matter from first word to rating, through each of the four channels, on a house that is served."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.served import COUNTY, OTHER, Served, follow, plate, verb

TEXT = "包工头欠我三个月工钱，电话也不接了。"
ANSWER = "带上考勤和转账记录，先到劳动监察大队投诉；不行再申请仲裁。"
PHONE, LAST4 = "13804135678", "5678"


def by_window(served: Served, browser: Browser) -> str:
    page = served.desk(browser, "window")
    page.goto("/desk/new/")
    page.fill("[name=text]", TEXT)
    page.fill("[name=phone]", PHONE)
    page.fill("[name=name]", "赵福山")
    page.check("[name=ending][value=keep]")
    page.click("button:has-text('保存并给出编号')")
    number = plate(page)
    page.close()
    return number


def by_telephone(served: Served, browser: Browser) -> str:
    """The agent of the city writes down what is said; the county gets it."""
    page = served.desk(browser, "agent")
    page.goto("/desk/new/")
    assert page.input_value("[name=channel]") == "hotline"
    page.fill("[name=phone]", PHONE)
    page.fill("[name=text]", TEXT)
    page.select_option("[name=county]", COUNTY)
    expect(page.locator("[name=town]")).to_be_visible()
    page.check("[name=ending][value=route]")
    page.click("button:has-text('保存并给出编号')")
    number = plate(page)
    page.close()
    return number


def by_web(served: Served, browser: Browser) -> str:
    context = served.context(browser)
    page = context.new_page()
    page.goto("/ask/")
    page.fill("[name=text]", TEXT)
    page.select_option("[name=county]", COUNTY)
    page.fill("[name=phone]", PHONE)
    page.check("[name=agree_handle]")
    page.click("button:has-text('交给我们')")
    number = plate(page)
    context.close()
    return number


def by_partner(served: Served, key: str) -> str:
    answer = served.post(key, "/cases", region=COUNTY, text=TEXT, phone=PHONE, name="赵福山")
    assert answer.status_code == 201, answer.text
    assert answer.json()["station"]["code"] == COUNTY and answer.json()["due_at"]
    return str(answer.json()["number"])


def state_on(page: Page, number: str) -> str:
    page.goto(f"/desk/cases/{number}/")
    return page.locator("#case .c-tag").first.inner_text()


def answered_told_closed(page: Page, number: str) -> None:
    verb(page, number, "answer", text=ANSWER, laws="劳动合同法第三十条")
    assert "已答复" in state_on(page, number)
    verb(page, number, "tell", how="phone", note="电话里念了一遍，听明白了")
    verb(page, number, "close")
    assert "已办结" in state_on(page, number)


def followed_and_rated(served: Served, browser: Browser, number: str) -> None:
    context = served.context(browser, 360)
    page = context.new_page()
    follow(page, number, LAST4)
    expect(page.locator("main")).to_contain_text("劳动监察大队")
    page.check("[name=grade][value='5']")
    page.click("button:has-text('交评价')")
    expect(page.locator("[role=status]").first).to_contain_text("谢谢")
    context.close()


def declined_twice_then_designated(served: Served, browser: Browser, number: str) -> None:
    """The county offers it to another, which sends it back twice; the city's supervisor decides."""
    ours, theirs = served.desk(browser, "window"), served.desk(browser, "window2")
    for time in (1, 2):
        verb(ours, number, "offer", to=OTHER, reason="工地在那边")
        theirs.goto("/desk/inbox/")
        expect(theirs.locator(f"#offer-{number}")).to_be_visible()
        assert "待签收" in ours.locator("#case").inner_text(), "until accepted it stays with the giver"
        verb(theirs, number, "decline_handover", reason=f"第 {time} 次：不归我们管")
    ours.goto(f"/desk/cases/{number}/offer/")
    expect(ours.locator("main")).to_contain_text("现在不能做这一步")
    supervisor = served.desk(browser, "supervisor")
    supervisor.goto("/board/")
    expect(supervisor.locator("main")).to_be_visible()
    verb(supervisor, number, "designate", to=OTHER, reason="用工地在清原，由清原办理")
    theirs.goto(f"/desk/cases/{number}/")
    expect(theirs.locator("#case")).to_contain_text("由清原办理")
    # Whether the giver may still look depends on where it came from; it is not theirs to work any more.
    ours.goto(f"/desk/cases/{number}/")
    expect(ours.locator("a:has-text('我来办')")).to_have_count(0)
    for page in (ours, theirs, supervisor):
        page.close()


WAYS = {"window": by_window, "telephone": by_telephone, "web": by_web}


@pytest.mark.parametrize("channel", WAYS)
def test_a_matter_goes_the_whole_way(served: Served, browser: Browser, channel: str) -> None:
    come_in: Callable[[Served, Browser], str] = WAYS[channel]
    number, handed_over = come_in(served, browser), channel == "window"
    assert re.fullmatch(r"\d{13}", number)
    if handed_over:
        declined_twice_then_designated(served, browser, number)
    page = served.desk(browser, "window2" if handed_over else "window")
    if channel != "window" or handed_over:
        verb(page, number, "take_up")
    answered_told_closed(page, number)
    page.close()
    followed_and_rated(served, browser, number)


def test_a_partners_matter_goes_the_whole_way_and_is_read_back(served: Served, browser: Browser) -> None:
    key = served.key("12345")
    number = by_partner(served, key)
    declined_twice_then_designated(served, browser, number)
    page = served.desk(browser, "window2")
    verb(page, number, "take_up")
    answered_told_closed(page, number)
    page.close()
    told = served.read(key, number)
    assert (told["state"], told["answer"]["text"]) == ("closed", ANSWER)
    assert served.post(served.key("net"), f"/cases/{number}/messages", text="x").status_code == 404
    followed_and_rated(served, browser, number)
