"""Ratings: once, by the resident; bad ones are called back and may be redone; mistaken ones are struck."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import clocks, ratings, work
from mingbai.cases.models import Case, Rating
from mingbai.cases.queries import owed_call_backs, work_list
from mingbai.core.actor import RESIDENT
from mingbai.journal.models import Entry
from tests.cases.factories import City, fresh, make_answered, make_case, make_closed
from tests.cases.test_work import code, last, running


def rated(city: City, grade: int, case=None) -> Rating:
    return ratings.rate(case=case or make_closed(city), by=RESIDENT, grade=grade, text="等太久")


def test_a_good_rating_ends_there(city: City):
    rating = rated(city, 5)
    case = Case.objects.get(pk=rating.case_id)
    assert (case.state, case.waiting_on, running(case)) == ("closed", "nobody", set())
    assert rating.text == "等太久" and last(case) == ("case.rated", {"grade": 5})


def test_only_the_resident_rates_and_once(city: City):
    case = make_closed(city)
    assert code(ratings.rate, case=case, by=city.alice.actor, grade=5) == "not_resident"
    assert code(ratings.rate, case=case, by=city.partner.actor, grade=5) == "not_resident"
    rated(city, 4, case)
    assert code(ratings.rate, case=case, by=RESIDENT, grade=1) == "rated_already"


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_there_are_five_grades(city: City, grade):
    assert code(ratings.rate, case=make_closed(city), by=RESIDENT, grade=grade) == "bad_grade"


def test_nothing_is_rated_before_its_answer(city: City):
    assert code(ratings.rate, case=make_case(), by=RESIDENT, grade=5) == "wrong_state"
    wrong = {"case": make_closed(city), "by": RESIDENT, "grade": 5, "channel": "pigeon"}
    assert code(ratings.rate, **wrong) == "unknown_channel"


def test_a_bad_rating_owes_a_return_call_although_the_matter_is_closed(city: City):
    rating = rated(city, 1)
    case = Case.objects.get(pk=rating.case_id)
    assert running(case) == {"call_back"} and case.waiting_on == "station" and case.due_at
    assert list(owed_call_backs(fresh(city.supervisor))) == [rating]
    assert case in work_list(fresh(city.alice))
    clocks.tick(now=timezone.now() + timedelta(days=60))
    assert Entry.objects.filter(chain=case.chain, verb="case.clock_late").exists()


def test_a_bad_rating_before_closing_is_owed_after_it_too(city: City):
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    rated(city, 2, case)
    case = work.close(case=case, by=city.alice.actor)
    assert running(case) == {"call_back"} and case.waiting_on == "station"


def test_a_return_call_that_calms_ends_it(city: City):
    rating = rated(city, 2)
    case = ratings.call_back(case=rating.case, by=city.supervisor.actor, happy=True, text="解释清楚了")
    rating.refresh_from_db()
    assert rating.is_happy_after and rating.called_back_at and running(case) == set()
    assert (case.state, case.waiting_on) == ("closed", "nobody")
    again = {"case": case, "by": city.supervisor.actor, "happy": True, "text": "x"}
    assert code(ratings.call_back, **again) == "called_back_already"


def test_who_is_still_unhappy_gets_it_redone(city: City):
    rating = rated(city, 1)
    case = ratings.call_back(case=rating.case, by=city.supervisor.actor, happy=False, text="还是没解决")
    assert case.state == "in_progress" and last(case)[0] == "case.redone"
    assert running(case) == {"answer", "answer_limit"}


def test_the_one_who_was_rated_does_not_call_back_or_decide(city: City):
    rating = rated(city, 1)
    told = {"case": rating.case, "by": city.alice.actor, "happy": True, "text": "x"}
    assert code(ratings.call_back, **told) == "own_rating"
    ratings.appeal(rating=rating, by=city.alice.actor, reason="评错了")
    decision = {"rating": rating, "by": city.alice.actor, "struck": True, "answer": "x"}
    assert code(ratings.decide_appeal, **decision) == "own_rating"


def test_a_call_back_without_a_rating_may_redo_too(city: City):
    case = ratings.call_back(case=make_closed(city), by=city.supervisor.actor, happy=False, text="没说清")
    assert case.state == "in_progress"


def test_a_struck_rating_leaves_the_figures_and_owes_nothing(city: City):
    rating = rated(city, 1)
    ratings.appeal(rating=rating, by=city.alice.actor, reason="评的是别家")
    asked = {"rating": rating, "by": city.alice.actor, "reason": "再"}
    assert code(ratings.appeal, **asked) == "appealed_already"
    ratings.decide_appeal(rating=rating, by=city.supervisor.actor, struck=True, answer="属实")
    assert Rating.objects.count() == 1 and not Rating.objects.counted().exists()
    case = Case.objects.get(pk=rating.case_id)
    assert running(case) == set() and case.waiting_on == "nobody"
    decision = {"rating": rating, "by": city.supervisor.actor, "struck": True, "answer": "x"}
    assert code(ratings.decide_appeal, **decision) == "no_appeal"


def test_an_upheld_rating_counts_and_is_still_owed(city: City):
    rating = rated(city, 1)
    ratings.appeal(rating=rating, by=city.alice.actor, reason="x")
    ratings.decide_appeal(rating=rating, by=city.supervisor.actor, struck=False, answer="维持")
    assert Rating.objects.counted().count() == 1
    assert running(rating.case) == {"call_back"}


def test_how_one_heard_of_us_is_told_by_the_resident_alone_and_after_the_rating(city: City):
    case = make_closed(city)
    assert code(ratings.tell_how, case=case, by=RESIDENT, heard_from="village") == "not_rated"
    rated(city, 5, case)
    assert code(ratings.tell_how, case=case, by=city.alice.actor, heard_from="village") == "not_resident"
    assert code(ratings.tell_how, case=case, by=RESIDENT, heard_from="moon") == "bad_choice"
    assert code(ratings.tell_how, case=case, by=RESIDENT) == "nothing_told"
    told = ratings.tell_how(case=case, by=RESIDENT, heard_from="village", was_first_choice=True)
    assert (told.heard_from, told.was_first_choice) == ("village", True)
    assert last(case) == ("case.told_how", {"heard_from": "village", "first": True})
    assert code(ratings.tell_how, case=case, by=RESIDENT, was_first_choice=False) == "told_already"
