"""Following: number and last four digits, or the code; five wrong tries; one path for what is not there."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions.follow import follow, forget_tries
from mingbai.cases.models import FollowTry
from mingbai.cases.queries import history_of
from mingbai.cases.rules.following import LOCKED_FOR, Tries, may_hear, next_try
from mingbai.cases.rules.intake import Person
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.numbers import group_number, new_number
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from tests.cases.factories import City, make_case, make_opened

NOW = timezone.now()


def attempt(number, secret, at=None):
    try:
        return follow(by=RESIDENT, number=number, secret=secret, at=at)
    except Refused as refused:
        return refused.code


def test_number_and_last_four_digits_open_it(city: City):
    case = make_case(party=Person("王桂兰", "024-57612345-801"))
    for typed in (case.number, group_number(case.number), f" {case.number[:6]}－{case.number[6:]} "):
        assert attempt(typed, "5678") == case
    assert attempt(case.number, "５６７８").followed_as == "speaker"
    assert attempt(case.number, "2345").followed_as == "party"


def test_the_code_opens_it_where_there_is_no_phone(city: City):
    opened = make_opened(phone="", name="")
    assert attempt(opened.case.number, opened.follow_code).followed_as == "code"


@pytest.mark.parametrize("secret", ["", "-", "0000", "678", "15678", "五六七八", "5678x"])
def test_a_wrong_secret_opens_nothing(city: City, secret):
    assert attempt(make_case().number, secret) == "not_found"


def test_five_wrong_tries_lock_the_number_for_an_hour_for_everybody(city: City):
    number = make_case().number
    assert [attempt(number, "0000", NOW) for _n in range(5)] == ["not_found"] * 5
    assert attempt(number, "5678", NOW) == "locked"
    assert attempt(number, "5678", NOW + timedelta(minutes=59)) == "locked"
    assert attempt(number, "5678", NOW + timedelta(minutes=61)).number == number
    assert Entry.objects.filter(chain=f"follow:{number}", verb="follow.locked").count() == 1


def test_a_lock_is_in_the_history_of_the_matter(city: City):
    case = make_case()
    for _n in range(5):
        attempt(case.number, "0000")
    assert [line.verb for line in history_of(case)] == ["case.opened", "follow.locked"]


def test_a_right_try_forgets_the_wrong_ones(city: City):
    number = make_case().number
    for _n in range(4):
        attempt(number, "0000", NOW)
    attempt(number, "5678", NOW)
    assert attempt(number, "0000", NOW) == "not_found" and attempt(number, "5678", NOW).number == number


def _shape(sql):
    """The statement without its values."""
    return re.sub(r"'[^']*'|x\w+\"|\b\d+\b", "?", sql)


def statements(number, secret):
    with CaptureQueriesContext(connection) as told:
        answer = attempt(number, secret)
    return answer, [_shape(q["sql"]) for q in told.captured_queries]


def test_unknown_foreign_and_malformed_numbers_take_the_same_path(city: City):
    here = make_case().number
    unknown = next(number for _n in range(20) if (number := new_number(26)) != here)
    ways = [statements(number, "0000") for number in (here, unknown, "123", "绝不是编号", "")]
    assert {answer for answer, _sql in ways} == {"not_found"}
    assert len({tuple(sql) for _answer, sql in ways}) == 1
    for _n in range(4):
        attempt(here, "0000"), attempt(unknown, "0000")
    ways = [statements(number, "5678") for number in (here, unknown)]
    assert {answer for answer, _sql in ways} == {"locked"} and len({tuple(sql) for _answer, sql in ways}) == 1


def test_what_cannot_be_a_number_is_not_kept_as_it_was_typed(city: City):
    attempt("210402199001011234", "0000")
    assert not FollowTry.objects.filter(number__contains="2104").exists()


def test_old_tries_are_forgotten(city: City):
    attempt(make_case().number, "0000", NOW - timedelta(days=2))
    attempt(make_case().number, "0000", NOW)
    assert forget_tries(by=SYSTEM, now=NOW) == 1 and FollowTry.objects.count() == 1


def test_tries_an_hour_apart_do_not_add_up():
    tries = Tries(4, NOW)
    later, refused = next_try(tries, NOW + LOCKED_FOR + timedelta(minutes=1), right=False)
    assert later.count == 1 and not refused and later.until is None


def test_a_clock_set_back_does_not_lock_for_ever():
    tries = Tries(5, NOW + timedelta(days=30), NOW + timedelta(days=30, hours=1))
    after, refused = next_try(tries, NOW, right=True)
    assert not refused and after.count == 0


@pytest.mark.parametrize(
    ("told", "role", "same", "may"),
    [
        ("speaker", "speaker", False, True),
        ("speaker", "code", False, True),
        ("speaker", "party", False, False),
        ("party", "party", False, True),
        ("party", "speaker", False, False),
        ("party", "speaker", True, True),
        ("both", "party", False, True),
    ],
)
def test_who_may_hear_the_answer(told, role, same, may):
    assert may_hear(told, role, same_person=same) is may
