"""The query machine: the public pages in its own frame, large, with no way out and nothing kept."""

import re

import pytest
from django.test import Client

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from tests.cases.factories import NORTH
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import soup, words

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def content(city) -> None:
    actions.prepare(by=SYSTEM)
    knowledge.bring()
    knowledge.make_guide("申请法律援助")
    knowledge.make_answer()


def addresses(client: Client) -> list[str]:
    """Every page of the machine that a touch leads to."""
    seen, waiting = [], ["/kiosk/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.append(path)
        page = soup(client.get(path))
        waiting += [one["href"] for one in page.select("a[href]") if one["href"].startswith("/kiosk/")]
    return seen


def test_no_touch_leads_out_of_the_machine(client: Client):
    paths = addresses(client)
    assert {"/kiosk/aid/", "/kiosk/stations/", "/kiosk/line/legal_aid/"} <= set(paths)
    for path in paths:
        page = soup(client.get(path))
        links = [one["href"] for one in page.select("a[href]")] + [
            one["action"] for one in page.select("form")
        ]
        assert not [one for one in links if one and not re.match(r"/kiosk/|#", one)], path
        assert page.select_one("body[data-idle] [data-idle-note][hidden]"), path


def test_what_is_found_opens_within_the_machine(client: Client):
    page = soup(client.post("/kiosk/find/", {"q": "老板拖欠劳动报酬"}))
    links = [one["href"] for one in page.select(".c-hits a")]
    assert links and all(link.startswith("/kiosk/find/") for link in links)
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_telephone_is_read_and_not_dialled(client: Client):
    asked = {"q": "公共法律服务中心"}
    page, at_home = (soup(client.post(path, asked)) for path in ("/kiosk/find/", "/find/"))
    assert "024-57612345" in page.select_one(".c-hits").text and not page.select("a[href^='tel:']")
    assert at_home.select(".c-hits a[href='tel:024-57612345']")


def test_the_guide_to_aid_is_printed_and_taken_to_the_window(client: Client):
    given = {"group": "family", "matter": "abuse", "place": "here", "hurry": "no"}
    page = client.post("/kiosk/aid/", given)
    assert "交给旁边的窗口" in words(page) and not soup(page).select("form[action^='/ask/']")


def test_a_line_without_guides_and_one_that_is_none(client: Client):
    assert "请问旁边的工作人员" in words(client.get("/kiosk/line/exam/"))
    assert client.get("/kiosk/line/nothing/").status_code == 404


def test_the_centres_are_listed(client: Client):
    assert "公共法律服务中心" in words(client.get("/kiosk/stations/"))


# ── asking and following ──

KEY = "0" * 32
ASKED = {"text": "老板三个月不发工钱", "where": NORTH, "phone": "", "name": "", "agree": "on", "key": KEY}


def test_a_question_is_a_matter_with_number_code_and_slip(client: Client):
    for _n in range(2):
        page = client.post("/kiosk/ask/", ASKED, follow=True)
    case = Case.objects.get()
    assert (case.channel, case.kind, case.text) == ("kiosk", "consultation", "老板三个月不发工钱")
    assert case.follow_code and case.follow_code in words(page) and soup(page).select_one("[data-print]")
    assert "没有打印出来也不要紧" in words(page)
    page = client.post("/kiosk/follow/", {"number": case.number, "secret": case.follow_code}, follow=True)
    assert page.status_code == 200 and case.number in words(page).replace(" ", "")
    client.get("/kiosk/")
    for path in ("/kiosk/ask/done/", f"/kiosk/follow/{case.number}/"):
        page = client.get(path, follow=True)
        assert case.follow_code not in words(page), "closed when the machine began anew"


@pytest.mark.parametrize("more", [{"text": ""}, {"where": "x"}, {"agree": ""}, {"phone": "123"}])
def test_a_question_that_lacks_something_is_said(client: Client, more: dict[str, str]):
    page = client.post("/kiosk/ask/", {**ASKED, **more})
    assert soup(page).select_one(".c-errors") and not Case.objects.exists()
    kept = client.post("/kiosk/ask/", {**ASKED, **more}, headers={"x-kept": "1"})
    assert kept.status_code == 422


def test_what_the_machine_kept_is_taken_once_and_leads_on(client: Client):
    answers = [client.post("/kiosk/ask/", ASKED, headers={"x-kept": "1"}) for _n in range(2)]
    assert {one.json()["url"] for one in answers} == {"/kiosk/ask/done/"} and Case.objects.count() == 1


@pytest.mark.parametrize("sent", [{"number": "1", "secret": "1234"}, {"number": "", "secret": ""}])
def test_a_wrong_number_opens_nothing(client: Client, sent: dict[str, str]):
    assert soup(client.post("/kiosk/follow/", sent)).select_one(".c-errors")
    assert client.get("/kiosk/follow/2611234567894/").url == "/kiosk/follow/"
