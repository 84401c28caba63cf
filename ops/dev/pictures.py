"""`make pictures`: the README's pictures, taken in Chromium of a fresh demo city that goes again."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
MOST_BYTES = 250_000
START, ANSWER = 60, 1
WARNS = "老公喝了酒就打我，昨天又动手，我想离婚，孩子五岁。"
PHONE, TEXT = "13804135678", "在工地干了三个月，包工头说没钱，工资一直没给，电话也不接了。"


def main() -> int:
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        print("no Chromium on this machine: no pictures", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mingbai-pictures-") as folder:
        with demo(Path(folder)) as (url, password, code), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            take(browser, url, password, code)
            browser.close()
    return too_large()


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str, Callable[[str], str]]]:
    """A demo city served on a free port: its address, its people's password and their codes of the moment."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "MINGBAI_KEY")}
    environment |= {"MINGBAI_DATA": str(folder), "MINGBAI_KEY": secrets.token_hex(32), "PORT": str(port)}
    manage = [sys.executable, str(ROOT / "manage.py")]
    told = subprocess.run([*manage, "demo"], env=environment, cwd=ROOT, capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(told.stderr)
    password = re.search(r"demo-[0-9a-f]+", told.stdout)
    assert password is not None

    def code(user: str) -> str:
        shown = [*manage, "demo", "--code", user]
        return subprocess.run(shown, env=environment, cwd=ROOT, capture_output=True, text=True).stdout.strip()

    with (folder / "serve.log").open("wb") as log:
        served = subprocess.Popen([*manage, "serve"], env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}", password.group(), code
    finally:
        served.terminate()
        served.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait(url: str) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=ANSWER):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the house did not start")


def take(browser: Browser, url: str, password: str, code: Callable[[str], str]) -> None:
    """Home, a matter as the resident follows it, the desk, a matter, the door, a month's plan."""

    def context(width: int, height: int, *, elder: bool = False) -> BrowserContext:
        new = browser.new_context(
            viewport={"width": width, "height": height}, base_url=url, locale="zh-CN", reduced_motion="reduce"
        )
        if elder:
            new.add_cookies([{"name": "edition", "value": "elder", "url": url}])
        return new

    for name, width, height, elder in (
        ("home-1440", 1440, 900, False),
        ("home-360", 360, 760, False),
        ("home-elder-360", 360, 760, True),
    ):
        page = context(width, height, elder=elder).new_page()
        page.goto("/")
        shoot(page, name)
    resident = context(360, 760).new_page()
    number = ask(resident)
    follow(resident, number)
    desk = context(1440, 900).new_page()
    sign_in(desk, "window", password)
    desk.goto(f"/desk/cases/{number}/take_up/")
    desk.click("#case form button[type=submit] >> nth=0")
    desk.wait_for_selector("#case-title")
    desk.goto(f"/desk/cases/{number}/")
    shoot(desk, "case-1440")
    desk.goto(f"/desk/?whose=station&open={number}")
    desk.wait_for_selector("#case-title")
    desk.set_viewport_size({"width": 1440, "height": 780})  # a picture of a README stays small
    shoot(desk, "desk-1440")
    resident.reload()
    shoot(resident, "follow-360")
    machine = context(1080, 1400).new_page()
    machine.goto("/kiosk/")
    shoot(machine, "kiosk-1080")
    warned(desk)
    sign_in(manager := context(1280, 800).new_page(), "manager", password)
    hall(manager, desk, context(1024, 700).new_page(), machine)
    supervisor = context(1440, 860).new_page()
    oversee(supervisor, password, code)
    month(supervisor)
    board(supervisor)


def hall(manager: Page, desk: Page, screen: Page, machine: Page) -> None:
    """A hall: the query machine, a clerk who calls, the displays, a tablet that asks how it was."""
    manager.goto("/desk/door/windows/")
    tablet = str(manager.get_attribute(".v-windows a[href*='/1/?key=']", "href"))
    station = tablet.split("/screen/")[1].split("/")[0]
    machine.goto(f"/kiosk/ticket/{station}/")
    shoot(machine, "door-kiosk-1080")
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.goto("/desk/door/")
    desk.fill("#sit-window", "1")
    desk.click("button:has-text('记住')")
    for _n in range(3):  # the clerk gives them: the machine gives none while the hall is shut
        desk.click("summary:has-text('给一个号')")
        desk.click("form[action='/desk/door/ticket/'] button")
    desk.click("button:has-text('叫下一位')")
    shoot(desk, "door-desk-1280")
    screen.goto(f"/screen/{station}/")
    screen.set_viewport_size({"width": 1280, "height": 640})
    shoot(screen, "door-screen-1280")
    desk.click("a:has-text('办好，记结果')")
    desk.check("[name=line][value=consultation]")
    desk.click("[data-letter=j]")
    screen.set_viewport_size({"width": 1024, "height": 700})
    screen.goto(tablet)
    screen.wait_for_selector(".s-grades")
    shoot(screen, "door-window-1024")


def oversee(page: Page, password: str, code: Callable[[str], str]) -> None:
    """Signed in as somebody who needs the second factor."""
    fill_in(page, "supervisor", password)
    page.fill("[name=code]", code("supervisor"))
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url("**/desk/")


def month(planner: Page) -> None:
    """The plan of a month."""
    planner.goto("/desk/days/plans/")
    planner.click(".c-list a >> nth=0")
    shoot(planner, "plan-1440")


def board(page: Page) -> None:
    """What the supervisor sees: today, the year's figures, one of them by channel, the map and the letter."""
    page.set_viewport_size({"width": 1440, "height": 900})
    for name, path in (
        ("board-1440", "/board/"),
        ("board-parts-1440", "/board/figures/contacts/by/channel/"),
        ("board-map-1440", "/board/map/"),
        ("board-letter-1440", "/board/letter/"),
    ):
        page.goto(path)
        shoot(page, name)


def warned(desk: Page) -> None:
    """A matter whose text warns of something."""
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto("/desk/new/")
    desk.fill("[name=text]", WARNS)
    desk.check("[name=ending][value=keep]")
    desk.click("form.d-new .btn-primary")
    desk.wait_for_url("**/given/")
    desk.goto(desk.url.removesuffix("given/"))
    desk.wait_for_selector("#case-risks")
    shoot(desk, "risk-1440")


def ask(page: Page) -> str:
    page.goto("/ask/")
    page.fill("[name=text]", TEXT)
    page.select_option("[name=county]", "210402000000")
    page.wait_for_selector("[name=town]")
    page.fill("[name=phone]", PHONE)
    page.fill("[name=name]", "赵福山")
    page.check("[name=agree_handle]")
    page.click("button:has-text('交给我们')")
    page.wait_for_url("**/done/**")
    return page.inner_text(".c-plate--big .c-plate__number").replace(" ", "")


def follow(page: Page, number: str) -> None:
    page.goto("/follow/")
    page.fill("[name=number]", number)
    page.fill("[name=secret]", PHONE[-4:])
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_selector(".c-road")


def sign_in(page: Page, username: str, password: str) -> None:
    fill_in(page, username, password)
    page.wait_for_url("**/desk/")


def fill_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.click("main button[type=submit] >> nth=0")


def shoot(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    print(f"docs/pictures/{name}.png {(PICTURES / f'{name}.png').stat().st_size // 1000} kB", flush=True)


def too_large() -> int:
    large = [path.name for path in sorted(PICTURES.glob("*.png")) if path.stat().st_size > MOST_BYTES]
    if large:
        print(f"over {MOST_BYTES // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
