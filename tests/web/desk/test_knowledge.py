"""The same search at the desk."""

import pytest

from tests.cases.factories import City
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_clerk_finds_the_article_beside_the_work(city: City):
    knowledge.bring()
    client = signed_in(city.alice)
    assert "知识" in client.get("/desk/knowledge/").content.decode()
    page = client.post("/desk/knowledge/", {"q": "示范劳动法第二条"}).content.decode()
    assert f"/find/article/{knowledge.article(2).pk}/" in page
    assert "没有查到" in client.post("/desk/knowledge/", {"q": "zzqqxx"}).content.decode()
