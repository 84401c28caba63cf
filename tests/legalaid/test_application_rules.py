"""What an application needs and what is proposed: tables, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from mingbai.core.checks import born_on
from mingbai.core.refused import Refused
from mingbai.legalaid.enums import Advice
from mingbai.legalaid.rules.application import (
    Terms,
    age,
    checked,
    claim_of,
    missing,
    needed,
)
from mingbai.legalaid.rules.catalogue import BELONGINGS, MATTERS, Catalogue, Line
from mingbai.legalaid.rules.precheck import Facts, precheck

LINE = Catalogue(MATTERS, BELONGINGS, Line(Decimal(1000), "省司法厅"))
NO_LINE = Catalogue(MATTERS, BELONGINGS)
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("matter", "belonging", "source", "claim"),
    [
        ("wage", "", "own", "hardship"),
        ("wage", "migrant", "own", "belonging"),
        ("traffic", "migrant", "own", "hardship"),
        ("traffic", "relieved", "own", "belonging"),
        ("abuse", "", "own", "no_check"),
        ("abuse", "relieved", "own", "no_check"),
        ("accused", "minor", "own", "notified"),
        ("treatment", "", "own", "notified"),
        ("wage", "", "notified", "notified"),
        ("", "", "own", ""),
        ("", "relieved", "own", "belonging"),
    ],
)
def test_three_grounds_stay_apart(matter, belonging, source, claim):
    assert claim_of(LINE, matter, belonging, source) == claim


@pytest.mark.parametrize(
    ("change", "papers"),
    [
        ({}, ["身份证", "经济困难状况说明表", "与事情有关的材料"]),
        ({"mandate": "agent"}, ["身份证", "授权委托书", "经济困难状况说明表", "与事情有关的材料"]),
        ({"belonging": "migrant"}, ["身份证", BELONGINGS[6].paper, "与事情有关的材料"]),
        ({"belonging": "migrant", "shown": "sharing"}, ["身份证", "与事情有关的材料"]),
        ({"matter": "abuse"}, ["身份证", "与事情有关的材料"]),
        ({"source": "notified"}, []),
    ],
)
def test_which_papers_are_needed(change, papers):
    terms = replace(Terms(matter="wage", shown="commitment"), **change)
    claim = claim_of(LINE, terms.matter, terms.belonging, terms.source)
    assert list(needed(terms, claim, LINE)) == papers


def test_what_is_given_is_not_asked_again():
    terms = Terms(matter="wage", shown="commitment")
    assert missing(terms, "hardship", LINE, given=["身份证"], files=1) == ("经济困难状况说明表",)
    stated = replace(terms, income="0")
    assert missing(stated, "hardship", LINE, given=["身份证"], files=1) == ()
    assert missing(stated, "hardship", LINE, given=["与事情有关的材料"], files=0) == ("身份证",)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1200", "1200"), (" 1,200.50 ", "1200.5"), ("0", "0"), ("1200元", "1200"), ("", "")],
)
def test_incomes_as_people_write_them(typed, kept):
    terms = checked(Terms(income=typed), LINE, born=None, now=NOW, today=TODAY)
    assert terms.income == kept


@pytest.mark.parametrize("typed", ["一千", "-1", "1e9", "1000001", "1.234", "NaN", "١٢"])
def test_incomes_that_are_none(typed):
    with pytest.raises(Refused) as refused:
        checked(Terms(income=typed), LINE, born=None, now=NOW, today=TODAY)
    assert (refused.value.code, refused.value.field) == ("bad_income", "income")


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(2008, 11, 30), 18), (date(2008, 12, 1), 17), (date(2008, 2, 29), 18), (date(1950, 1, 1), 76)],
)
def test_age_by_the_day(born, years):
    assert age(born, TODAY) == years


def test_the_day_of_birth_in_an_id_number():
    assert born_on("210402200811301234") == date(2008, 11, 30)
    assert born_on("") is None and born_on("210402200813991234") is None


def test_a_guardian_speaks_for_a_child():
    child = date(2015, 1, 1)
    for mandate in ("guardian", "relative", "agent"):
        assert checked(Terms(mandate=mandate), LINE, born=child, now=NOW, today=TODAY)
    with pytest.raises(Refused):
        checked(Terms(), LINE, born=child, now=NOW, today=TODAY)
    assert checked(Terms(source="notified", organ="法院"), LINE, born=child, now=NOW, today=TODAY)


def facts(**values) -> Facts:
    terms = replace(Terms(matter="wage", shown="commitment", income="900"), **values.pop("terms", {}))
    claim = claim_of(LINE, terms.matter, terms.belonging, terms.source)
    return Facts(terms, claim, **{"missing": (), **values})


@pytest.mark.parametrize(
    ("values", "catalogue", "advice"),
    [
        ({}, LINE, Advice.GRANT),
        ({"terms": {"income": "1000"}}, LINE, Advice.GRANT),
        ({"terms": {"income": "1000.01"}}, LINE, Advice.WEIGH),
        ({"terms": {"income": "5000"}}, NO_LINE, Advice.GRANT),
        ({"terms": {"shown": ""}}, LINE, Advice.WEIGH),
        ({"terms": {"matter": "abuse", "shown": ""}}, LINE, Advice.GRANT),
        ({"terms": {"belonging": "migrant", "shown": "", "income": "9999"}}, LINE, Advice.WEIGH),
        ({"terms": {"belonging": "migrant", "shown": "paper", "income": "9999"}}, LINE, Advice.GRANT),
        ({"terms": {"matter": ""}}, LINE, Advice.ASK),
        ({"missing": ("身份证",)}, LINE, Advice.ASK),
        ({"is_here": False, "missing": ("身份证",)}, LINE, Advice.TRANSFER),
        ({"is_here": None}, LINE, Advice.GRANT),
        ({"terms": {"hurry": "limit"}, "missing": ("身份证",), "is_here": False}, LINE, Advice.FIRST),
        ({"terms": {"source": "notified"}}, LINE, Advice.ASSIGN),
    ],
)
def test_what_is_proposed(values, catalogue, advice):
    proposal = precheck(facts(**values), catalogue)
    assert proposal.advice == advice
    assert proposal.reasons and all(reason.text for reason in proposal.reasons)


def test_refusing_is_never_proposed():
    assert not {"refuse", "reject"} & set(Advice.values)


def test_every_reason_names_its_source():
    found = precheck(facts(doubles=2, missing=("身份证",), is_here=None), LINE)
    texts = " ".join(reason.text for reason in found.reasons)
    assert "同类申请" in texts and "身份证" in texts and "还不清楚" in texts
    assert [reason.source for reason in found.reasons].count("") == 1  # a double rests on no article
