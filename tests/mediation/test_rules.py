"""The rules of mediation as tables: parties, committees, agreements, the court, the file."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.mediation.enums import Dispute, RuleCode, Unfit
from mingbai.mediation.rules.agreement import (
    AgreementTerms,
    Named,
    Signed,
    TermTerms,
    digest,
    missing,
    unsigned,
)
from mingbai.mediation.rules.committees import Seat, findings, term_end
from mingbai.mediation.rules.confirmation import SOURCES, check_fit, check_in_time
from mingbai.mediation.rules.file import PARTS, file_number, index_of, wanted_parts
from mingbai.mediation.rules.letters import failed_text, ways
from mingbai.mediation.rules.parties import Standing, is_minor, lacking
from mingbai.mediation.rules.seeds import NUMBERS, PERIODS

TODAY = date(2026, 11, 30)
NUMBERS_NOW = {row.code: row.amount for row in NUMBERS}
GOOD = (Seat(is_woman=True), Seat(is_chair=True), Seat())


@pytest.mark.parametrize(
    ("seats", "mixed", "since", "words"),
    [
        (GOOD, False, TODAY, []),
        (GOOD[:2], False, TODAY, ["少于 3 人"]),
        (GOOD + (Seat(),) * 7, False, TODAY, ["多于 9 人"]),
        (GOOD + (Seat(),) * 6, False, TODAY, []),
        ((Seat(is_chair=True), Seat(), Seat()), False, TODAY, ["妇女"]),
        (GOOD, True, TODAY, ["民族"]),
        ((Seat(is_woman=True, is_minority=True), *GOOD[1:]), True, TODAY, []),
        ((Seat(is_woman=True), Seat(), Seat()), False, TODAY, ["主任"]),
        (GOOD, False, None, ["推选"]),
        (GOOD, False, date(2023, 11, 30), ["任期已满"]),
        (GOOD, False, date(2023, 12, 1), []),
        ((), False, TODAY, ["少于 3 人"]),
    ],
)
def test_gaps_of_a_committee(seats, mixed, since, words):
    found = findings(seats, since=since, is_mixed=mixed, numbers=NUMBERS_NOW, today=TODAY)
    assert len(found) == len(words)
    assert all(word in gap.text for word, gap in zip(words, found, strict=True))
    assert all("人民调解法" in gap.source for gap in found)


def test_a_term_that_began_on_the_29th_of_february():
    assert term_end(date(2024, 2, 29), NUMBERS_NOW) == date(2027, 3, 1)
    assert term_end(TODAY, {}) is None


@pytest.mark.parametrize(
    ("number", "minor"),
    [("210402200811301234", False), ("210402200812011234", True), ("", False), ("210402200813991234", False)],
)
def test_eighteen_on_the_birthday(number: str, minor: bool):
    assert is_minor(number, TODAY) is minor


@pytest.mark.parametrize(
    ("parties", "lead", "count"),
    [
        ([Standing("甲", "asking", "agrees"), Standing("乙", "other", "agrees")], True, 0),
        ([Standing("甲", "asking", "agrees"), Standing("乙", "other", "")], True, 1),
        ([Standing("甲", "asking", "agrees"), Standing("乙", "other", "refuses")], False, 2),
        ([Standing("甲", "asking", "agrees"), Standing("乙", "third", "agrees")], True, 1),
        ([], False, 2),
    ],
)
def test_what_is_missing_before_it_begins(parties, lead, count):
    assert len(lacking(parties, has_lead=lead)) == count


FULL = AgreementTerms("written", "内容", "事实", "责任", (TermTerms("付钱", None, TODAY),))
PEOPLE = [Named("甲", True, True), Named("乙", True, True)]


@pytest.mark.parametrize(
    ("terms", "people", "words"),
    [
        (FULL, PEOPLE, []),
        (AgreementTerms("oral", "内容"), [Named("甲", False, False)], []),
        (AgreementTerms("written", "内容"), PEOPLE, ["事实", "责任", "方式"]),
        (AgreementTerms("written", "内容", "事实", "责任", (TermTerms("付钱"),)), PEOPLE, ["期限"]),
        (FULL, [Named("甲", False, False), PEOPLE[1]], ["甲的证件", "甲的住址"]),
    ],
)
def test_what_article_29_names_and_is_missing(terms, people, words):
    found = missing(terms, people)
    assert len(found) == len(words) and all(word in text for word, text in zip(words, found, strict=True))


def slow_unsigned(parties: dict[int, str], marks: list[tuple[str, int]]) -> set[str]:
    """Everybody is missing, and each mark takes one away."""
    left = {f"party-{pk}": name for pk, name in parties.items()} | {
        "mediator": "调解员",
        "seal": "调委会印章",
    }
    for role, pk in marks:
        left.pop(f"party-{pk}" if role == "party" else role, None)
    return set(left.values())


@given(
    st.dictionaries(st.integers(1, 6), st.sampled_from("甲乙丙丁"), max_size=5),
    st.lists(st.tuples(st.sampled_from(["party", "mediator", "seal"]), st.integers(1, 6)), max_size=9),
)
def test_whose_mark_is_missing_against_a_slow_reference(parties, marks):
    signed = Signed(
        frozenset(pk for role, pk in marks if role == "party"),
        any(role == "mediator" for role, _pk in marks),
        any(role == "seal" for role, _pk in marks),
    )
    assert set(unsigned(parties, signed)) == slow_unsigned(parties, marks)


def test_the_digest_knows_words_from_terms_and_not_their_order():
    words = {"content": "甲", "facts": ""}
    assert digest(words, [("a", 1, ""), ("b", 2, "")]) == digest(
        dict(reversed(words.items())), [("b", 2, ""), ("a", 1, "")]
    )
    assert digest(words, [("a", 1, "")]) != digest(words, [("a", 2, "")])
    assert digest({"content": "甲乙", "facts": ""}, []) != digest({"content": "甲", "facts": "乙"}, [])


def test_what_the_court_does_not_confirm_has_its_source():
    assert set(SOURCES) == set(Unfit.values)
    with pytest.raises(Refused) as refused:
        check_fit(["status", "title"])
    assert "婚姻" in str(refused.value) and "物权" in str(refused.value)
    check_fit([])


@pytest.mark.parametrize(("days", "late"), [(0, False), (30, False), (31, True)])
def test_in_time_for_the_court(days: int, late: bool):
    until = TODAY + timedelta(days=30)
    if late:
        with pytest.raises(Refused):
            check_in_time(TODAY + timedelta(days=days), until)
    else:
        check_in_time(TODAY + timedelta(days=days), until)
    check_in_time(TODAY, None)


@pytest.mark.parametrize("dispute", ["", *Dispute.values])
def test_every_dispute_has_ways_and_a_word_of_aid(dispute: str):
    found = ways(dispute)
    assert len(found) >= 3 and "法律援助" in found[-1]
    assert "第二十六条" in failed_text("", dispute)


def test_seeds_have_sources_and_the_law_s_numbers():
    assert all(row.source for row in (*PERIODS, *NUMBERS))
    assert {row.code: row.amount for row in NUMBERS} == {
        "members_least": 3,
        "members_most": 9,
        "term_years": 3,
        "online_sign": 1,
    }
    assert {row.code for row in NUMBERS} == set(RuleCode.values)
    legal = [row for row in PERIODS if row.strength == "legal"]
    assert [(row.code, row.amount) for row in legal] == [("med_confirm", 30)]


def test_the_index_holds_what_is_there_and_what_is_owed():
    wanted = wanted_parts(
        agreed=True, held=True, agents=True, terms_done=False, visited=False, confirmed=False
    )
    rows = index_of({"request", "minutes", "evidence"}, wanted)
    order = [part.code for part in PARTS]
    assert [row.part.code for row in rows] == sorted((row.part.code for row in rows), key=order.index)
    assert {row.part.code for row in rows if row.is_owed} == {"rights", "identity", "mandate", "agreement"}
    assert file_number(2026, "新抚", 7) == "（2026）新抚人调字第7号"
