"""Legal aid from first word to end: resident, clerk, reviewer, lawyer, bureau, each signed in apart."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.legalaid.models import Application
from mingbai.people.enums import Post
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, City
from tests.e2e.conftest import Opened
from tests.e2e.hands import Hands, keys_of
from tests.e2e.served import follow, plate, verb
from tests.e2e.test_aid import patient
from tests.e2e.test_desk import enter
from tests.people.factories import make_user, make_worker

MOST_SECONDS = 120
TODAY = f"{timezone.localdate()}"


@pytest.fixture
def ready(city: City) -> City:
    actions.prepare(by=SYSTEM)
    return city


@pytest.fixture
def lawyer(ready: City) -> User:
    worker = make_worker(ready.stations[NORTH], "甲律师", Post.LAWYER)
    actions.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2010, 1, 1))
    return make_user(RoleCode.PRACTITIONER, station=ready.stations[NORTH], worker=worker, name="甲律师")


def desk(opened: Opened, user: User) -> Page:
    return patient(enter(opened(1440), user))


def at_the_window(page: Page) -> tuple[str, Hands]:
    """A clerk writes down a whole application; the number, and what the hands did."""
    hands = Hands(page)
    page.goto("/desk/new/?kind=legal_aid")
    hands.types("[name=phone]", "13812345678")
    hands.types("[name=name]", "赵福山")
    hands.presses("summary:has-text('身份证号')")
    hands.types("[name=id_number]", "210402196503121527")
    hands.types("[name=text]", "在工地干了三个月，老板不给工钱，电话也不接。")
    hands.presses("[name=ending][value=keep]")
    hands.presses("button:has-text('保存并给出编号')")
    number = plate(page)
    hands.presses("a:has-text('接着填申请内容')")
    hands.picks("[name=matter]", "wage")
    hands.presses("[name=shown][value=commitment]")
    hands.types("[name=income]", "900")
    hands.types("[name=heads]", "3")
    hands.types("[name=opponent]", "宏达建筑公司")
    hands.presses("#case form button[type=submit]")
    expect(page.locator("main [role=status]").first).to_contain_text("已记下")
    return number, hands


def applied(opened: Opened, city: City) -> str:
    return at_the_window(desk(opened, city.bob))[0]


def stage_of(number: str) -> str:
    return Case.objects.get(number=number).stage


def test_a_clerk_needs_two_minutes_of_keys_and_pointer(opened: Opened, ready: City) -> None:
    number, hands = at_the_window(desk(opened, ready.bob))
    own = Application.objects.select_related("case").get(case__number=number)
    assert (own.matter, own.claim, own.shown, own.opponent) == (
        "wage",
        "hardship",
        "commitment",
        "宏达建筑公司",
    )
    assert own.case.party is not None and own.case.party.id_number
    print(f"clerk: {hands.keys} keys, {hands.points} moves, {hands.seconds:.0f} s")
    assert hands.keys > 100, "what was typed was counted"
    assert hands.seconds <= MOST_SECONDS, (hands.keys, hands.points, hands.seconds)


@pytest.mark.parametrize(("text", "keys"), [("900", 3), ("赵福山", 10 + 2), ("A村", 1 + 3 + 1), ("", 0)])
def test_keys_of_a_text(text: str, keys: int) -> None:
    assert keys_of(text) == keys


def test_granted_assigned_worked_closed_and_followed(opened: Opened, ready: City, lawyer: User) -> None:
    number = applied(opened, ready)
    reviewer, own = desk(opened, ready.users[RoleCode.AID_REVIEWER]), desk(opened, lawyer)
    verb(reviewer, number, "aid_grant")
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("给予法律援助")
    verb(reviewer, number, "aid_assign")
    verb(own, number, "aid_report", step="result", happened_on=TODAY, text="法院判了，支付工资。")
    verb(own, number, "aid_closing", text="判决支付工资一万八千元。", hours="6")
    verb(reviewer, number, "aid_finish", text="官司赢了，钱由法院执行。")
    verb(reviewer, number, "tell", how="phone")
    verb(reviewer, number, "close")
    assert stage_of(number) == "closed"
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("官司赢了")


def test_refused_by_two_and_the_objection_upheld_by_the_bureau(opened: Opened, ready: City) -> None:
    number = applied(opened, ready)
    reviewer, head = desk(opened, ready.users[RoleCode.AID_REVIEWER]), desk(opened, ready.alice)
    verb(reviewer, number, "aid_refuse", reason="收入高于标准，也没有大笔支出。")
    reviewer.goto(f"/desk/cases/{number}/aid_confirm/")
    assert reviewer.locator("#case form button:has-text('不予')").count() == 0, "four eyes"
    verb(head, number, "aid_confirm")
    verb(head, number, "tell", how="phone")
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    resident.goto(f"/follow/{number}/objection/")
    resident.fill("[name=text]", "我家没有这么多收入，老伴常年看病。")
    resident.click("button:has-text('交给司法局')")
    expect(resident.locator("main")).to_contain_text("异议")
    bureau = desk(opened, ready.supervisor)
    verb(bureau, number, "aid_judge", outcome="ordered", answer="医疗支出应当扣除，责令改正。")
    assert stage_of(number) == "granted"
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("责令改正")


def test_urgent_aid_comes_first_and_its_papers_after(opened: Opened, ready: City) -> None:
    number = applied(opened, ready)
    reviewer = desk(opened, ready.users[RoleCode.AID_REVIEWER])
    verb(reviewer, number, "aid_first", hurry="limit", reason="仲裁时效三天后届满。")
    assert stage_of(number) == "granted"
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    expect(resident.locator("main")).to_contain_text("先行提供法律援助")
    reviewer.goto(f"/desk/cases/{number}/")
    expect(reviewer.locator("main")).to_contain_text("补办手续")
    verb(reviewer, number, "aid_papers")
    assert not Case.objects.get(number=number).clocks.filter(rule__code="aid_papers_debt", done_at=None)


def test_a_wrong_place_is_sent_on_with_a_phone_and_never_refused(opened: Opened, ready: City) -> None:
    number = applied(opened, ready)
    reviewer = desk(opened, ready.users[RoleCode.AID_REVIEWER])
    verb(
        reviewer, number, "aid_transfer", office="沈阳市法律援助中心", phone="024-12348",
        reason="案件由沈阳市的法院审理。",
    )  # fmt: skip
    assert stage_of(number) == "transferred"
    resident = patient(opened(360).new_page())
    follow(resident, number, "5678")
    main = resident.locator("main")
    expect(main).to_contain_text("沈阳市法律援助中心")
    expect(main).to_contain_text("024-12348")
