"""A clerk in a real browser: by keyboard, in the pane beside the list, without scripts, on a phone."""

import pytest
from playwright.sync_api import Page

from mingbai.cases.actions import handover, work
from mingbai.cases.models import Case
from tests.cases.factories import NORTH, PHONE, SOUTH, VILLAGE_SOUTH, City, make_case, make_closed, make_taken
from tests.e2e.conftest import Opened
from tests.e2e.test_public import the_case, violations
from tests.web.desk.pages import signed_in

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


def at_desk(opened: Opened, city: City, name: str = "alice", width: int = 1440, **options: object) -> Page:
    """A page of this clerk's session."""
    context = opened(width, **options)
    key = signed_in(city.users[name]).cookies["sessionid"].value
    page = context.new_page()
    page.goto("/healthz")
    context.add_cookies([{"name": "sessionid", "value": key, "url": page.url}])
    return page


def test_by_keyboard_a_matter_opens_beside_the_list(city: City, opened: Opened) -> None:
    make_taken(city, text="第一件事")
    make_taken(city, text="第二件事")
    page = at_desk(opened, city)
    page.goto("/desk/")
    rows = page.locator("a[data-row]").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#case h1")
    assert page.locator("#case h1").inner_text() == rows[1]
    assert "open=26" in page.url
    page.reload()
    page.wait_for_selector("#case h1")
    assert page.locator("#case h1").inner_text() == rows[1]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.locator("h1").first.click()
    page.keyboard.press("n")
    page.wait_for_url("**/desk/new/")


def test_an_act_in_the_pane_changes_pane_and_list_and_equals_a_reload(city: City, opened: Opened) -> None:
    case = make_taken(city, text="工资被拖欠")
    page = at_desk(opened, city)
    page.goto("/desk/")
    page.click("a[data-row]")
    page.click("#case .btn-primary:has-text('答复')")
    page.fill("#case textarea[name=text]", "先去劳动监察")
    page.click("#case button.btn-primary")
    page.wait_for_selector("#case .c-turn:has-text('告知群众')")
    assert "/desk/?open=" in page.url, "the list stays"
    page.wait_for_selector(".c-work__row.is-open")
    page.wait_for_selector("#case-beside:has-text('来往')")
    page.evaluate("document.querySelector('#case [role=status]').remove()")
    swapped = page.locator("#case .d-case__main").inner_text()
    page.goto(f"/desk/cases/{case.number}/")
    assert page.locator("#case .d-case__main").inner_text() == swapped


def test_a_refusal_in_the_pane_keeps_the_text(city: City, opened: Opened) -> None:
    case = make_taken(city)
    page = at_desk(opened, city, "bob")
    page.goto("/desk/?whose=station")
    page.click("a[data-row]")
    page.click("#case summary:has-text('更多')")
    page.click("#case a:has-text('不予受理')")
    page.fill("#case [name=reason]", "写了半天的理由")
    page.fill("#case [name=remedy]", "可以向法院起诉")
    work.answer(case=case, by=city.alice.actor, text="先答了")
    page.click("#case button:has-text('不予受理')")
    page.wait_for_selector("#case .c-errors:has-text('艾丽')")
    assert page.evaluate("document.activeElement.className") == "c-errors"
    assert page.input_value("#case [name=reason]") == "写了半天的理由"


def test_a_known_person_and_the_way_are_shown_while_typing(city: City, opened: Opened) -> None:
    first = make_closed(city, text="去年问过的事")
    page = at_desk(opened, city, "bob")
    page.goto("/desk/new/")
    page.fill("[name=phone]", PHONE)
    page.wait_for_selector("#known:has-text('去年问过的事')")
    page.check(f"#known input[value='{first.speaker_id}']")
    page.fill("[name=text]", "今年又来问")
    page.select_option("[name=county]", SOUTH)
    page.wait_for_selector("#route:has-text('望花区')")
    page.check("[name=ending][value=answer]")
    page.fill("[name=answer]", "和去年一样")
    page.click("button:has-text('保存并给出编号')")
    page.wait_for_url("**/given/")
    case = the_case()
    assert (case.speaker_id, case.state) == (first.speaker_id, "closed")


def test_without_scripts_on_a_phone_the_whole_work_goes(city: City, opened: Opened) -> None:
    make_case(text="以前的事")
    page = at_desk(opened, city, width=360, js=False)
    page.goto("/desk/new/")
    page.fill("[name=phone]", PHONE)
    page.fill("[name=text]", "窗口来的事")
    page.click("button:has-text('查找')")
    assert page.locator("#known").get_by_text("以前的事").count()
    page.select_option("[name=county]", NORTH)
    page.check("[name=ending][value=keep]")
    page.click("button:has-text('保存并给出编号')")
    case = the_case()
    page.click("a:has-text('打开办件')")
    page.click(".c-actions .btn-primary")
    page.fill("[name=text]", "这样办")
    page.select_option("[name=told]", "visit")
    page.check("[name=close]")
    page.click("button:has-text('答复')")
    assert page.locator("h1").first.inner_text() == "窗口来的事"
    assert Case.objects.get(pk=case.pk).state == "closed"


def addresses(city: City) -> list[str]:
    taken = make_taken(city, text="想问工资", is_wage=True)
    closed = make_closed(city, text="办完的事")
    theirs = make_case(region=VILLAGE_SOUTH)
    handover.offer(case=theirs, by=city.charlie.actor, to=city.stations[NORTH], reason="归你们")
    acts = ("answer", "ask", "offer", "tell", "refuse", "attach", "ask_help", "assign", "convert", "note")
    parts = ("", "beside/", "given/", "print/", "print/?paper=slip")
    return [
        "/desk/",
        "/desk/?whose=station&kind=consultation",
        "/desk/?state=closed",
        "/desk/inbox/",
        "/desk/new/",
        f"/desk/search/?q={PHONE}",
        "/desk/search/?q=nobody",
        "/desk/components/",
        f"/desk/cases/{closed.number}/",
        *(f"/desk/cases/{taken.number}/{part}" for part in parts),
        *(f"/desk/cases/{taken.number}/{act}/" for act in acts),
    ]


@pytest.mark.parametrize(("width", "elder"), [(1440, False), (360, True)])
def test_no_page_of_the_desk_has_a_violation_or_runs_over(
    city: City, opened: Opened, width: int, elder: bool
) -> None:
    page = at_desk(opened, city, width=width, elder=elder, bypass_csp=True)
    wrong = {}
    for url in addresses(city):
        page.goto(url)
        page.wait_for_timeout(150)  # fragments that come after the page
        found = violations(page)
        if page.evaluate(OVERFLOW) > 0:
            found.append("runs over to the right")
        if found:
            wrong[url] = found
    assert wrong == {}
