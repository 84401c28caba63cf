"""What residents find: laws, guides, answers; nothing unreviewed, and no address keeps a question."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.knowledge import actions
from mingbai.knowledge.models import Article
from tests.knowledge import factories as knowledge

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def law() -> Article:
    knowledge.bring()
    return knowledge.article(2)


def found(client: Client, text: str, kind: str = "") -> str:
    answer = client.post("/find/", {"q": text, "kind": kind})
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_article_is_found_by_number_and_by_words_and_opens(client: Client, law: Article):
    for text in ("示范劳动法第二条", "老板拖欠劳动报酬"):
        assert f'href="/find/article/{law.pk}/"' in found(client, text)
    page = client.get(f"/find/article/{law.pk}/").content.decode()
    assert "第二条" in page and "停工停产" in page and knowledge.TITLE in page
    whole = client.get(f"/find/law/{law.law_id}/").content.decode()
    assert "第二章 解除" in whole and "第三条之一" in whole


def test_found_words_are_marked_and_nothing_of_a_text_is_markup(client: Client, law: Article):
    knowledge.make_answer("工资<b>不发</b>怎么办", "去<script>alert(1)</script>投诉")
    page = found(client, "工资不发")
    assert "<mark>" in page and "<script>alert" not in page and "<b>不发" not in page


def test_a_kind_narrows(client: Client, law: Article):
    knowledge.make_guide("拖欠工资投诉指南")
    assert "/find/guide/" in found(client, "拖欠工资投诉", "guide")
    assert "/find/article/" not in found(client, "拖欠劳动报酬", "guide")
    assert "/find/article/" in found(client, "拖欠劳动报酬", "nonsense")


def test_a_guide_and_a_reviewed_answer_open(client: Client):
    guide, answer = knowledge.make_guide(), knowledge.make_answer()
    assert "身份证、经济困难说明" in client.get(f"/find/guide/{guide.pk}/").content.decode()
    assert "劳动仲裁" in client.get(f"/find/answer/{answer.pk}/").content.decode()


def test_what_is_not_published_is_found_by_nobody_and_opens_for_nobody(client: Client):
    guide = knowledge.make_guide("没有发布的指南", publish=False)
    answer = knowledge.make_answer("没有审核的问答怎么办", publish=False)
    for path in (f"/find/guide/{guide.pk}/", f"/find/answer/{answer.pk}/", "/find/article/999999/"):
        assert client.get(path).status_code == 404
    page = found(client, "没有审核的问答") + found(client, "没有发布的指南")
    assert "/find/answer/" not in page and "/find/guide/" not in page


def test_an_answer_is_gone_the_day_after_its_last(client: Client, monkeypatch: pytest.MonkeyPatch):
    proposed, now = knowledge.make_answer(publish=False), timezone.now()
    answer = actions.publish_answer(
        by=knowledge.make_lawyer().actor, answer=proposed, expires_on=timezone.localdate()
    )
    assert f"/find/answer/{answer.pk}/" in found(client, "饭店老板三个月没发工资")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    assert client.get(f"/find/answer/{answer.pk}/").status_code == 404
    assert f"/find/answer/{answer.pk}/" not in found(client, "饭店老板三个月没发工资")


def test_a_past_wording_says_so(client: Client, law: Article):
    knowledge.bring(knowledge.amended("拖欠劳动报酬的", "不按时支付劳动报酬的"))
    assert "这是过去的条文" in client.get(f"/find/article/{law.pk}/").content.decode()


@pytest.mark.parametrize(
    "text", ["", "   ", "。。。", "' OR 1=1 --", 'AND NOT "', "\u202e劳动", "x" * 9000, "<b>", "\x00劳动"]
)
def test_whatever_is_typed_gets_a_page(client: Client, law: Article, text: str):
    found(client, text)


def test_nothing_that_was_asked_stands_in_an_address(client: Client, law: Article):
    page = client.get("/find/?q=邻居占了我家的地").content.decode()
    assert "邻居占了" not in page
    assert 'method="post"' in page


def test_nothing_found_leads_on(client: Client):
    assert "/ask/" in found(client, "zzqqxx")
