"""Mediation from the phone to the court, and in vain: resident, clerk and mediator, each by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.mediation import actions
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, City
from tests.e2e.conftest import Opened
from tests.e2e.served import follow, plate, verb
from tests.e2e.test_aid import MOST_PAGES, MOST_TOUCHES, Thumb, patient
from tests.e2e.test_desk import enter
from tests.mediation import factories as made
from tests.people.factories import make_user


@pytest.fixture
def ready(city: City) -> City:
    actions.prepare(by=SYSTEM)
    made.mediator(city)
    return city


def request_by_thumb(opened: Opened) -> str:
    """A resident asks on a phone; every touch and page is counted. Gives the number."""
    page = patient(opened(360).new_page())
    thumb = Thumb(page)
    page.goto("/ask/mediation/")
    thumb.does("fill", "textarea[name=text]", "邻居把界石挪了，吵了两年。")
    thumb.does("fill", "input[name=other_name]", "钱大河")
    thumb.does("fill", "input[name=other_phone]", "13900002222")
    thumb.does("select_option", "select[name=dispute]", "neighbour")
    thumb.does("select_option", "select[name=county]", NORTH)
    thumb.does("fill", "input[name=phone]", "13812345678")
    thumb.does("fill", "input[name=name]", "赵福山")
    thumb.does("click", "button.btn-primary[type=submit]")
    expect(page.locator("h1")).to_contain_text("收到了")
    assert thumb.touches <= MOST_TOUCHES and thumb.pages <= MOST_PAGES, (thumb.touches, thumb.pages)
    return plate(page)


def first(page: Page, number: str, code: str, name: str) -> str:
    """The first choice that a verb's form offers."""
    page.goto(f"/desk/cases/{number}/{code}/")
    return str(page.locator(f"#case [name={name}]").first.get_attribute("value"))


def prepared(city: City, opened: Opened, number: str) -> tuple[Page, Page]:
    """The clerk takes it up, both agree, a mediator is named: the desks of clerk and mediator."""
    clerk = patient(enter(opened(1280), city.alice))
    clerk.goto(f"/desk/cases/{number}/take_up/")
    clerk.click("#case form button[type=submit] >> nth=0")
    expect(clerk.locator("main [role=status]").first).to_be_visible()
    for _party in range(2):
        clerk.goto(f"/desk/cases/{number}/med_agree/")
        for name in ("party", "how", "told_rights"):
            clerk.locator(f"#case [name={name}]").first.check()
        clerk.click("#case form button[type=submit] >> nth=0")
        expect(clerk.locator("main [role=status]").first).to_be_visible()
    verb(clerk, number, "med_name", worker=first(clerk, number, "med_name", "worker"), named_by="committee")
    worker = made.mediator(city)
    leader = make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name="孙和")
    return clerk, patient(enter(opened(1280), leader))


def test_mediated_and_confirmed_by_the_court(opened: Opened, ready: City) -> None:
    number = request_by_thumb(opened)
    clerk, leader = prepared(ready, opened, number)
    now, due = timezone.localtime(), timezone.localdate() + timedelta(days=9)
    verb(leader, number, "med_hold", held_at=f"{now:%Y-%m-%dT%H:%M}", place="村委会", minutes="量了地。")
    verb(
        leader, number, "med_draft", facts="界石被移动。", duty="有过错。", content="界石立回，赔八百元。",
        what_1="付八百元", due_1=f"{due}",
    )  # fmt: skip
    for _mark in range(4):
        who = first(clerk, number, "med_sign", "who")
        verb(clerk, number, "med_sign", who=who, mark="stamp" if who == "seal" else "ink")
    expect(clerk.locator("#case-mediation")).to_be_visible()
    expect(clerk.locator(".d-aid").first).to_contain_text("还剩 30 天")
    clerk.goto(f"/desk/cases/{number}/med_want/")
    for box in clerk.locator("#case [name=asking]").all():
        box.check()
    clerk.click("#case form button[type=submit] >> nth=0")
    today = f"{timezone.localdate()}"
    verb(clerk, number, "med_filed", court="新抚区人民法院", filed_on=today)
    verb(clerk, number, "med_ruled", confirmed="yes", decided_on=today)
    expect(clerk.locator(".d-aid").first).to_contain_text("法院裁定有效")
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("强制执行")
    case = Case.objects.get(number=number)
    assert (case.stage, case.agreements.get().confirmation) == ("effective", "confirmed")


def test_mediated_in_vain(opened: Opened, ready: City) -> None:
    number = request_by_thumb(opened)
    clerk, leader = prepared(ready, opened, number)
    now = timezone.localtime()
    verb(leader, number, "med_hold", held_at=f"{now:%Y-%m-%dT%H:%M}", place="村委会", minutes="谈不拢。")
    verb(leader, number, "med_fail", reason="差距太大。")
    verb(clerk, number, "tell", how="phone")
    verb(clerk, number, "close")
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("起诉")
    expect(resident.locator("main")).not_to_contain_text("谈不拢。")
    assert Case.objects.get(number=number).state == "closed"
