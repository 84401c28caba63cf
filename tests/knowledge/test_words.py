"""Words of a text: normalised, cut, without what says nothing; never more than what can be indexed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.knowledge.rules.words import (
    MOST_LETTERS,
    STOPWORDS,
    clean,
    content_words,
    cut,
    question_words,
    words,
)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＡＢＣ　法律\n援助", "abc 法律 援助"),
        ("\u202e法\u200b律\ufeff", "法律"),
        ("  ", ""),
        ("Ⅷ", "viii"),
        ("法\x00律", "法律"),
    ],
)
def test_it_is_cleaned(text: str, same: str):
    assert clean(text) == same


@given(st.text(max_size=300))
def test_words_hold_nothing_an_index_could_take_for_syntax(text: str):
    for word in [*words(text), *cut(text)]:
        assert word and len(word) <= MOST_LETTERS
        assert not set(word) & set("\"'*()&|!:<> \\\n-^~")


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str):
    assert clean(clean(text)) == clean(text)


def test_words_of_the_field_stay_whole_in_a_cut_and_are_found_by_parts():
    assert cut("村居律师") == ["村居律师"]
    assert {"村居律师", "律师"} <= set(words("村居律师"))


def test_a_question_loses_its_stopwords_unless_it_has_nothing_else():
    assert question_words("请问老板不给钱怎么办") == ["老板", "给钱"]
    assert question_words("怎么办") == ["怎么办"]
    assert not set(content_words("我想问一下离婚的问题")) & STOPWORDS


def test_a_long_text_is_cut_off():
    assert len(clean("法" * 50_000)) == 10_000
