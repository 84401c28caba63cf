"""The one box: numbers, words, pinyin, errors, synonyms, filters, passages; only what is published."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge import actions
from mingbai.knowledge.models import Document, Synonym
from mingbai.knowledge.queries import look_up, search, similar_questions, texts_alike
from tests.knowledge.factories import TITLE, bring, city, make_answer, make_guide, make_lawyer, tomorrow
from tests.people.factories import CITY, NORTH, SOUTH, VILLAGE, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _content(db):
    make_town()
    bring()


def titles(text: str, **more: object) -> list[str]:
    return [hit.title for hit in search(text, **more)]


def first(text: str, **more: object) -> str:
    return next(iter(titles(text, **more)), "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("示范劳动法 2条", "第二条"), ("示范劳动法第二条", "第二条"), ("示范劳动法2", "第二条"),
        ("第二条", "第二条"),
        ("sfldf 2", "第二条"), ("《中华人民共和国示范劳动法》第三条之一", "第三条之一"),
        ("示范法第２条", "第二条"),
    ],
)  # fmt: skip
def test_an_article_by_its_number(text: str, number: str):
    assert first(text) == f"{TITLE}{number}"


@pytest.mark.parametrize(
    "text", ["拖欠劳动报酬", "劳动报酬 仲裁", "老板不给钱", "讨薪", "laodongbaochou", "zhongcai", "停工停产"]
)
def test_an_article_by_words_lay_words_and_sound(text: str):
    assert f"{TITLE}第二条" in titles(text, kinds=("article",))[:2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("劳动抱酬", "劳动报酬"), ("解除劳动合铜", "解除劳动合同"), ("拖欠老动报酬", "拖欠劳动报酬")],
)
def test_a_typing_error_is_corrected_and_said(typed: str, meant: str):
    found = look_up(typed, kinds=("article",))
    assert found.corrected == meant
    assert found.hits


def test_results_while_typing():
    for typed in ("解", "解除", "解除劳", "解除劳动合"):
        assert f"{TITLE}第三条" in titles(typed, prefix=True), typed


def test_the_law_itself_by_name():
    assert search("示范劳动法")[0].kind == "law"


def test_hits_are_parts_and_never_markup():
    make_guide(title="办<b>证</b>", texts={"steps": "先<script>登记</script>再领证"})
    hit = search("登记 领证", kinds=("guide",))[0]
    assert "".join(part.text for part in hit.snippet) == "先<script>登记</script>再领证"
    assert [part.text for part in hit.snippet if part.is_hit] == ["登记", "领证"]


def test_all_words_come_before_any_word():
    make_guide(title="仲裁指引", texts={"steps": "仲裁"})
    make_guide(title="报酬仲裁", texts={"steps": "劳动报酬的仲裁怎么申请"})
    assert titles("劳动报酬 仲裁", kinds=("guide",)) == ["报酬仲裁", "仲裁指引"]


def test_filters_by_kind_line_and_law():
    make_guide(title="劳动仲裁援助")
    assert {hit.kind for hit in search("劳动 仲裁", kinds=("guide",))} == {"guide"}
    assert titles("仲裁", kinds=("guide",), line="legal_aid") == ["劳动仲裁援助"]
    assert titles("仲裁", kinds=("guide",), line="notary") == []
    law = Document.objects.filter(kind="law").values_list("law", flat=True).get()
    assert {hit.kind for hit in search("仲裁", law=law)} <= {"law", "article"}
    assert search("仲裁", law=law + 999) == []


def test_a_region_finds_its_own_and_what_holds_above_it():
    from mingbai.places.models import Region

    make_guide(title="全市仲裁")
    make_guide(title="新抚仲裁", region=Region.objects.get(code=NORTH))
    assert set(titles("仲裁", kinds=("guide",), region=VILLAGE)) == {"全市仲裁", "新抚仲裁"}
    assert titles("仲裁", kinds=("guide",), region=SOUTH) == ["全市仲裁"]
    assert titles("仲裁", kinds=("guide",), region=CITY) == ["全市仲裁"]
    # A law holds everywhere.
    assert titles("仲裁", kinds=("article",), region=SOUTH) == [f"{TITLE}第二条"]


# ── what is not published is not found ──


def test_drafts_proposals_and_withdrawn_things_are_never_found():
    guide = make_guide(title="紫荆指南", publish=False)
    answer = make_answer("紫荆问题", "紫荆答复", publish=False)
    assert titles("紫荆") == []
    guide = actions.publish_guide(by=SYSTEM, guide=guide)
    answer = actions.publish_answer(by=make_lawyer().actor, answer=answer)
    assert set(titles("紫荆")) == {"紫荆指南", "紫荆问题"}
    actions.withdraw_guide(by=SYSTEM, guide=guide, reason="停办")
    actions.withdraw_answer(by=SYSTEM, answer=answer, reason="法律已修改")
    assert titles("紫荆") == [] and similar_questions("紫荆问题") == []


def test_expired_content_is_not_found_even_before_the_round():
    answer = make_answer("紫荆问题", "紫荆答复")
    Document.objects.filter(kind="answer", ref=str(answer.pk)).update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )
    assert titles("紫荆") == []


def test_what_has_expired_leaves_room_for_what_holds():
    first, second = make_answer("紫荆花", "紫荆紫荆"), make_answer("紫荆花开的时候很多人来", "答复在这里")
    assert titles("紫荆", limit=1) == ["紫荆花"]
    Document.objects.filter(kind="answer", ref=str(first.pk)).update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )
    assert titles("紫荆", limit=1) == [str(second)]


def test_a_change_is_found_at_once_and_the_old_words_no_more():
    guide = make_guide(title="紫荆指南", texts={"steps": "带上旧证件"})
    actions.edit_guide(by=SYSTEM, guide=guide, texts={"steps": "带上新版卡片"})
    assert titles("新版卡片") == ["紫荆指南"]
    assert "紫荆指南" not in titles("旧证件", kinds=("guide",))


# ── synonyms ──


def test_a_synonym_works_from_its_commit_on_and_ends_with_it():
    assert f"{TITLE}第二条" not in titles("黑心工头", kinds=("article",))
    pair = actions.add_synonym(by=SYSTEM, lay="黑心工头", legal="拖欠劳动报酬")
    assert f"{TITLE}第二条" in titles("黑心工头", kinds=("article",))
    actions.drop_synonym(by=SYSTEM, synonym=pair)
    assert f"{TITLE}第二条" not in titles("黑心工头", kinds=("article",))
    assert actions.add_synonym(by=SYSTEM, lay="黑心工头", legal="拖欠劳动报酬").pk == pair.pk


@pytest.mark.parametrize(
    ("lay", "legal"), [("", "甲"), ("甲", "乙"), ("甲乙", ""), ("。。", "甲"), ("工资", "工资")]
)
def test_what_is_no_pair_is_refused(lay: str, legal: str):
    with pytest.raises(Refused):
        actions.add_synonym(by=SYSTEM, lay=lay, legal=legal)


def test_the_first_synonyms_are_there():
    assert Synonym.objects.filter(lay="老板不给钱", legal="拖欠劳动报酬", is_active=True).exists()


# ── similar questions ──


def test_answered_questions_alike_most_alike_first():
    make_answer("公司拖欠三个月工资怎么办", "可以申请仲裁。")
    make_answer("公司拖欠工资三个月了，能要回来吗", "能。")
    make_answer("离婚后孩子归谁", "看情况。")
    found = similar_questions("公司拖欠工资三个月", 5)
    assert [hit.title for hit in found] == ["公司拖欠工资三个月了，能要回来吗", "公司拖欠三个月工资怎么办"]
    assert found[0].score > found[1].score
    assert similar_questions("公司拖欠工资三个月", 1, rank=lambda query, texts: [(texts[0][0], 1.0)])


def test_texts_alike_among_those_given():
    given = [("case:1", "楼上漏水把我家墙泡了"), ("case:2", "楼上漏水，墙被泡坏"), ("case:3", "想离婚")]
    assert [ref for ref, _score in texts_alike("楼上漏水泡了墙", given, 2)] == ["case:1", "case:2"]


# ── the number of queries ──


@pytest.mark.parametrize(
    "text", ["示范劳动法第二条", "拖欠 劳动报酬", "老板半年没有给我们发工资怎么办", "laodong", "劳动抱酬"]
)
def test_the_number_of_queries_is_bounded(text: str, django_assert_max_num_queries):
    search("拖欠")
    # In a test's transaction PostgreSQL adds a savepoint to each look into the index.
    with django_assert_max_num_queries(20):
        search(text)


def test_it_does_not_grow_with_what_is_found(django_assert_max_num_queries):
    for number in range(30):
        make_guide(title=f"仲裁指南{number}", region=city(), review_on=tomorrow(30))
    search("仲裁")
    with django_assert_max_num_queries(10):
        assert len(search("仲裁", kinds=("guide",), limit=20)) == 20
