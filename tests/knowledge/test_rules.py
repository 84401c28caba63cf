"""References, matches, corrections, passages, distances: pure rules of the search."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.knowledge.rules import alike, correcting, matching
from mingbai.knowledge.rules.indexing import pinyin
from mingbai.knowledge.rules.nearness import hours_told, metres, steps_apart
from mingbai.knowledge.rules.reference import law_of, references
from mingbai.knowledge.rules.snippets import Part, marked, passage

NAMES = {
    1: ("中华人民共和国民法典", "民法典"),
    2: ("中华人民共和国劳动合同法", "劳动合同法"),
    3: ("劳动合同法实施条例",),
}


@pytest.mark.parametrize(
    ("text", "law", "number"),
    [
        ("劳动合同法 38条", 2, 38), ("劳动合同法第三十八条", 2, 38), ("民法典1079", 1, 1079),
        ("《民法典》第一千零七十九条", 1, 1079), ("ldhtf 38", 2, 38), ("劳合法38条", 2, 38),
        ("mfd 1079条", 1, 1079),
        ("劳动合同法实施条例第5条", 3, 5), ("根据民法典第１０７９条怎么判", 1, 1079),
    ],
)  # fmt: skip
def test_an_article_is_named(text: str, law: int, number: int):
    found = references(text)
    assert [(law_of(one.before, NAMES), one.number) for one in found] == [(law, number)]


def test_a_number_alone_and_a_suffix():
    assert [(one.before, one.number, one.suffix) for one in references("第二十条之一")] == [("", 20, 1)]


def test_several_are_named_in_one_text():
    found = references("民法典第一条和劳动合同法第二条")
    assert [(law_of(one.before, NAMES), one.number) for one in found] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("text", ["", "离婚怎么办", "第条", "条", "欠我3000元两年了怎么要"])
def test_no_article_is_named(text: str):
    assert references(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read_for_references(text: str):
    assert len(references(text)) <= 5


# ── matches ──


def test_all_words_with_a_lay_phrase_made_legal():
    found = matching.all_words("老板不给钱", [("老板不给钱", "拖欠劳动报酬")])
    assert found[0] == ((("老板",),), (("给钱",),))
    assert (("拖欠劳动报酬",), ("拖欠", "劳动", "报酬")) in found[1]


def test_the_last_word_may_be_unfinished():
    assert matching.all_words("离婚 抚", prefix=True) == (((("离婚",),), (("抚",), ("抚*",))),)


def test_a_question_keeps_its_rarest_known_words():
    counts = {"离婚": 50, "抚养费": 5, "孩子": 900}
    found = matching.any_word("离婚后孩子的抚养费和呜呼", documents=counts)
    assert found == (((("抚养费",),),), ((("离婚",),),), ((("孩子",),),))


def test_frequent_words_stay_out_when_they_cost_too_much():
    counts = {f"词{n}": 100 * n for n in range(1, 9)}
    kept = matching.rarest(list(counts), counts, most_ranked=1_000)
    assert kept == ["词1", "词2", "词3", "词4"]


# ── corrections ──


def test_a_word_of_the_same_sound():
    sounds = {"laodongzhongcai": {"劳动仲裁": 9}, "zhongcai": {"仲裁": 50, "重彩": 1}}
    assert correcting.same_sound("劳动仲财", sounds, {"劳动"}) == "劳动仲裁"


def test_no_correction_takes_a_not_away_or_brings_one():
    assert correcting.one_off("老板不给钱", ["不给钱"], {"给钱": 9}) is None
    assert correcting.one_off("给钱", ["给钱"], {"不给钱": 9}) is None
    sounds = {pinyin("未付款"): {"为付款": 3}}
    assert correcting.same_sound("未付款", sounds, set()) is None


def test_nothing_to_correct():
    assert correcting.same_sound("离婚", {}, {"离婚"}) is None
    assert correcting.windows("abc ，") == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("劳动", "劳动", True), ("劳动法", "劳动", True), ("动劳", "劳动", True), ("劳改", "劳动", True),
     ("甲乙丙", "丁戊己", False), ("甲", "甲乙丙", False), ("", "甲", True)],
)  # fmt: skip
def test_one_sign_off(one: str, other: str, near: bool):
    assert correcting.is_near(one, other) is correcting.is_near(other, one) is near


def test_pinyin_in_one_piece_is_read_as_words():
    sounds = {
        "laodong": {"劳动": 9},
        "hetong": {"合同": 8},
        "laodonghetong": {"劳动合同": 3},
        "tong": {"同": 1},
    }
    assert correcting.read_pinyin("laodonghetong", sounds) == ["劳动合同"]
    assert correcting.read_pinyin("hetonglaodong", sounds) == ["合同", "劳动"]
    assert correcting.read_pinyin("xyz", sounds) is None


# ── passages ──


@given(st.text(max_size=200), st.lists(st.text(max_size=4), max_size=5))
def test_marked_parts_joined_are_the_text(text: str, words: list[str]):
    assert "".join(part.text for part in marked(text, words)) == text


def test_a_passage_around_its_hits():
    text = "甲" * 200 + "劳动报酬" + "乙" * 200
    found = passage(text, ["劳动", "报酬"], width=40)
    assert Part("劳动报酬", True) in found
    assert (found[0], found[-1]) == (Part("…", False), Part("…", False))
    assert len("".join(part.text for part in found)) == 42


def test_markup_stays_plain_text():
    assert marked("<b>劳动</b>", ["劳动"]) == (Part("<b>", False), Part("劳动", True), Part("</b>", False))


# ── places ──


def test_distances():
    fushun, shenyang = (41.8797, 123.9573), (41.8057, 123.4315)
    assert 43_000 < metres(fushun, shenyang) < 45_000
    assert metres(fushun, fushun) == 0
    assert steps_apart(("c", "n", "t"), ("c", "s")) == 3
    assert steps_apart((), ("c",)) == 0


def test_hours_in_words():
    day = (time(8, 30), time(17, 0))
    rows = [(n, *day) for n in range(5)] + [(5, time(9), time(12)), (6, time(9), time(12))]
    assert hours_told(rows) == ("周一至周五 08:30-17:00", "周六、周日 09:00-12:00")
    assert hours_told([(2, time(9), time(12)), (2, time(13), time(17))]) == ("周三 09:00-12:00 13:00-17:00",)


# ── likeness ──


def test_texts_alike_rank_first():
    given_ = [("a", "公司拖欠我三个月工资"), ("b", "离婚后孩子归谁"), ("c", "公司拖欠工资三个月怎么办")]
    assert [ref for ref, _score in alike.rank("公司拖欠工资三个月", given_)] == ["c", "a"]
    assert alike.rank("", given_) == []


@given(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=5))
def test_likeness_lies_within_nought_and_one(query: str, texts: list[str]):
    for _ref, score in alike.rank(query, [(str(n), text) for n, text in enumerate(texts)]):
        assert 0 < score <= 1 + 1e-9
