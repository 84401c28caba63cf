"""A real Chromium against a live server; one browser a run, a fresh context a test."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.cases.factories import City, make_city
from tests.e2e.served import Served

# Playwright's sync API keeps an event loop in this thread; Django would refuse every query beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_VOICE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""A microphone that beeps, allowed without a question: for the seat's telephone."""
WAIT = 60_000
"""Milliseconds until a browser gives up: long, for a busy machine is no fault of the page."""
expect.set_options(timeout=WAIT)
_NAMES = ("chromium", "chromium-browser", "google-chrome")

Opened = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*_ARGS, *_VOICE])
        yield chromium
        chromium.close()


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Opened]:
    """A context of a given width: `opened(360, elder=True, js=False)`; addresses begin at the server."""
    contexts: list[BrowserContext] = []

    def new(width: int = 1280, *, elder: bool = False, js: bool = True, **options: Any) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            base_url=live_server.url,
            java_script_enabled=js,
            locale="zh-CN",
            **options,
        )
        context.set_default_timeout(WAIT)
        if elder:
            context.add_cookies([{"name": "edition", "value": "elder", "url": live_server.url}])
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo city in a house of its own, run by `manage.py serve` as an operator would."""
    house = Served(tmp_path_factory.mktemp("served"))
    yield house
    house.stop()
