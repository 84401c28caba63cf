"""The board in a real browser: from a figure to its rows and on to a matter, for three roles; charts."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, SOUTH, VILLAGE_SOUTH, City, make_case
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.e2e.test_public import violations
from tests.figures.test_figures import call

CHARTS = ("figures/calls_offered/?", "figures/calls_offered/by/region/?", "map/?", "weekly/?",
          "figures/?group=line&compare=1&", "letter/?")  # fmt: skip


def matters(page: Page) -> None:
    """From the board to the rows of the figure "received"."""
    page.goto("/board/")
    page.click("a[href='/board/figures/']")
    page.click("a:has-text('网络工单') >> nth=0")
    page.click("a:has-text('收到的事项') >> nth=0")
    page.wait_for_url("**/board/figures/matters/**")


@pytest.mark.parametrize(
    ("role", "count", "opens"),
    [(RoleCode.LEADER, 2, True), (RoleCode.SUPERVISOR, 1, True), (RoleCode.FINANCE, 1, False)],
)
def test_a_figure_opens_its_rows_and_a_row_its_matter(
    city: City, opened: Opened, role: RoleCode, count: int, opens: bool
) -> None:
    case = make_case(text="工钱要不回来")
    make_case(text="南边的事", region=VILLAGE_SOUTH)
    page = enter(opened(), city.users[role])
    matters(page)
    numbers = page.locator(".c-table tbody tr").filter(has_text="法网")
    expect(numbers).to_have_count(count)
    expect(page.locator("h1")).to_have_text("收到的事项")
    assert "工钱要不回来" not in page.content()
    page.click("nav[aria-label='分开看'] a:has-text('渠道')")
    expect(page.locator(".b-figures tfoot td >> nth=0")).to_have_text(str(count))
    page.click(".b-figures tbody a >> nth=0")
    expect(numbers).to_have_count(count)
    link = page.locator(f"a[href='/desk/cases/{case.number}/']")
    if opens:
        link.click()
        expect(page.locator("#case-title")).to_be_visible()
    else:
        expect(link).to_have_count(0)


def test_charts_are_tables_too_and_nothing_is_wider_than_a_phone(city: City, opened: Opened) -> None:
    today = timezone.localdate()
    for month in range(1, today.month + 1):
        # At midnight: on the first of a month nine o'clock may be still to come.
        call(city, date(today.year, month, 1), region=NORTH if month % 2 else SOUTH, hour=0)
    context = opened(bypass_csp=True)  # axe is a script of the test's own
    page = enter(context, city.users[RoleCode.LEADER])
    for path in CHARTS:
        page.goto(f"/board/{path}from={today.year}-01-01&to={today}")
        assert page.locator("table caption, .c-letter, article").count(), path
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == [], (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
