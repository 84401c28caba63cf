"""The knowledge through the API: what is published, for anybody."""

import pytest
from django.test import Client

from tests.cases.factories import NORTH, City
from tests.knowledge import factories as knowledge
from tests.web.api.calls import problem


def found(**asked: object) -> list[dict[str, str]]:
    answer = Client().get("/api/v1/search", asked)
    assert answer.status_code == 200, answer.content.decode()
    return list(answer.json())


def test_an_article_is_found_with_its_passage(city: City):
    knowledge.bring()
    first = found(q="示范劳动法第二条")[0]
    assert (first["kind"], first["ref"]) == ("article", str(knowledge.article(2).pk))
    assert first["title"].endswith("第二条") and "拖欠劳动报酬" in first["text"]


def test_kind_and_limit_narrow(city: City):
    knowledge.bring()
    knowledge.make_guide("拖欠劳动报酬怎么办")
    assert {row["kind"] for row in found(q="拖欠劳动报酬", kind="guide")} == {"guide"}
    assert len(found(q="劳动", limit=1)) == 1
    assert found(q="劳动", region=NORTH)


def test_what_waits_for_review_is_not_there(city: City):
    knowledge.make_answer("没有审核的问答", publish=False)
    assert [row for row in found(q="没有审核的问答") if row["kind"] == "answer"] == []


@pytest.mark.parametrize("text", ["", "。。", "' OR 1=1", "\x00", "\u202e法", "x" * 2000])
def test_whatever_is_asked_is_answered(city: City, text: str):
    found(q=text)


@pytest.mark.parametrize("asked", [{}, {"q": "x" * 2001}, {"q": "x", "kind": "no"}, {"q": "x", "limit": 0}])
def test_what_is_no_question_is_said_so(city: City, asked: dict[str, object]):
    problem(Client().get("/api/v1/search", asked), 422, "invalid")


def test_an_unknown_region_is_said_so(city: City):
    problem(Client().get("/api/v1/search", {"q": "劳动", "region": "999999999999"}), 404, "unknown_region")
