"""A visit to a village, written down in Chromium with the wire cut: kept, closed, sent once, counted once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mingbai.core.actor import SYSTEM
from mingbai.figures.queries import Counter
from mingbai.figures.rules import Period
from mingbai.oversight.actions import prepare
from mingbai.oversight.models import VillageVisit
from mingbai.people.enums import Post
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import TOWN, VILLAGE, City, make_city
from tests.e2e.conftest import WAIT
from tests.e2e.test_village import KEPT, kept, see_home
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import signed_in
from tests.wire import Wire, wire

TRIP = "/desk/oversight/villages/trip/"


@pytest.fixture
def city(transactional_db: None) -> City:
    city = make_city()
    prepare(by=SYSTEM)
    return city


@pytest.fixture
def adviser(city: City) -> User:
    worker = make_worker(city.stations[VILLAGE], "顾问", Post.VILLAGE_LAWYER)
    return make_user(RoleCode.VILLAGE_LAWYER, station=city.stations[TOWN], worker=worker)


@pytest.fixture
def net(live_server: Any) -> Iterator[Wire]:
    with wire(live_server.thread.port) as net:
        yield net


@pytest.fixture
def phone(browser: Browser, net: Wire, adviser: User) -> Iterator[BrowserContext]:
    """The adviser's, signed in, with the village desk's forms taken onto it."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, base_url=net.url, locale="zh-CN")
    context.set_default_timeout(WAIT)
    session = signed_in(adviser).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}]
    )
    see_home(context.new_page())
    yield context
    context.close()


def write(page: Page, people: str) -> None:
    page.select_option("[name=where]", VILLAGE)
    page.check("[name=kind][value=lecture]")
    page.fill("[name=hours]", "2.5")
    page.fill("[name=people]", people)
    page.click("main form button.btn-primary")


def test_a_visit_without_a_network_is_kept_sent_once_and_counted_once(
    phone: BrowserContext, net: Wire
) -> None:
    net.cut()
    page = phone.new_page()
    page.goto(TRIP)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    write(page, "31")
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    assert page.locator("[name=people]").input_value() == "", "the next visit begins with an empty form"
    lying = repr(kept(page))
    assert not [word for word in (VILLAGE, "lecture") if word in lying]
    assert not VillageVisit.objects.exists()

    net.mend()
    page = phone.new_page()
    page.goto("/desk/village/")
    expect(page.locator(KEPT)).to_contain_text("都送到了")
    page.reload()
    visit = VillageVisit.objects.get()
    assert (visit.region_id, visit.people, visit.on) == (VILLAGE, 31, timezone.localdate())
    today = Counter(Period(visit.on, visit.on))
    assert (today.count("village_visits"), today.count("village_people")) == (1, 31)


def test_a_visit_that_the_house_refuses_is_put_right_on_the_phone(phone: BrowserContext, net: Wire) -> None:
    net.cut()
    page = phone.new_page()
    page.goto(TRIP)
    write(page, "99999")
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    net.mend()
    page = phone.new_page()
    page.goto("/desk/village/")
    expect(page.locator(KEPT)).to_contain_text("没有收下")
    page.click("button:has-text('打开改')")
    page.wait_for_url(f"**{TRIP}**")
    expect(page.locator("[name=people]")).to_have_value("99999")
    page.fill("[name=people]", "9")
    page.click("main form button.btn-primary")
    expect(page.locator(KEPT)).to_contain_text("都送到了")
    assert VillageVisit.objects.get().people == 9
