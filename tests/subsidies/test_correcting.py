"""After it was paid: the difference comes with the next sheet, once, and the paid piece stays as it is."""

from datetime import date
from decimal import Decimal as D

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.subsidies import actions
from mingbai.subsidies.actions import Facts
from mingbai.subsidies.models import Piece
from mingbai.subsidies.queries import budget, lines_of
from tests.cases.factories import NORTH
from tests.subsidies.factories import make_earned, make_rate, moment

APRIL = moment(date(2026, 4, 9))


def paid(city, **rate) -> Piece:
    make_rate(city, **{"excellent": 120, "failed": 50, **rate})
    make_earned(city.owner)
    sheet(city, 202603)
    return Piece.objects.get(event="aid:1")


def sheet(city, month: int):
    return actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=month)


def correct(piece: Piece, **facts) -> Piece:
    return actions.correct(by=SYSTEM, piece=piece, facts=Facts(**facts), reason="复核", at=APRIL)


@pytest.mark.parametrize(
    ("facts", "difference"),
    [({"share": 50}, "-750.00"), ({"share": 0}, "-1500.00"), ({"grade": "excellent"}, "300.00")],
)
def test_the_difference_is_a_piece_of_the_next_sheet(city, facts, difference):
    piece = paid(city)
    made = correct(piece, **facts)
    assert (made.amount, made.rate, made.corrects) == (D(difference), piece.rate, piece)
    assert [line.amount for line in lines_of(made)][-1] == D("-1700.00"), "what was paid stands line by line"
    assert sum(line.amount for line in lines_of(made)) == made.amount
    later = sheet(city, 202604)
    assert (later.count, later.total) == (1, D(difference))
    piece.refresh_from_db()
    assert (piece.amount, piece.sheet.month) == (D("1700.00"), 202603), "what was paid is not touched"


def test_a_second_correction_reckons_with_the_first(city):
    piece = paid(city)
    first = correct(piece, share=50)
    assert correct(piece, share=40).pk == first.pk, "one that is in no sheet yet is reckoned anew"
    sheet(city, 202604)
    second = correct(piece, share=100)
    assert (second.pk != first.pk, second.amount) == (True, D("900.00"))
    assert sum(one.amount for one in (piece, *piece.corrections.all())) == D("1700.00")
    assert correct(piece, grade="excellent").amount == D("1200.00")
    assert Piece.objects.count() == 3


def test_a_correction_that_changes_nothing_is_none(city):
    piece = paid(city)
    correct(piece, share=50)
    with pytest.raises(Refused) as refused:
        correct(piece, share=100)
    assert refused.value.code == "no_difference"
    assert [one.state for one in piece.corrections.all()] == ["earned"], "a refused change undoes nothing"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"share": 101}, "bad_amount"),
        ({"extra": -1}, "bad_amount"),
        ({"grade": "superb"}, "bad_choice"),
        ({}, "no_difference"),
    ],
)
def test_nonsense_is_refused(city, facts, code):
    piece = paid(city)
    with pytest.raises(Refused) as refused:
        correct(piece, **facts)
    assert refused.value.code == code
    assert Piece.objects.count() == 1


def test_only_what_was_paid_is_corrected_and_no_correction_is(city):
    piece = paid(city)
    made = correct(piece, share=50)
    fresh = make_earned(city.owner, "aid:2")
    for one, code in ((made, "is_correction"), (fresh, "not_paid")):
        with pytest.raises(Refused) as refused:
            correct(one, share=10)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        actions.settle(by=SYSTEM, piece=made, share=10, reason="x", on=date(2026, 4, 9), at=APRIL)
    assert refused.value.code == "is_correction"


def test_a_grade_after_payment_is_a_correction_of_its_own(city):
    piece = paid(city)
    made = actions.grade(by=SYSTEM, event="aid:1", grade="failed", at=APRIL)
    assert (made.corrects, made.amount) == (piece, D("-750.00"))
    again = actions.grade(by=SYSTEM, event="aid:1", grade="passed", at=APRIL)
    assert again == piece and piece.corrections.get().state == "dropped", "back to what was paid: nothing"


def test_what_is_taken_back_is_promised_again_or_paid_back(city):
    make_rate(city)
    make_earned(city.owner)
    actions.take_back(by=SYSTEM, event="aid:1", reason="作废")
    piece = Piece.objects.get()
    assert (piece.state, piece.amount, piece.done_on) == ("promised", 0, None)
    assert make_earned(city.owner).amount == D("1700.00")
    sheet(city, 202603)
    actions.take_back(by=SYSTEM, event="aid:1", reason="作废", at=APRIL)
    assert piece.corrections.get().amount == D("-1500.00")


def test_a_budget_counts_work_and_not_its_corrections(city):
    piece = paid(city)
    correct(piece, share=50)
    (need,) = budget(NORTH, 2026)
    assert (need.count, need.amount, need.each) == (1, D("950.00"), D("950.00"))
