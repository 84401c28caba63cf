"""The same search at the desk."""

import pytest

from tests.cases.factories import City, make_case
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import signed_in, url_of

pytestmark = pytest.mark.django_db


def test_a_clerk_finds_the_article_beside_the_work(city: City):
    knowledge.bring()
    client = signed_in(city.alice)
    assert "知识" in client.get("/desk/knowledge/").content.decode()
    page = client.post("/desk/knowledge/", {"q": "示范劳动法第二条"}).content.decode()
    assert f"/find/article/{knowledge.article(2).pk}/" in page
    assert "没有查到" in client.post("/desk/knowledge/", {"q": "zzqqxx"}).content.decode()


def test_beside_a_matter_stands_what_may_be_of_use_and_nothing_unreviewed(city: City):
    case = make_case(text="用人单位拖欠劳动报酬，怎么申请仲裁？")
    client = signed_in(city.alice)
    assert "可能用得上" not in client.get(url_of(case, "beside")).content.decode()
    knowledge.bring()
    hidden = knowledge.make_answer("拖欠劳动报酬怎么申请仲裁", publish=False)
    page = client.get(url_of(case, "beside")).content.decode()
    assert f"/find/article/{knowledge.article(2).pk}/" in page
    assert f"/find/answer/{hidden.pk}/" not in page
