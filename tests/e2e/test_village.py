"""The village desk in Chromium without a network: for a week, killed, in WeChat, and back."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mingbai.cases.models import Case
from mingbai.servicedays.models import DayRecord
from tests.cases.factories import TOWN, City
from tests.e2e.conftest import _ARGS, _NAMES, WAIT, Opened
from tests.e2e.test_desk import enter
from tests.servicedays.factories import make_days_city, make_team, make_today
from tests.web.desk.pages import signed_in
from tests.wire import Wire, wire

MATTER, WECHAT = "/desk/village/matter/", "Mozilla/5.0 (Linux; Android 14) Chrome/126 MicroMessenger/8.0.50"
KEPT = "[data-kept]"


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_days_city()


class Phone:
    """A Chromium of its own, on a folder and a wire of its own: it can be killed and started again."""

    def __init__(self, browser: Browser, net: Wire, folder: Path) -> None:
        self.kind, self.net, self.folder = browser.browser_type, net, folder
        self.context: BrowserContext | None = None

    def start(self) -> BrowserContext:
        path = next(filter(None, map(shutil.which, _NAMES)))
        self.context = self.kind.launch_persistent_context(
            str(self.folder),
            executable_path=path,
            args=_ARGS,
            base_url=self.net.url,
            viewport={"width": 360, "height": 800},
            locale="zh-CN",
        )
        self.context.set_default_timeout(WAIT)
        return self.context

    def kill(self) -> None:
        """As a phone without memory does it: at once, nothing is closed or written down."""
        mark = f"--user-data-dir={self.folder}".encode()
        lines = {path.parent.name: path for path in Path("/proc").glob("[0-9]*/cmdline")}
        own = [pid for pid, path in lines.items() if mark in _read(path)]
        assert own, "no process of this phone"
        for pid in own:
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert self.context is not None
        try:
            self.context.close()
        except Exception:  # noqa: BLE001,S110  what is left of a killed browser may say anything
            pass
        self.context = None
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended
        return b""


@pytest.fixture
def phone(browser: Browser, live_server: Any, tmp_path: Path) -> Iterator[Phone]:
    with wire(live_server.thread.port) as net:
        phone = Phone(browser, net, tmp_path / "phone")
        yield phone
        if phone.context is not None:
            phone.context.close()


def sign_in(context: BrowserContext, city: City) -> None:
    session = signed_in(city.alice).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}
    context.add_cookies([cookie])  # type: ignore[list-item]


def see_home(page: Page) -> None:
    """The page that takes all forms onto the phone, until it has them."""
    page.goto("/desk/village/")
    expect(page.locator(f"{KEPT}[data-ready]")).to_be_attached()


def write(page: Page, text: str, name: str = "赵大山") -> None:
    page.fill("[name=text]", text)
    page.fill("[name=name]", name)
    page.select_option("[name=where]", TOWN)
    page.click("main form button.btn-primary")


def kept(page: Page) -> list[dict[str, Any]]:
    """What lies on the phone, as somebody who has it in hand could read it."""
    script = """async () => {
      const db = await new Promise((ok) => { const asked = indexedDB.open("mingbai-days", 2); asked.onsuccess = () => ok(asked.result); });
      const rows = await new Promise((ok) => { const asked = db.transaction("forms").objectStore("forms").getAll(); asked.onsuccess = () => ok(asked.result); });
      return Promise.all(rows.map(async (row) => ({ ...row, box: row.box && await row.box.text() })));
    }"""  # noqa: E501
    return list(page.evaluate(script))


def test_a_week_in_the_mountains_with_a_killed_browser_loses_and_doubles_nothing(
    city: City, phone: Phone
) -> None:
    today = make_today(city, make_team(city))
    context = phone.start()
    sign_in(context, city)
    see_home(context.new_page())
    phone.net.cut()
    page = context.new_page()
    page.goto(MATTER)
    write(page, "第一件，工钱要不回来")
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    page.fill("[name=text]", "第二件，只写了一半")
    page.wait_for_timeout(1200)  # the draft is saved a moment after the last key
    phone.kill()

    context = phone.start()
    page = context.new_page()
    page.clock.set_fixed_time(timezone.now() + timedelta(days=8))
    page.goto(MATTER)
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    expect(page.locator("[name=text]")).to_have_value("第二件，只写了一半")
    write(page, "第二件，现在写完了", "钱二")
    expect(page.locator(KEPT)).to_contain_text("2 张表还在这部手机上")
    page.goto(f"/desk/days/{today.pk}/stand/")
    page.check("[name=kind][value=consultation]")
    page.fill("[name=text]", "服务日问的")
    page.fill("[name=answer]", "先去劳动监察。")
    page.click("button:has-text('记下')")
    expect(page.locator(KEPT)).to_contain_text("3 张表还在这部手机上")
    lying = repr(kept(page))
    assert not [word for word in ("赵大山", "工钱", "钱二", "服务日问的") if word in lying]
    assert not Case.objects.exists()

    phone.net.mend()
    sign_in(context, city)
    page = context.new_page()
    page.goto("/desk/village/")
    expect(page.locator(KEPT)).to_contain_text("编号")
    expect(page.locator(KEPT)).to_contain_text("都送到了")
    texts = sorted(case.text for case in Case.objects.all())
    assert texts == ["服务日问的", "第一件，工钱要不回来", "第二件，现在写完了"]
    assert DayRecord.objects.count() == 1
    page.reload()
    assert Case.objects.count() == 3


def test_an_answer_that_is_lost_is_asked_for_again_and_taken_once(city: City, opened: Opened) -> None:
    context = opened(360)
    page = enter(context, city.alice)
    see_home(page)
    context.set_offline(True)
    page.goto(MATTER)
    write(page, "只有一件")
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    lost = []

    def lose(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.fetch())  # the house has it; the phone never hears so
            route.abort()
        else:
            route.continue_()

    page.route("**/kept/send/", lose)
    context.set_offline(False)
    for _time in range(3):
        page.click("button:has-text('现在送出')")
        page.wait_for_timeout(300)
        if page.locator("button:has-text('现在送出')").count() == 0:
            break
    expect(page.locator(KEPT)).to_contain_text("编号")
    assert len(lost) == 2 and Case.objects.count() == 1


def test_what_was_refused_is_opened_put_right_and_sent(city: City, opened: Opened) -> None:
    context = opened(360)
    page = enter(context, city.alice)
    see_home(page)
    context.set_offline(True)
    page.goto(MATTER)
    page.fill("[name=phone]", "12")
    write(page, "电话写错了")
    context.set_offline(False)
    expect(page.locator(KEPT)).to_contain_text("没有收下")
    page.click("button:has-text('打开改')")
    expect(page.locator("[name=text]")).to_have_value("电话写错了")
    page.fill("[name=phone]", "13987650001")
    page.click("main form button.btn-primary")
    expect(page.locator(KEPT)).to_contain_text("编号")
    assert Case.objects.get().text == "电话写错了"


def test_another_person_on_the_same_phone_neither_sends_nor_sees_it(city: City, opened: Opened) -> None:
    context = opened(360)
    page = enter(context, city.alice)
    see_home(page)
    context.set_offline(True)
    page.goto(MATTER)
    write(page, "甲写的")
    expect(page.locator(KEPT)).to_contain_text("1 张表还在这部手机上")
    context.clear_cookies()
    context.set_offline(False)
    page = enter(context, city.charlie)
    page.goto(MATTER)
    expect(page.locator(KEPT)).to_contain_text("1 张是别人在这部手机上存的")
    assert not Case.objects.exists()
    context.clear_cookies()
    page = enter(context, city.alice)
    page.goto("/desk/village/")
    expect(page.locator(KEPT)).to_contain_text("编号")
    assert Case.objects.get().text == "甲写的"


def test_in_wechat_the_page_says_so_and_keeps_a_draft(city: City, opened: Opened) -> None:
    context = opened(414, user_agent=WECHAT)
    page = enter(context, city.alice)
    page.goto(MATTER)
    expect(page.locator(KEPT)).to_contain_text("在浏览器打开")
    page.fill("[name=text]", "在微信里写的")
    context.set_offline(True)
    page.click("main form button.btn-primary")
    expect(page.locator(KEPT)).to_contain_text("只留草稿")
    assert kept(page) == [] and not Case.objects.exists()
    context.set_offline(False)
    page.goto(MATTER)
    expect(page.locator("[name=text]")).to_have_value("在微信里写的")
