"""The demo city served for real, and the people who sit in it: each signs in once, as a person does."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mingbai.people.roles import ROLES
from mingbai.web.demo import city
from tests import migrated
from tests.house import House

COUNTY, OTHER = city.COUNTY, city.OTHER_COUNTY
SECOND = {seat.username for seat in city.SEATS if ROLES[seat.role].second_factor}


class Served(House):
    """`manage.py demo` and `manage.py serve` in one folder; contexts of people who signed in."""

    def __init__(self, folder: Path) -> None:
        self.people: dict[tuple[str, int], BrowserContext] = {}
        super().__init__(folder)

    def _move_in(self, folder: Path) -> None:
        """The demo city, founded once a run: the other worker may want one too."""
        run = migrated.run_of(folder)
        with migrated.alone(run, "demo"):
            if not (run / "demo").exists():
                super()._move_in(folder)
                assert self.manage("demo").wait() == 0, self.said()
                shutil.copytree(folder, run / "demo", ignore=shutil.ignore_patterns("log"))
        shutil.copytree(run / "demo", folder, dirs_exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, name: str) -> str:
        """A partner's key, by the command."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "issue_key", name]
        done = subprocess.run(command, env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def context(self, browser: Browser, width: int = 1280, **options: Any) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=self.url, locale="zh-CN", **options
        )
        context.set_default_timeout(60_000)
        return context

    def desk(self, browser: Browser, username: str, width: int = 1280) -> Page:
        """A page of somebody who is signed in; a code can be used once, so one sign-in serves the run."""
        if (username, width) not in self.people:
            others = [one for (name, _), one in self.people.items() if name == username]
            state = others[0].storage_state() if others else None
            self.people[username, width] = self.context(browser, width, storage_state=state)
            if not others:
                sign_in(self.people[username, width].new_page(), username)
        return self.people[username, width].new_page()

    def post(self, key: str, path: str, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.post(f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=60)

    def read(self, key: str, number: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        answer = httpx.get(f"{self.url}/api/v1/cases/{number}", headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def code_of(username: str) -> str:
    """What the authenticator of a demo user shows now."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(city.totp_secret(username), counter)))


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/?next=/desk/components/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", city.password())
    page.click("main button[type=submit] >> nth=0")
    if username in SECOND:
        expect(page.locator("[name=code]")).to_be_visible()
        page.fill("[name=code]", code_of(username))
        page.click("main button[type=submit] >> nth=0")
    expect(page).to_have_url(re.compile("/desk/components/"))
    page.close()


def verb(page: Page, number: str, code: str, **fields: str) -> None:
    """Open the form of a verb, fill it in and send it; what was done is said on the next page."""
    page.goto(f"/desk/cases/{number}/{code}/")
    for name, value in fields.items():
        field = page.locator(f"#case [name={name}]").first
        kind = field.evaluate("e => e.tagName + ':' + e.type")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind.endswith((":radio", ":checkbox")):
            page.locator(f"#case [name={name}][value='{value}']").check()
        else:
            field.fill(value)
    page.click("#case form button[type=submit] >> nth=0")
    expect(page.locator("main [role=status]").first).to_be_visible()


def plate(page: Page) -> str:
    """The number that stands big on the page."""
    shown = page.locator(".c-plate--big .c-plate__number").first
    expect(shown).to_be_visible()
    return shown.inner_text().replace(" ", "")


def follow(page: Page, number: str, secret: str) -> None:
    page.goto("/follow/")
    page.fill("[name=number]", number)
    page.fill("[name=secret]", secret)
    page.click("main form button[type=submit] >> nth=0")
    expect(page.locator(".c-road")).to_be_visible()
