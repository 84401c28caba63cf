"""Chinese numerals both ways, for every number, and refused for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.knowledge.rules.numerals import MOST, article_name, to_chinese, to_int


@given(st.integers(1, MOST))
def test_every_number_comes_back(number: int):
    assert to_int(to_chinese(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (100, "一百"), (101, "一百零一"),
        (110, "一百一十"),
        (1000, "一千"), (1003, "一千零三"), (1079, "一千零七十九"), (1260, "一千二百六十"),
        (10_010, "一万零一十"),
    ],
)  # fmt: skip
def test_it_is_written_as_statutes_do(number: int, text: str):
    assert to_chinese(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("38", 38), ("３８", 38), ("一〇七九", 1079), ("两百", 200), ("一百十", 110), (" 十 ", 10), ("零", 0)],
)
def test_other_spellings_are_read(text: str, number: int):
    assert to_int(text) == number


@pytest.mark.parametrize(
    "text", ["", "百", "二三十", "十百", "甲", "123456", "一百一百", "1十", "一二三四五六"]
)
def test_what_is_no_numeral_is_refused(text: str):
    with pytest.raises(ValueError):
        to_int(text)


@pytest.mark.parametrize("number", [0, -1, MOST + 1])
def test_what_cannot_be_written_is_refused(number: int):
    with pytest.raises(ValueError):
        to_chinese(number)


def test_the_name_of_an_article():
    assert (article_name(20, 1), article_name(1079)) == ("第二十条之一", "第一千零七十九条")
