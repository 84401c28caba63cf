"""A day in the hall, a booking by phone, a reception day: from the first touch to the last answer."""

from datetime import time, timedelta
from itertools import cycle

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mingbai.core.actor import SYSTEM
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.rules import HoursRow
from mingbai.visits.models import Opening, Opinion, Visit
from mingbai.visits.queries.queue import window_key
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, City
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.e2e.test_public import violations
from tests.people.factories import make_clerk
from tests.visits.factories import NAME, PHONE, ahead, make_booking, moment_at, on_working_days

HOME, HALL, RENEWED = "/desk/door/", f"/screen/{NORTH}/", 11_000
BOOKED, WALK_INS = 6, 24


@pytest.fixture(autouse=True)
def _open_day_and_night(city: City) -> None:
    rows = [HoursRow(day, time(0), time(23, 59), on_days_off=True) for day in range(7)]
    places.set_hours(by=SYSTEM, station=city.stations[NORTH], hours=rows)


def sat(opened: Opened, user: User, window: int) -> Page:
    """A clerk who has said at which window they sit."""
    page = enter(opened(1280), user)
    page.goto(HOME)
    page.fill("#sit-window", str(window))
    page.click("button:has-text('记住')")
    return page


def booked_today(city: City) -> list[Visit]:
    """Booked for now, whatever the hour is: as if they had chosen it yesterday."""
    opening = on_working_days(city, capacity=BOOKED)
    who = [Visitor(name=f"{NAME}{n}", phone=f"1380000000{n}") for n in range(BOOKED)]
    rows = [make_booking(opening, moment_at(ahead(), 9), visitor=one, by_staff=True) for one in who]
    now = timezone.now()
    Visit.objects.update(
        on=timezone.localdate(now), starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1)
    )
    return rows


def take_number(kiosk: Page, priority: str = "") -> None:
    kiosk.goto(f"/kiosk/ticket/{NORTH}/")
    if priority:
        kiosk.check(f"[name=priority][value={priority}]")
    kiosk.click("button[value=consultation]")
    kiosk.wait_for_url("**/kiosk/visit/**")


def called(page: Page) -> str:
    """Call the next at this window; the number, "" where nobody waits."""
    page.goto(HOME)
    page.click("button:has-text('叫下一位')")
    number = page.locator("section[aria-labelledby=mine] .h1")
    return number.inner_text() if number.count() else ""


def done(page: Page) -> None:
    page.click("a:has-text('办好，记结果')")
    page.check("[name=line][value=consultation]")
    page.click("[data-letter=j]")
    expect(page.locator("main [role=status]").first).to_contain_text("已记下")


def test_a_day_in_the_hall(city: City, opened: Opened) -> None:
    """Three clerks, the query machine, two screens, thirty visitors: booked, put forward by law, absent."""
    clerks = [city.alice, city.bob, make_clerk(city.stations[NORTH], "dora", "多拉", RoleCode.WINDOW_CLERK)]
    windows = [sat(opened, user, n) for n, user in enumerate(clerks, start=1)]
    kiosk, hall, tablet = opened(1080).new_page(), opened(1280).new_page(), opened(768).new_page()
    for page in (hall, tablet):
        page.clock.install()
    hall.goto(HALL)
    tablet.goto(f"{HALL}1/?key={window_key(NORTH, 1)}")
    booked_today(city)
    for n in range(WALK_INS):
        take_number(kiosk, {5: "elder", 11: "soldier", 17: "disabled"}.get(n, ""))
    windows[0].goto(HOME)
    assert windows[0].locator("button:has-text('到了')").count() == BOOKED
    for _n in range(BOOKED):
        windows[0].locator("button:has-text('到了')").first.click()
    assert Visit.objects.filter(state="waiting").count() == BOOKED + WALK_INS

    order: list[str] = []
    for turn, page in enumerate(cycle(windows)):
        number = called(page)
        if not number:
            break
        order.append(number)
        if turn == 0:
            hall.clock.run_for(RENEWED)
            expect(hall.locator("[data-call]").first).to_contain_text(number)
            assert not violations(hall) and NAME not in hall.content()
        if turn % 8 == 7:
            page.click("button:has-text('过号')")
            if turn == 7:
                page.click("button:has-text('回来了')")
            continue
        done(page)
        if page is windows[0] and turn < 9:
            tablet.clock.run_for(RENEWED)
            expect(tablet.locator(".s-grades")).to_be_visible()
            assert not violations(tablet) and city.alice.worker.name in tablet.content()
            tablet.click(".s-grades button >> nth=0")
            expect(tablet.locator("[data-passing]")).to_contain_text("谢谢")
    assert order[:BOOKED] == [f"Y{n:03d}" for n in range(1, BOOKED + 1)], "the booked at their time"
    assert set(order[BOOKED : BOOKED + 3]) == {"A006", "A012", "A018"}, "then who the law puts forward"
    assert len(order) == BOOKED + WALK_INS + 1 and len(set(order)) == BOOKED + WALK_INS, "one came back"
    states = list(Visit.objects.values_list("state", flat=True))
    absent = states.count("absent")
    assert states.count("served") + absent == BOOKED + WALK_INS and absent == len(order) // 8 - 1
    assert Visit.objects.filter(grade__isnull=False).count() == 3 and not Opinion.objects.exists()


