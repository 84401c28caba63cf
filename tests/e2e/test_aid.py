"""A complete application for legal aid from a phone: every touch and every page is counted."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.legalaid.models import Application
from tests.cases.factories import NORTH, City
from tests.e2e.conftest import Opened
from tests.web.world import PNG

MOST_TOUCHES, MOST_PAGES = 12, 3


class Thumb:
    """Touches of one person, counted: a field filled, a choice made, a button pressed is one each."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches, self.pages = page, 0, 0
        page.on("load", self._loaded)

    def _loaded(self, *_args: Any) -> None:
        self.pages += 1

    def does(self, act: str, selector: str, *values: Any) -> None:
        self.touches += 1
        getattr(self.page, act)(selector, *values)


def patient(page: Page) -> Page:
    """The first page of a process is slow on a busy machine."""
    page.set_default_timeout(60_000)
    return page


def test_a_whole_application_by_thumb(opened: Opened, city: City, tmp_path: Path) -> None:
    actions.prepare(by=SYSTEM)
    photo = tmp_path / "照片.png"
    photo.write_bytes(PNG)
    page = patient(opened(360).new_page())
    thumb = Thumb(page)
    page.goto("/ask/legal_aid/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    thumb.does("fill", "textarea[name=text]", "在工地干了三个月，老板不给工钱，电话也不接。")
    thumb.does("select_option", "select[name=matter]", "wage")
    thumb.does("set_input_files", "input[name=id_photos]", str(photo))
    thumb.does("set_input_files", "input[name=attachments]", str(photo))
    thumb.does("fill", "input[name=income]", "900")
    thumb.does("check", "input[name=promise]")
    thumb.does("select_option", "select[name=county]", NORTH)
    thumb.does("fill", "input[name=phone]", "13812345678")
    thumb.does("fill", "input[name=name]", "赵福山")
    thumb.does("click", "button.btn-primary[type=submit]")
    expect(page.locator("h1")).to_contain_text("收到了")
    assert thumb.touches <= MOST_TOUCHES and thumb.pages <= MOST_PAGES, (thumb.touches, thumb.pages)
    own = Application.objects.select_related("case").get()
    assert (own.matter, own.claim, own.shown) == ("wage", "hardship", "commitment")
    assert own.case.papers_asked.exclude(given_at=None).count() == 2


def test_what_was_typed_is_there_when_one_comes_back(opened: Opened, city: City) -> None:
    actions.prepare(by=SYSTEM)
    page = patient(opened(360).new_page())
    page.goto("/ask/legal_aid/")
    page.fill("textarea[name=text]", "写到一半，先去接孩子。")
    page.fill("input[name=income]", "900")
    page.wait_for_timeout(1500)
    page.goto("/")
    page.goto("/ask/legal_aid/")
    expect(page.locator("textarea[name=text]")).to_have_value("写到一半，先去接孩子。")
    expect(page.locator("input[name=income]")).to_have_value("900")


def test_it_is_as_complete_without_scripts_and_in_large_print(opened: Opened, city: City) -> None:
    actions.prepare(by=SYSTEM)
    page = patient(opened(360, elder=True, js=False).new_page())
    page.goto("/ask/legal_aid/")
    for name in ("matter", "belonging", "income", "promise", "hurry", "id_photos", "mandate"):
        assert page.locator(f"[name={name}]").count() >= 1, name
    assert page.locator("html").get_attribute("data-edition") == "elder"
