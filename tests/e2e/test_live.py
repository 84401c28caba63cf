"""New work appears on an open desk without a reload: pages, stream and database as `serve` runs them."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.house import House

FOUND = """
from django.test import Client
from tests.cases.factories import make_city
client = Client()
client.force_login(make_city().alice)
print(client.cookies["sessionid"].value)
"""
OPEN = "from tests.cases.factories import make_case; print(make_case().number)"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("live"))
    yield one
    one.stop()


def test_a_new_matter_appears_on_an_open_desk(browser: Browser, house: House) -> None:
    session = house.shell(FOUND).split()[-1]
    url = f"http://127.0.0.1:{house.port}"
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with page.expect_request(lambda request: request.url.endswith("/live/")):
        page.goto("/desk/?whose=unowned")
    expect(page.locator("a[data-row]")).to_have_count(0)
    for count in (1, 2):
        house.shell(OPEN)
        expect(page.locator("a[data-row]")).to_have_count(count)
    assert complaints == []
    context.close()