def test_a_display_that_was_cut_off_says_so_and_catches_up(city: City, opened: Opened) -> None:
    clerk, hall = sat(opened, city.bob, 2), opened(1280).new_page()
    take_number(opened(1080).new_page())
    hall.clock.install()
    hall.goto(HALL)
    hall.context.set_offline(True)
    hall.clock.run_for(RENEWED)
    expect(hall.locator("[data-state]")).to_contain_text("连接中断")
    assert called(clerk) == "A001"
    hall.context.set_offline(False)
    hall.clock.run_for(RENEWED)
    expect(hall.locator("[data-call]")).to_contain_text("A001")
    expect(hall.locator("[data-state]")).to_be_empty()


def test_a_clerk_who_closes_the_browser_finds_the_number_again(city: City, opened: Opened) -> None:
    take_number(opened(1080).new_page())
    first = sat(opened, city.bob, 2)
    assert called(first) == "A001"
    first.context.close()
    again = sat(opened, city.bob, 2)
    expect(again.locator("section[aria-labelledby=mine]")).to_contain_text("A001")
    done(again)
    assert Visit.objects.get().state == "served"


def test_booked_and_moved_on_a_phone(city: City, opened: Opened) -> None:
    on_working_days(city)
    for js in (True, False):
        page = opened(360, js=js).new_page()
        page.goto("/book/?kind=booking&line=consultation")
        page.locator("main a[href*='/book/']").first.click()
        page.fill("[name=phone]", PHONE)
        page.click("main form .btn-primary")
        expect(page.locator("#code + p")).to_be_visible()
        before = page.locator("h1").inner_text()
        page.click("a:has-text('改期')")
        if js:
            assert not violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.locator("main form [name=slot]").last.click()
        expect(page.locator("#code + p")).to_be_visible()
        assert page.locator("h1").inner_text() != before
    assert Visit.objects.filter(state="booked").count() == 2


def test_a_reception_day_from_booking_to_the_answer(city: City, opened: Opened) -> None:
    on_working_days(city, kind="reception", receives="分管领导", lines=())
    page = opened(360).new_page()
    page.goto("/book/?kind=reception")
    page.locator("main a[href*='/book/']").first.click()
    page.fill("[name=phone]", PHONE)
    page.fill("[name=text]", "乡镇公证次数太少")
    page.click("main form .btn-primary")
    visit = Visit.objects.get()
    desk = enter(opened(1280), city.alice)
    desk.goto(f"{HOME}reception/?on={visit.on}")
    expect(desk.locator("section[aria-labelledby=sheet]")).to_contain_text("乡镇公证次数太少")
    assert not violations(desk)
    desk.click("a:has-text('记谈话和意见')")
    desk.fill("[name=said]", "领导答应研究")
    desk.fill("[name=opinion]", "每月增加一次上门公证")
    desk.select_option("[name=owner]", city.owner.code)
    desk.click("main form .btn-primary")
    expect(desk.locator("section[aria-labelledby=opinions]")).to_contain_text("每月增加一次上门公证")
    case = Opinion.objects.get().case
    desk.goto(f"/desk/cases/{case.number}/answer/")
    desk.fill("#case [name=text]", "从下月起每月两次。")
    desk.click("#case form button[type=submit] >> nth=0")
    expect(desk.locator("main [role=status]").first).to_be_visible()
    case.refresh_from_db()
    assert case.state == "answered" and Opening.objects.count() == 1
    page.goto("/follow/")
    page.fill("[name=number]", case.number)
    page.fill("[name=secret]", PHONE[-4:])
    page.click("main form button[type=submit] >> nth=0")
    expect(page.locator("main")).to_contain_text("从下月起每月两次")
