"""“Am I entitled?” on the page: a question at a time, by buttons, nothing kept."""

import re

import pytest
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import soup, words

pytestmark = pytest.mark.usefixtures("city")

WAGE = {"group": "work", "matter": "wage", "exempt": "migrant", "place": "here", "hurry": "yes"}


@pytest.fixture(autouse=True)
def catalogue(city) -> None:
    actions.prepare(by=SYSTEM)


def test_it_begins_with_the_first_question_and_goes_on(client: Client):
    page = client.get("/aid/")
    assert "您遇到的是哪一类事？" in words(page)
    page = client.post("/aid/", {"group": "work"})
    assert "欠工资、欠工钱" in words(page) and "请求支付劳动报酬" in words(page)
    assert 'name="group" value="work"' in page.content.decode()


def test_the_end_says_why_what_to_bring_and_by_when_and_keeps_nothing(client: Client):
    entries = Entry.objects.count()
    page = client.post("/aid/", WAGE)
    said = words(page)
    for text in (
        "不核查经济状况",
        "进城务工人员",
        "第四十二条第（三）项",
        "户口簿",
        "先给援助",
        "这是提示，不是决定",
    ):
        assert text in said
    assert "最晚" in said and set(page.cookies) == {"csrftoken"} and Entry.objects.count() == entries


def test_the_answers_are_carried_into_the_application(client: Client):
    page = soup(client.post("/aid/", WAGE))
    form = page.select_one("form[action='/ask/legal_aid/']")
    values = {one["name"]: one.get("value", "") for one in form.select("[name]")}
    asked = client.post("/ask/legal_aid/", values)
    assert "欠工资、欠工钱" in asked.content.decode() and asked.status_code == 200


def test_an_earlier_answer_is_changed_by_a_button(client: Client):
    page = soup(client.post("/aid/", WAGE))
    change = page.select("form.no-print[action='/aid/']")
    assert len(change) == len(WAGE)
    second = {one["name"]: one["value"] for one in change[1].select("input[name=group]")}
    assert "具体是哪一件" in words(client.post("/aid/", second))


@pytest.mark.parametrize("bad", ["", "x" * 10_000, "<script>", "' OR 1=1 --", "\x00", "\u202e", "work"])
def test_what_no_button_sends_is_asked_again(client: Client, bad: str):
    page = client.post("/aid/", {"group": "work", "matter": bad})
    assert page.status_code == 200 and "具体是哪一件" in words(page)
    assert "<script>" not in re.sub(r"<script[^>]*src=", "", page.content.decode())


def test_an_article_is_a_link_where_the_law_is_there(client: Client):
    assert "/find/article/" not in client.post("/aid/", WAGE).content.decode()
    aid = knowledge.LAW.replace(knowledge.TITLE, "中华人民共和国法律援助法")
    knowledge.bring(aid.replace("第四条 本法", "第四十二条 免予核查。\n\n第四十三条 本法"), "法律援助法.md")
    assert "/find/article/" in client.post("/aid/", WAGE).content.decode()
