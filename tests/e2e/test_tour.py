"""A tour of home visits in a real browser: taken along, held off line, sent once, wiped."""

import json

from playwright.sync_api import Page, expect

from mingbai.visits.models import Visit
from tests.cases.factories import City
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.visits.factories import NAME, PHONE, make_home_visits

TOUR, PIN = "/desk/door/tour/", "240513"
DATABASES = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
    for (const store of db.objectStoreNames) rows.push(...await new Promise((done) => {
      db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result); }));
    db.close();
  }
  return JSON.stringify(rows, (_k, v) => (v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v));
}"""


def stored(page: Page) -> str:
    """All that this browser's databases hold, as text."""
    return str(page.evaluate(DATABASES))


def unlock(page: Page, pin: str = PIN) -> None:
    page.fill("#pin", pin)
    page.click("#tour-pin button")


def test_a_tour_off_line_and_back(city: City, opened: Opened) -> None:
    visits = make_home_visits(city, ["41.88,123.95", "41.95,123.95"])
    context = opened(360)
    page = enter(context, city.bob)
    page.goto("/desk/door/homes/")
    page.click("text=按时间和远近排")
    page.click("text=带到手机上")
    expect(page.locator("[data-kept][data-ready]")).to_have_count(1)  # the page itself is kept
    page.click("#tour-choice button")
    unlock(page)
    expect(page.locator("#tour-stops > li")).to_have_count(2)
    expect(page.locator("#tour-stops")).to_contain_text(PHONE)
    assert NAME not in stored(page) and PHONE not in stored(page) and "永宁街" not in stored(page)

    context.set_offline(True)
    page.goto(TOUR)
    expect(page.locator("#tour-pin")).to_be_visible()
    assert "永宁街" not in page.content()
    unlock(page, "000000")
    expect(page.locator("#tour-said")).to_contain_text("PIN 不对")
    unlock(page)
    stops = page.locator("#tour-stops > li")
    stops.nth(0).locator("summary").nth(0).click()
    stops.nth(0).locator("[name=outcome]").select_option("accepted")
    stops.nth(0).locator("[name=said]").fill("遗嘱已经签好")
    stops.nth(0).locator("button:visible").click()
    expect(stops.nth(0)).to_contain_text("已记，等着送出")
    stops.nth(1).locator("summary").nth(1).click()
    stops.nth(1).locator("[name=reason]").fill("敲门没有人")
    stops.nth(1).locator("button:visible").click()
    expect(page.locator("[data-kept]")).to_contain_text("2 张表还在这部手机上")
    assert "遗嘱已经签好" not in stored(page) and "敲门没有人" not in stored(page)
    assert {visit.state for visit in Visit.objects.all()} == {"booked"}

    context.set_offline(False)
    page.goto(TOUR)
    expect(page.locator("#tour-pin")).to_be_visible()
    unlock(page)
    expect(page.locator("#tour-said")).to_contain_text("手机上的资料已清掉")
    assert json.loads(stored(page)) == []
    first, second = Visit.objects.order_by("tour_seq")
    assert (first.state, first.said) == ("served", "遗嘱已经签好")
    assert (second.state, second.reason) == ("no_show", "敲门没有人") and len(visits) == 2
    page.reload()
    expect(page.locator("#tour-said")).to_contain_text("今天没有要上门的")


def test_five_wrong_pins_and_another_day_wipe_it(city: City, opened: Opened) -> None:
    make_home_visits(city, [""])
    context = opened(360)
    page = enter(context, city.bob)
    page.goto(TOUR)
    page.click("#tour-choice button")
    unlock(page)
    expect(page.locator("#tour-stops > li")).to_have_count(1)
    page.reload()
    for _n in range(5):
        expect(page.locator("#tour-pin button")).to_be_enabled()
        unlock(page, "111111")
        expect(page.locator("#tour-pin button")).to_be_disabled()
    expect(page.locator("#tour-said")).to_contain_text("错了五次")
    assert json.loads(stored(page)) == []

    page.evaluate("""() => new Promise((done) => { indexedDB.open("mingbai-tour").onsuccess = (e) => {
      const rows = e.target.result.transaction("tour", "readwrite").objectStore("tour");
      const old = { id: "tour", on: "2001-01-01", data: new ArrayBuffer(8), iv: 0, salt: 0 };
      rows.put(old).onsuccess = done; }; })""")
    page.reload()
    expect(page.locator("#tour-said")).to_contain_text("不是今天的路单")
    assert json.loads(stored(page)) == []
