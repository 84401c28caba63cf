"""Templates as text: what a line becomes, how fields come in, what is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.papers.rules.markup import Block, check, fields_of, filled, read
from mingbai.papers.rules.numbers import number_text, office_word


@pytest.mark.parametrize(
    ("line", "kind", "cells"),
    [
        ("# 决定书", "title", ("决定书",)),
        ("## 理由", "heading", ("理由",)),
        ("^ 居中", "centre", ("居中",)),
        ("> 落款", "right", ("落款",)),
        ("= 王桂兰：", "plain", ("王桂兰：",)),
        ("| 甲 | 乙 |", "row", ("甲", "乙")),
        ("-----", "page", ()),
        ("　一段话", "text", ("一段话",)),
        ("#没有空格", "text", ("#没有空格",)),
    ],
)
def test_the_sign_before_a_line_says_what_it_is(line, kind, cells):
    assert read(f"\n{line}\n\n") == [Block(kind, cells)]


def test_fields_are_filled_and_a_line_of_empty_fields_is_left_out():
    body = "# 标题\n{{ 甲 }}和{{乙}}\n理由：{{丙}}\n没有字段"
    said = [block.text for block in filled(body, {"甲": "一", "乙": "", "丙": " "})]
    assert said == ["标题", "一和", "没有字段"]


def test_a_list_has_a_line_for_each_of_its_items():
    rows = filled("| {{序}} | {{材料}} |", {"序": ["1", "2", "3"], "材料": ["身份证", "欠条"]})
    assert [row.cells for row in rows] == [("1", "身份证"), ("2", "欠条"), ("3", "")]
    assert filled("材料：{{材料}}", {"材料": []}) == []


def test_a_value_of_several_lines_is_several_paragraphs_but_one_cell():
    assert [one.text for one in filled("{{甲}}", {"甲": "一\n\n二"})] == ["一", "二"]
    assert filled("| {{甲}} |", {"甲": "一\n二"}) == [Block("row", ("一\n二",))]


def test_what_a_value_says_is_never_read_as_a_template():
    assert [one.text for one in filled("{{甲}}", {"甲": "{{乙}}", "乙": "漏"})] == ["{{乙}}"]
    assert filled("{{甲}}", {"甲": "# 不是标题"}) == [Block("text", ("# 不是标题",))]


@given(st.text(alphabet="{}甲乙 #|>\n-%", max_size=60), st.text(max_size=30))
def test_nothing_that_is_typed_breaks_the_reading(body, value):
    for block in filled(body, {"甲": value}):
        assert block.kind


def test_blanks_without_end_are_read_in_no_time():
    begun = time.perf_counter()
    assert fields_of("# 题\n" + "{{" + " " * 20_000) == []
    assert fields_of("{{" * 10_000) == []
    assert time.perf_counter() - begun < 1, "it was hours"


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("# 题\n{{申请入}}{{理由}}", "unknown_field", "第 2 行"),
        ("# 题", "missing_field", "理由"),
        ("# 题\n{{理由}} {{申请人", "bad_braces", "第 2 行"),
        ("# 题\n{{理由}}\n{% if x %}", "bad_braces", "第 3 行"),
        ("{{理由}}", "no_title", "#"),
        ("# 题\n{{理由}}\n" + "行\n" * 400, "too_long", "400"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_the_place(body, code, says):
    with pytest.raises(Refused) as refused:
        check(body, ["申请人", "理由"], ["理由"])
    assert refused.value.code == code
    assert says in str(refused.value.reason)
    assert refused.value.field == "body"


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(Refused) as refused:
        check("# 题\n{{申请入}}", ["申请人", "理由"])
    assert "申请人" in str(refused.value.do)


def test_a_good_template_passes():
    body = "# 题\n{{申请人}}：{{ 理由 }}"
    check(body, ["申请人", "理由"], ["理由"])
    assert fields_of(body) == ["申请人", "理由"]


@pytest.mark.parametrize(
    ("name", "word"),
    [("抚顺市", "抚"), ("新抚区", "新抚"), ("抚顺县", "抚"), ("清原满族自治县", "清"), ("顺城区", "顺城")],
)
def test_what_an_office_is_called_in_numbers(name, word):
    assert office_word(name) == word


def test_how_a_number_reads():
    assert number_text(2026, "抚", "法援决", 12) == "（2026）抚法援决字第12号"
