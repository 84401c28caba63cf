"""The desk in a real browser: by keyboard, without scripts, on a phone, and when the session ends."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from mingbai.cases.models import Case
from mingbai.people.models import User
from tests.cases.factories import City, make_case, make_taken
from tests.e2e.conftest import Opened
from tests.e2e.test_public import TOO_SMALL, the_case
from tests.people.factories import PASSWORD
from tests.web.desk.pages import signed_in

ANSWER = "带上考勤和转账记录，先到劳动监察投诉。"
FOCUSED = "document.activeElement.name || document.activeElement.textContent.trim()"


def enter(context: BrowserContext, user: User) -> Page:
    """A page of this user, already signed in."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}]
    )
    return context.new_page()


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Tab until the focus stands on what has this name or text."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"{words} is not reached by Tab")


def test_a_matter_is_answered_by_keyboard_alone(city: City, opened: Opened) -> None:
    case = make_taken(city)
    page = enter(opened(1440), city.alice)
    page.goto("/desk/?whose=mine")
    tab_to(page, case.summary[:6])
    page.keyboard.press("Enter")
    expect(page.locator("#case-title")).to_be_visible()
    tab_to(page, "答复")
    page.keyboard.press("Enter")
    expect(page.locator("#act-title")).to_be_visible()
    tab_to(page, "text")
    page.keyboard.type(ANSWER)
    tab_to(page, "答复")
    page.keyboard.press("Enter")
    expect(page.locator("main [role=status]", has_text="已答复").first).to_be_visible()
    assert the_case().state == "answered"


def test_letters_walk_the_list_and_open_a_new_matter(city: City, opened: Opened) -> None:
    make_taken(city)
    page = enter(opened(1440), city.alice)
    page.goto("/desk/?whose=mine")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#case-title")).to_be_visible()
    page.goto("/desk/")
    page.keyboard.press("n")
    expect(page.locator("[name=ending]").first).to_be_visible()


def test_the_desk_works_without_scripts(city: City, opened: Opened) -> None:
    case = make_case()
    page = enter(opened(1280, js=False), city.alice)
    page.goto("/desk/?whose=unowned")
    page.click(f"a:has-text('{case.summary[:8]}')")
    for step, said in (("我来办", "您已接办"), ("答复", "已答复")):
        page.click(f"#case .c-actions__bar a:has-text('{step}') >> nth=0")
        if step == "答复":
            page.fill("#case [name=text]", ANSWER)
        page.click("#case form button[type=submit] >> nth=0")
        expect(page.locator("main [role=status]").first).to_contain_text(said)
    page.goto("/desk/new/")
    page.fill("[name=phone]", "13812345678")
    page.click("button:has-text('查找')")
    expect(page.locator("#known")).to_contain_text(case.summary[:8])
    page.fill("[name=text]", "又来问一次，没有脚本也行。")
    page.click("button:has-text('保存并给出编号')")
    expect(page.locator(".c-plate--big")).to_be_visible()
    assert the_case().text.startswith("又来问一次")


def test_what_was_done_stays_said_when_the_page_asks_itself_anew(city: City, opened: Opened) -> None:
    case = make_case()
    page = enter(opened(), city.alice)
    page.goto(f"/desk/cases/{case.number}/take_up/")
    page.click("#case form button[type=submit] >> nth=0")
    said = page.locator("#case > [role=status]")
    expect(said).to_contain_text("您已接办")
    page.evaluate(
        """topic => new Promise(done => {
            document.addEventListener("htmx:afterSettle", () => done(true), { once: true });
            htmx.trigger(document.body, topic);
        })""",
        f"live:case-{case.number}",
    )
    expect(said).to_contain_text("您已接办")
    page.reload()
    expect(said).to_have_count(0)


PATHS = ["", "inbox/", "new/", "search/?q=13812345678", "cases/{n}/", "cases/{n}/answer/"]


@pytest.mark.parametrize("path", PATHS)
def test_the_desk_fits_a_phone(city: City, opened: Opened, path: str) -> None:
    case = make_taken(city)
    page = enter(opened(360), city.alice)
    page.goto(f"/desk/{path.format(n=case.number)}")
    # What stands beside a matter comes after the page.
    expect(page.locator("#case-beside[hx-trigger]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # The link of a row is stretched over the whole row.
    small = [found for found in page.evaluate(TOO_SMALL, 44) if "c-work__title" not in found]
    assert small == []


def test_a_session_that_ends_in_the_middle_of_a_form_keeps_the_text(city: City, opened: Opened) -> None:
    case = make_taken(city)
    page = enter(opened(), city.alice)
    page.goto(f"/desk/cases/{case.number}/answer/")
    page.fill("#case [name=text]", ANSWER)
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    page.click("#case form button[type=submit] >> nth=0")
    page.fill("[name=login]", city.alice.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")
    expect(page.locator("main")).to_contain_text(ANSWER)
    page.click("button:has-text('确认提交')")
    expect(page.locator("main [role=status]").first).to_contain_text("已答复")
    assert the_case().state == "answered"


def test_of_two_clerks_the_second_is_told_who_and_when(city: City, opened: Opened) -> None:
    case: Case = make_case()
    first, second = enter(opened(), city.alice), enter(opened(), city.bob)
    for page in (first, second):
        page.goto(f"/desk/cases/{case.number}/take_up/")
    first.click("#case form button[type=submit] >> nth=0")
    expect(first.locator("main [role=status]").first).to_contain_text("您已接办")
    second.click("#case form button[type=submit] >> nth=0")
    expect(second.locator("main")).to_contain_text("艾丽")
    assert the_case().owner.name == "艾丽"
