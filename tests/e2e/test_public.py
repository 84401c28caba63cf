"""Residents in a real browser: without scripts, on a phone, by keyboard, in the elder edition."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from tests.cases.factories import NORTH, TOWN, VILLAGE, City
from tests.e2e.conftest import Opened
from tests.web.public.factories import PNG

SETTLED = "#id_where:not(.htmx-added)"
PHOTO = {"name": "欠条.png", "mimeType": "image/png", "buffer": PNG}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PAGES = ["/", "/ask/", "/ask/notary/", "/ask/wage/", "/guide/exam/", "/follow/", "/opinion/", "/privacy/"]
PAGES += ["/accessibility/", "/stations/", f"/stations/{NORTH}/", "/nowhere/"]

# Targets below the size of the edition; links inside a sentence are exempt, as WCAG 2.5.8 has it.
TOO_SMALL = """least => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
.filter(e => {
  const style = getComputedStyle(e), box = (e.closest('label') || e).getBoundingClientRect();
  if (!box.width || e.type === 'hidden' || style.visibility === 'hidden' || e.closest('.skip')) return false;
  if (style.display === 'inline' || e.closest('.c-clock')) return false;
  return box.height < least - 0.5 || box.width < least - 0.5;
}).map(e => e.outerHTML.slice(0, 80))"""
FOCUSED = "document.activeElement.name || document.activeElement.textContent.trim()"
SMALL_TEXT = """least => [...document.querySelectorAll('body *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getBoundingClientRect().width > 1
  && !['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName) && !e.closest('[aria-hidden]')
  && parseFloat(getComputedStyle(e).fontSize) < least
).map(e => e.outerHTML.slice(0, 80))"""


def the_case() -> Case:
    """What stands in the database now; the server wrote it on a connection of its own."""
    connection.close()
    return Case.objects.latest("id")


def violations(page: Page) -> list[str]:
    """What axe finds; its half a megabyte of script is put into a page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("async options => (await axe.run(options)).violations", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html'][:90]}" for v in found]


def ask(page: Page, text: str = "干了三个月，老板不给工钱") -> Case:
    page.goto("/ask/")
    page.fill("[name=text]", text)
    page.select_option("[name=county]", NORTH)
    page.fill("[name=phone]", "13812345678")
    page.check("[name=agree_handle]")
    page.click("button:has-text('交给我们')")
    page.wait_for_selector(".c-plate__number")
    return the_case()


def follow(page: Page, case: Case) -> None:
    page.goto("/follow/")
    page.fill("#id_number", case.number)
    page.fill("#id_secret", "5678")
    page.click("main button[type=submit]")
    page.wait_for_selector(".c-road")


def test_the_whole_way_without_scripts_on_a_phone(city: City, opened: Opened) -> None:
    page = opened(360, js=False).new_page()
    page.goto("/")
    page.fill("#say", "没有脚本也能办")
    page.click("button:has-text('下一步')")
    page.select_option("[name=county]", NORTH)
    page.click("button:has-text('列出下一级')")
    page.select_option("[name=town]", TOWN)
    page.click("button:has-text('列出下一级')")
    page.select_option("[name=village]", VILLAGE)
    assert page.input_value("[name=text]") == "没有脚本也能办"
    page.fill("[name=phone]", "138 1234 5678")
    page.check("[name=agree_handle]")
    page.click("button:has-text('交给我们')")
    case = the_case()
    assert page.inner_text(".c-plate__number").replace(" ", "") == case.number
    assert case.region_id == VILLAGE

    page.click("button:has-text('看看办到哪了')")
    work.ask(case=case, by=city.alice.actor, text="请补身份证", papers=["身份证"])
    page.reload()
    assert "请补身份证" in page.inner_text("main")
    page.check("[name=papers]")
    page.set_input_files("#id_attachments", PHOTO)
    page.click("button:has-text('发出去')")
    assert "收到了" in page.inner_text("[role=status]")

    work.answer(case=case, by=city.alice.actor, text="可以申请劳动仲裁。", laws=["劳动合同法第三十条"])
    page.reload()
    assert "可以申请劳动仲裁" in page.inner_text("main")
    page.check("[name=grade][value='5']")
    page.click("button:has-text('交评价')")
    assert "谢谢您的评价" in page.inner_text("[role=status]")
    case = the_case()
    assert case.told_at and case.rating.grade == 5 and case.attachments.count() == 1


def test_a_resident_withdraws_without_scripts(city: City, opened: Opened) -> None:
    page = opened(360, js=False).new_page()
    case = ask(page)
    follow(page, case)
    page.click("text=不想办了")
    page.fill("[name=reason]", "已经给钱了")
    page.click("button:has-text('撤回这件事')")
    assert "已经撤回" in page.inner_text("[role=status]")
    assert the_case().state == "withdrawn"


def test_the_picker_fetches_the_next_list_and_keeps_what_was_typed(city: City, opened: Opened) -> None:
    page = opened().new_page()
    page.goto("/ask/")
    page.fill("[name=text]", "写到一半")
    page.select_option("[name=county]", NORTH)
    page.wait_for_selector(f"{SETTLED} [name=town]")
    page.select_option("[name=town]", TOWN)
    page.wait_for_selector(f"{SETTLED} [name=village]")
    page.fill("[name=place_q]", "裕民")
    page.click(".c-regions__found button")
    page.wait_for_selector(f"[name=village] option[selected][value='{VILLAGE}']", state="attached")
    assert page.input_value("[name=text]") == "写到一半"


def test_a_draft_outlives_a_reload_and_ends_with_the_number(city: City, opened: Opened) -> None:
    page = opened().new_page()
    page.goto("/ask/")
    page.type("[name=text]", "断网以前写的")
    page.wait_for_selector("[data-draft-saved]:not(:empty)")
    page.reload()
    assert page.input_value("[name=text]") == "断网以前写的"
    ask(page, "断网以前写的")
    page.goto("/ask/")
    assert page.input_value("[name=text]") == ""


def test_a_matter_is_handed_in_by_keyboard_alone(city: City, opened: Opened) -> None:
    page = opened().new_page()
    page.goto("/ask/")

    def tab_to(name: str) -> None:
        for _press in range(60):
            page.keyboard.press("Tab")
            if (
                page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
                == name
            ):
                return
        raise AssertionError(f"{name} is not reached by Tab")

    tab_to("text")
    page.keyboard.type("只用键盘")
    tab_to("county")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("[name=town]")
    tab_to("phone")
    page.keyboard.type("13812345678")
    tab_to("agree_handle")
    page.keyboard.press("Space")
    tab_to("交给我们")
    page.keyboard.press("Enter")
    page.wait_for_selector(".c-plate__number")
    assert the_case().text == "只用键盘"


def test_errors_take_the_focus_and_lead_to_their_fields(city: City, opened: Opened) -> None:
    page = opened(360).new_page()
    page.goto("/ask/")
    page.click("button:has-text('交给我们')")
    page.wait_for_selector(".c-errors")
    assert page.evaluate("document.activeElement.className") == "c-errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("写在这里")
    assert page.input_value("[name=text]") == "写在这里"


@pytest.mark.parametrize(("width", "elder"), [(360, False), (1280, False), (360, True), (1280, True)])
def test_every_page_is_accessible_and_fits(city: City, opened: Opened, width: int, elder: bool) -> None:
    page = opened(width, elder=elder, bypass_csp=True).new_page()
    wrong: dict[str, object] = {}

    def look(name: str) -> None:
        found = violations(page) + page.evaluate(TOO_SMALL, 60 if elder else 44)
        found += page.evaluate(SMALL_TEXT, 24) if elder else []
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the screen")
        if found:
            wrong[name] = found

    for url in PAGES:
        page.goto(url)
        look(url)
    case = ask(page)
    look("done")
    page.goto(page.url + "slip/")
    look("slip")
    follow(page, case)
    look("received")
    case = work.ask(case=case, by=city.alice.actor, text="请补身份证", papers=["身份证"])
    work.answer(case=case, by=city.alice.actor, text="可以申请劳动仲裁。", laws=["劳动合同法第三十条"])
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    look("answered")
    page.goto(f"/follow/{case.number}/withdraw/")
    look("withdraw")
    assert wrong == {}
