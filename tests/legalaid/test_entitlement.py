"""The guide to legal aid: every path of the tree ends, says why, and never says no."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.legalaid.enums import Finding, Ground, Group, Role
from mingbai.legalaid.rules.catalogue import BELONGINGS, MATTERS, Catalogue, Line
from mingbai.legalaid.rules.entitlement import Outcome, judge, walk

PLAIN = Catalogue(MATTERS, BELONGINGS)
LINED = Catalogue(MATTERS, BELONGINGS, Line(Decimal("1200.00"), "某省经济困难标准〔2025〕1号"))
KEYS = ("group", "matter", "notified", "exempt", "income", "place", "hurry")


def told(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


def paths(catalogue: Catalogue, given: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way through the tree."""
    now = walk(catalogue, given).open
    if now is None:
        yield given
        return
    for choice in now.choices:
        yield from paths(catalogue, {**given, now.code: choice.code})


@pytest.mark.parametrize(
    ("answers", "finding"),
    [
        ("group=work matter=wage exempt=migrant place=here hurry=no", Finding.EXEMPT),
        ("group=work matter=wage exempt=none income=under place=here hurry=no", Finding.HARDSHIP),
        ("group=work matter=wage exempt=none income=unsure place=here hurry=no", Finding.HARDSHIP),
        ("group=work matter=wage exempt=none income=over place=here hurry=no", Finding.OVER_LINE),
        ("group=family matter=abuse place=here hurry=yes", Finding.NO_CHECK),
        ("group=injury matter=good_deed place=unsure hurry=unsure", Finding.NO_CHECK),
        ("group=crime matter=accused notified=minor", Finding.NOTIFIED),
        ("group=crime matter=accused notified=none exempt=relieved place=here", Finding.EXEMPT),
        ("group=crime matter=victim exempt=no_living place=elsewhere", Finding.EXEMPT),
        ("group=crime matter=treatment", Finding.NOTIFIED),
        ("group=family matter=none place=here hurry=no", Finding.UNLISTED),
        ("group=other place=elsewhere hurry=no", Finding.UNLISTED),
    ],
)
def test_what_the_law_gives(answers: str, finding: Finding):
    assert walk(LINED, told(answers)).open is None
    assert judge(LINED, told(answers)).finding == finding


def test_every_path_ends_with_reasons_that_have_a_source_and_nobody_is_refused():
    ways = list(paths(LINED, {}))
    assert len(ways) > 500
    for way in ways:
        outcome = judge(LINED, way)
        assert outcome.reasons and all(reason.text and reason.source for reason in outcome.reasons)
        assert "可以申请" in str(outcome.finding.label) or outcome.finding == Finding.NOTIFIED
        assert bool(outcome.papers) == (outcome.finding != Finding.NOTIFIED)


def test_at_most_seven_questions_and_each_only_once():
    for way in paths(LINED, {}):
        answered = [question.code for question, _choice in walk(LINED, way).answered]
        assert len(answered) == len(set(answered)) <= 7


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=12)))
def test_answers_that_no_question_knows_are_asked_again(given_answers: dict[str, str]):
    walked = walk(PLAIN, given_answers)
    if walked.open is None:
        judge(PLAIN, given_answers)
        return
    assert walked.open.choice(given_answers.get(walked.open.code, "")) is None
    with pytest.raises(ValueError, match="open"):
        judge(PLAIN, given_answers)


def test_a_matter_of_another_group_is_not_taken():
    walked = walk(PLAIN, told("group=family matter=wage"))
    assert walked.open is not None and walked.open.code == "matter"


def test_without_a_line_nobody_is_asked_for_the_income_and_is_told_why():
    codes = {question.code for way in paths(PLAIN, {}) for question, _c in walk(PLAIN, way).answered}
    assert "income" not in codes
    said = reasons(judge(PLAIN, told("group=work matter=wage exempt=none place=here hurry=no")))
    assert "省里定" in said and "个人诚信承诺" in said


def reasons(outcome: Outcome) -> str:
    return " ".join(f"{reason.text}{reason.source}" for reason in outcome.reasons)


def test_the_line_is_named_with_its_source_and_above_it_one_may_apply_all_the_same():
    said = reasons(judge(LINED, told("group=work matter=wage exempt=none income=over place=here hurry=no")))
    assert "1200 元" in said and "某省经济困难标准〔2025〕1号" in said and "请写清楚" in said


def test_a_wrong_place_is_sent_on_and_haste_goes_first():
    said = reasons(judge(PLAIN, told("group=family matter=abuse place=elsewhere hurry=yes")))
    assert "转过去" in said and "第三十八条" in said and "手续后补" in said and "第四十四条" in said


def test_who_is_accused_without_a_defender_hears_of_the_duty_lawyer():
    said = reasons(judge(PLAIN, told("group=crime matter=accused notified=none exempt=none place=here")))
    assert "值班律师" in said and "第三十条" in said


def test_the_paper_replaces_the_statement_of_hardship_where_belonging_is_shown():
    exempt = judge(PLAIN, told("group=work matter=wage exempt=relieved place=here hurry=no")).papers
    hard = judge(PLAIN, told("group=work matter=wage exempt=none place=here hurry=no")).papers
    assert any("低保证" in paper for paper in exempt) and not any("说明表" in paper for paper in exempt)
    assert any("说明表" in paper for paper in hard)


def test_our_own_catalogue_is_whole():
    codes = {each.code for each in MATTERS}
    assert len(codes) == len(MATTERS) == 21
    assert {each.group for each in MATTERS} == set(Group.values) - {Group.OTHER}
    assert {each.ground for each in MATTERS} == set(Ground.values)
    for each in BELONGINGS:
        assert set(each.only_for) <= codes and each.role in Role.values
        assert bool(each.paper) == (each.role == Role.EXEMPT)
    assert all("法律援助法第" in each.source for each in (*MATTERS, *BELONGINGS))
