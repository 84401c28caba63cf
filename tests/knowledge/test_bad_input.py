"""Texts nobody meant to search with: they find what they find, and never raise."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.knowledge.models import Document
from mingbai.knowledge.queries import look_up, search, similar_questions
from tests.knowledge.factories import TITLE, bring, make_guide
from tests.people.factories import make_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _content(db):
    make_town()
    bring()
    make_guide(title="仲裁指南")


NOTHING = [
    "",
    "   ",
    "\n\t",
    "。。。！？",
    "……",
    "\u202e\u200f",
    "()[]{}",
    '"""',
    "***",
    "'",
    "\x00",
    "%_%",
    "😀😀",
]
SYNTAX = [
    "'; DROP TABLE knowledge_document; --",
    '" OR 1=1',
    "仲裁 OR 1=1",
    "仲裁 AND",
    "NOT 仲裁",
    "NEAR(仲裁 劳动, 2)",
    "title:仲裁",
    "{title} : 仲裁",
    "^仲裁",
    "仲裁*",
    "仲裁 -劳动",
    '"仲裁',
    "仲裁 & | ! <-> :*",
    "\\",
    "'仲裁':A",
    "仲裁%",
    "facets:kindguide",
]


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize("prefix", [True, False])
def test_nothing_to_search_for_finds_nothing(text: str, prefix: bool):
    assert search(text, prefix=prefix) == []
    assert similar_questions(text) == []


@pytest.mark.parametrize("text", SYNTAX)
@pytest.mark.parametrize("prefix", [True, False])
def test_query_syntax_is_words(text: str, prefix: bool):
    before = Document.objects.count()
    found = search(text, prefix=prefix)
    if "仲裁" in text:
        assert any("仲裁" in part.text for hit in found for part in hit.snippet), text
    similar_questions(text)
    assert Document.objects.count() == before


def test_words_of_the_filters_are_no_words_of_the_content():
    assert search("kindguide") == search("regionall") == search("linelegalaid") == []


@pytest.mark.parametrize(
    "text", ["仲裁" * 5_000, "法" * 10_000, "a" * 10_000, "，" * 10_000, "老板不给钱。" * 1_700]
)
def test_ten_thousand_characters(text: str, django_assert_max_num_queries):
    search("仲裁")
    with django_assert_max_num_queries(20):
        search(text)
    with django_assert_max_num_queries(20):
        search(text, prefix=True)


def test_a_question_of_ten_thousand_characters_still_finds():
    assert any(
        hit.title == f"{TITLE}第二条" for hit in search("单位拖欠劳动报酬要申请仲裁。" + "请问" * 4_990)
    )


@pytest.mark.parametrize(
    "text",
    ["\u202e仲裁\u202c", "仲\u200b裁", "\u2067仲裁\u2069", "仲\u00ad裁", "ＺＨＯＮＧＣＡＩ", "ZhongCai"],
)
def test_invisible_marks_and_widths_change_nothing(text: str):
    assert any("仲裁" in hit.title or hit.title.endswith("第二条") for hit in search(text))


@pytest.mark.parametrize(
    "text", ["labour arbitration", "трудовой спор", "שלום עולם", "العمل", "労働契約", "노동법", "भारत"]
)
def test_other_languages(text: str):
    assert isinstance(look_up(text).hits, tuple)


@pytest.mark.parametrize("text", ["<b>仲裁</b>", "<script>仲裁</script>", "&lt;仲裁&gt;"])
def test_html_in_a_question(text: str):
    hits = search(text, kinds=("guide",))
    assert hits and not any("script" in part.text for hit in hits for part in hit.title_parts)


def test_odd_filters():
    assert search("仲裁", kinds=("nothing",)) == []
    assert search("仲裁", limit=0) == search("仲裁", limit=-1) == []
    assert search("仲裁", region="999999999999", kinds=("article",))
    assert len(search("仲裁", limit=1)) == 1


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120), st.booleans())
def test_any_text_is_searched_without_an_error(text: str, prefix: bool):
    search(text.replace("\x00", ""), prefix=prefix)
    similar_questions(text)
