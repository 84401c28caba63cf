"""Days that somebody counts: what is left of a term, in digits and numerals; what counts nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.knowledge.enums import Risk
from mingbai.knowledge.rules.counting import LATE, TERMS, counted
from mingbai.knowledge.rules.numerals import to_chinese
from mingbai.knowledge.rules.triage import risks_of
from mingbai.knowledge.rules.words import clean


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("收到判决书十四天了", 1),
        ("还有三天就到期，起诉状没写", 3),
        ("判决书收到第十三天", 2),
        ("拿到裁定书有八天了，想上诉", 2),
        ("裁决书是十天前签收的", 5),
        ("判决上月20号拿的，今天3号了", 2),
        ("判决是这个月二号拿的，今天都十五号了", 2),
        ("离职都十一个月了，想申请仲裁", 35),
        ("处罚决定书收到五十多天了", 10),
        ("借条写了快三年了", 0),
        ("责任认定书昨天拿的，想复核", 2),
        ("支付令收到十二天了", 3),
        ("裁决拿到俩礼拜了", 1),
        ("上诉期还有十天", 10),
        ("这周五开庭", 3),
        ("上诉今天截止", 0),
    ],
)
def test_what_is_left(text: str, left: int):
    assert [one.left for one in counted(clean(text))][0] == left


@pytest.mark.parametrize(
    "text",
    [
        "收到判决书两天了",
        "判决书收到一年了",
        "仲裁十五天内起诉",
        "我上三年级",
        "借给他一个月了",
        "驾照还有三天到期，法院能办吗",
        "仲裁一般几天能出结果",
        "法院判决他每月十五号给抚养费",
        "结婚十五年了，判决离婚",
        "还有三天放假",
        "",
        "天天天了了了",
        "零天了判决",
    ],
)
def test_what_counts_nothing(text: str):
    assert counted(clean(text)) == ()


@given(st.integers(1, 400), st.booleans())
def test_a_judgment_warns_in_its_last_days_and_shortly_after(days: int, in_digits: bool):
    said = str(days) if in_digits else to_chinese(days)
    found = counted(f"收到判决书{said}天了")
    assert [one.left for one in found] == ([15 - days] if -LATE <= 15 - days <= 6 else [])


@given(st.text(alphabet="判决书收到天月年日号今明后还有剩一二三十百半俩快了前内期15", max_size=60))
def test_no_text_breaks_it(text: str):
    assert all(-LATE <= one.left for one in counted(text))


def test_every_term_names_its_source_and_warns_before_it_ends():
    assert all(term.source and 0 < term.early < term.days for term in TERMS)


def test_a_risk_says_which_words_were_counted():
    assert [(one.code, one.words) for one in risks_of("收到判决书十四天了")] == [
        (Risk.LIMITATION, "十四天了")
    ]
