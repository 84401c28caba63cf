"""Reading a statute's markdown: titles, parts, chapters, articles; what is wrong is said and never raised."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.knowledge.rules.lawtext import difference, is_suspicious, plain, read_law, short_names
from tests.knowledge.factories import FIRST_DAY, LAW, TITLE


def test_a_law_is_read_whole():
    law = read_law(LAW)
    assert (law.title, law.part, law.problems, law.remarks) == (TITLE, "", (), ())
    assert (law.version_on, law.in_force_on) == (date(2019, 3, 1), FIRST_DAY)
    assert [one.name for one in law.articles] == ["第一条", "第二条", "第三条", "第三条之一", "第四条"]
    assert law.articles[1].text == (
        "用人单位拖欠劳动报酬的，劳动者可以申请仲裁。\n有下列情形的，也适用本条：\n（一）停工停产；"
    )
    assert [one.chapter for one in law.articles[1:3]] == ["第一章 总则", "第二章 解除"]


def test_a_part_of_a_code_and_nested_chapters():
    law = read_law(
        "# 某法典\n\n# 合 同 编\n\n## 第一分编 通则\n\n### 第一章 一般规定\n\n"
        "第九条 甲。\n\n### 第二章 订立\n\n第十条 乙。"
    )
    assert (law.title, law.part) == ("某法典", "合同编")
    assert [one.chapter for one in law.articles] == [
        "第一分编 通则 第一章 一般规定",
        "第一分编 通则 第二章 订立",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有标题"),
        ("# 某法\n\n说明", "没有以“第……条”开头的条文"),
        ("# 某法\n\n第一条\n\n第二条 乙。", "第一条（第3行）没有内容"),
        ("# 某法\n\n第一条 甲。\n\n第一条 乙。", "有两个第一条（第3行和第5行），内容不同"),
    ],
)
def test_what_makes_a_file_unfit_is_said(text: str, said: str):
    assert any(said in problem for problem in read_law(text).problems)


def test_the_same_article_twice_is_kept_once_and_said():
    law = read_law("# 某法\n\n第一条 甲。\n\n第一条 甲。")
    assert (len(law.articles), law.problems) == (1, ())
    assert "第一条重复（第3行和第5行）" in law.remarks[0]


def test_a_gap_is_said():
    assert read_law("# 某法\n\n第一条 甲。\n\n第四条 乙。").remarks == ("第一条之后是第四条，中间缺条",)


def test_a_sentence_that_names_an_article_begins_none():
    law = read_law("# 某法\n\n第一条 甲：\n\n第二条规定的期限，从其规定。\n\n第二条 乙。")
    assert [one.name for one in law.articles] == ["第一条", "第二条"]
    assert law.articles[0].text.endswith("第二条规定的期限，从其规定。")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<b>重</b>要<br/>", "重要"),
        ("<script>alert(1)</script>甲", "甲"),
        ("&lt;img src=x onerror=alert(1)&gt;甲", "甲"),
        ("甲<!-- 注\n释 -->乙", "甲\n乙"),
        ("《关于修改<中华人民共和国法官法>的决定》", "《关于修改<中华人民共和国法官法>的决定》"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("\u202e反\u200b", "反"),
    ],
)
def test_html_and_invisible_marks_are_taken_out(text: str, left: str):
    assert plain(text) == left


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str):
    law = read_law(text)
    assert law.problems or (law.title and law.articles)


def held(*names: int, part: str = "") -> dict:
    return {(number, 0): ("甲。", "", part) for number in names}


def texts(body: str):
    return read_law(f"# 某法\n\n{body}").articles


def test_a_difference_by_number():
    found = difference(held(1, 2, 3), texts("第一条 甲。\n\n第二条 乙。\n\n第五条 丁。"), frozenset({""}))
    assert [one.number for one in found.new] == [5]
    assert [one.number for one in found.changed] == [2]
    assert (found.vanished, found.moved, bool(found)) == (((3, 0),), (), True)


def test_nothing_changed_is_no_difference():
    assert not difference(held(1), texts("第一条 甲。"), frozenset({""}))


def test_a_part_that_was_not_read_repeals_nothing():
    found = difference(held(1) | held(9, part="合同编"), texts("第一条 甲。"), frozenset({""}))
    assert found.vanished == ()


def test_many_that_vanish_are_suspicious():
    few = difference(
        held(*range(1, 41)), texts("\n\n".join(f"第{n}条 甲。" for n in range(5, 41))), frozenset({""})
    )
    many = difference(
        held(*range(1, 41)), texts("\n\n".join(f"第{n}条 甲。" for n in range(6, 41))), frozenset({""})
    )
    assert (is_suspicious(few, 40), is_suspicious(many, 40)) == (False, True)


def test_short_names():
    assert short_names("中华人民共和国劳动合同法") == ["劳动合同法"]
    assert short_names("工伤保险条例") == []
    assert short_names("最高人民法院关于人民调解协议司法确认程序的若干规定") == ["人民调解协议司法确认程序"]
