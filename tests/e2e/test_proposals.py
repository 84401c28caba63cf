"""What a text proposes is taken by key: while it is written (desk and seat), and beside the matter."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import switch
from mingbai.hotline.enums import Busy
from mingbai.knowledge.models import Label
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City, make_case, make_taken
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.hotline.factories import PHONE, make_call, put_through, take_seat
from tests.knowledge.factories import bring, make_answer
from tests.people.factories import make_user, make_worker

TEXT = "没钱请律师，想申请法律援助，公司拖欠工资"


def chosen(page: Page, name: str) -> str:
    return str(page.eval_on_selector(f"#id_{name}", "field => field.value"))


def test_at_the_desk_a_proposal_is_taken_without_leaving_the_text(city: City, opened: Opened) -> None:
    page = enter(opened(1440), city.alice)
    page.goto("/desk/new/")
    page.locator("#id_text").press_sequentially(TEXT)
    expect(page.locator("#proposed li")).to_have_count(2)
    expect(page.locator("#proposed")).to_contain_text("文字里有")
    page.keyboard.press("Alt+1")
    expect(page.locator("#proposed li")).to_have_count(1)
    assert chosen(page, "kind") == "legal_aid" and chosen(page, "topic") == ""
    assert page.input_value("#id_text") == TEXT
    page.keyboard.press("Alt+1")
    expect(page.locator("#proposed li")).to_have_count(0)
    assert chosen(page, "topic") == "labour" and not Case.objects.exists()
    # A digit alone is a digit of the text; and no key takes what is not there.
    page.focus("#id_text")
    page.keyboard.press("End")
    page.keyboard.type("1")
    page.keyboard.press("Alt+3")
    assert page.input_value("#id_text") == f"{TEXT}1" and chosen(page, "kind") == "legal_aid"
    assert not Axe().run(page).response["violations"]


def test_beside_a_matter_each_proposal_has_its_key(city: City, opened: Opened) -> None:
    case = make_taken(city, text=f"{TEXT}，很急")
    page = enter(opened(1440), city.alice)
    page.goto(f"/desk/cases/{case.number}/")
    expect(page.locator("button[data-key='1']")).to_have_text(re.compile("对"))
    assert page.locator("button[data-key]").count() == 3
    page.keyboard.press("1")
    expect(page.locator("body")).to_contain_text("已定主题")
    page.goto(f"/desk/cases/{case.number}/")
    urgent = page.locator("button[name=urgent][data-key]")
    page.keyboard.press(urgent.get_attribute("data-key") or "")
    expect(page.locator("body")).to_contain_text("已定急不急")
    case.refresh_from_db()
    assert (case.topic, case.is_urgent, case.kind) == ("labour", True, "consultation")
    assert {row.field: row.label for row in Label.objects.all()} == {"topic": "labour", "urgency": "urgent"}


def test_at_the_seat_law_and_proposals_follow_the_text_and_the_call_keeps_its_matter(
    city: City, opened: Opened
) -> None:
    bring(), make_answer(question="公司拖欠工资怎么办")
    worker = make_worker(city.stations[CITY], "柳青")
    agent = make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=worker, name="柳青")
    call, seat = make_call("queued"), take_seat(worker)
    put_through(call, seat)
    switch.note(by=SYSTEM, key=call.channel, step="answered", at=call.queued_at, seat="seat-1")
    put_through(call, seat, Busy.WRAP)
    page = enter(opened(1440), agent)
    page.goto(f"/seat/calls/{call.pk}/")
    page.locator(".s-call [name=text]").press_sequentially(TEXT)
    expect(page.locator("#useful")).to_contain_text("拖欠工资怎么办")
    expect(page.locator("#proposed li")).to_have_count(2)
    page.keyboard.press("Alt+1")
    expect(page.locator("#proposed li")).to_have_count(1)
    assert page.input_value(".s-call [name=phone]").replace(" ", "") == PHONE
    page.keyboard.press("Alt+1")
    expect(page.locator("#proposed li")).to_have_count(0)
    page.select_option(".s-call [name=county]", NORTH)
    page.check(".s-call input[name=ending][value=route]")  # legal aid is decided on paper, not on the line
    page.keyboard.press("F8")
    expect(page.locator(".s-given")).to_contain_text("把编号念给他听")
    call.refresh_from_db()
    assert (call.case.kind, call.case.topic, Case.objects.count()) == ("legal_aid", "labour", 1)


def test_a_risk_beside_a_matter_is_reported_with_one_key(city: City, opened: Opened) -> None:
    case: Any = make_case(text="老公喝了酒就打我，昨天又动手，我想离婚")
    page = enter(opened(1440), city.alice)
    page.goto(f"/desk/cases/{case.number}/")
    risks = page.locator("#case-risks")
    expect(risks).to_contain_text("暴力伤害")
    expect(risks.locator("a[href='tel:110']")).to_be_visible()
    risks.locator("form button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#case-risks")).to_contain_text("报告给公安机关")
