"""Rosters, stand-ins, grants, PINs, slips and wrong tries, as tables."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils.timezone import get_current_timezone

from mingbai.core.refused import Refused
from mingbai.people.roles import ADMINS, RoleCode
from mingbai.people.rules import (
    LOCKED_FOR,
    TRIES_WITHIN,
    AbsenceRow,
    DutyRow,
    Tries,
    WorkerRow,
    check_absence,
    check_duty,
    check_grant,
    check_pin,
    check_slip,
    clean_username,
    next_try,
    snapshot,
)

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 on Monday in Shanghai


def worker(pk, station="S"):
    return WorkerRow(pk, f"W{pk}", f"员工{pk}", "window_clerk", station)


def away(pk, stand_in=None, first=MONDAY, last=MONDAY):
    return AbsenceRow(pk, first, last, stand_in)


def weekly(pk, weekday=0, starts=time(9), ends=time(17), station="S"):
    return DutyRow(pk, station, starts, ends, weekday=weekday)


def serving(duties=(), absences=(), workers=(1, 2, 3), on=MONDAY):
    staffing = snapshot("t", [worker(pk) for pk in workers], duties, absences)
    return sorted(row.id for row in staffing.serving_on("S", on))


@pytest.mark.parametrize(
    ("duties", "absences", "expected"),
    [
        ([], [], [1, 2, 3]),
        ([], [away(1)], [2, 3]),
        ([], [away(1), away(2), away(3)], []),
        ([weekly(1)], [], [1]),
        ([weekly(1, weekday=1)], [], []),
        ([weekly(1)], [away(1)], []),
        ([weekly(1)], [away(1, 2)], [2]),
        ([weekly(1)], [away(1, 2), away(2, 3)], [3]),
        ([weekly(1)], [away(1, 2), away(2, 1)], []),
        ([weekly(1)], [away(1, 2), away(2, 3), away(3, 1)], []),
        ([weekly(1), weekly(2)], [away(1, 2)], [2]),
        ([DutyRow(1, "S", time(9), time(12), date=MONDAY)], [], [1]),
        ([DutyRow(1, "S", time(9), time(12), date=TUESDAY)], [], []),
        ([weekly(9)], [], []),
    ],
    ids=[
        "no roster: everybody",
        "no roster, one away",
        "all away",
        "rostered today",
        "rostered tomorrow only",
        "rostered and away",
        "the stand-in counts",
        "a chain of stand-ins",
        "stand-ins in a circle give nobody",
        "a circle of three gives nobody",
        "nobody twice",
        "one date",
        "another date",
        "rostered but off the register",
    ],
)
def test_who_serves_that_day(duties, absences, expected):
    assert serving(duties, absences) == expected


def test_duty_is_by_local_hour_of_an_aware_moment():
    staffing = snapshot("t", [worker(1)], [weekly(1)], [])
    assert [row.id for row in staffing.on_duty("S", NOON)] == [1]
    assert staffing.on_duty("S", NIGHT) == []
    assert staffing.has_anybody("S", MONDAY)
    assert not staffing.has_anybody("nowhere", MONDAY)


def test_the_end_of_a_duty_is_not_part_of_it():
    staffing = snapshot("t", [worker(1)], [weekly(1, starts=time(9), ends=time(12))], [])
    assert staffing.on_duty("S", NOON) == []


def test_a_duty_to_the_end_of_the_day_leaves_no_minute_out():
    staffing = snapshot("t", [worker(1)], [weekly(1, starts=time(22), ends=time(23, 59))], [])
    last = NOON.astimezone(get_current_timezone()).replace(hour=23, minute=59, second=59)
    assert [row.id for row in staffing.on_duty("S", last)] == [1]
    assert staffing.on_duty("S", last + timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("absence", "own", "others", "code"),
    [
        (away(1, first=TUESDAY, last=MONDAY), [], [], "bad_period"),
        (away(1, 1), [], [], "stands_in_for_self"),
        (away(1), [away(1)], [], "absence_twice"),
        (away(1, 2), [], [away(2, 1)], "stand_in_loop"),
        (away(1, 2), [], [away(2, 3), away(3, 1)], "stand_in_loop"),
        (away(1, 2, MONDAY, TUESDAY), [], [away(2, 1, TUESDAY, TUESDAY)], "stand_in_loop"),
        (away(1, 2), [], [away(2, 3)], ""),
        (away(1, 2), [], [away(2, 1, TUESDAY, TUESDAY)], ""),
        (away(1, 2), [], [], ""),
    ],
)
def test_an_absence_is_refused_when_it_leaves_a_circle(absence, own, others, code):
    assert refusal(check_absence, absence, own, others) == code


@pytest.mark.parametrize(
    ("duty", "own", "code"),
    [
        (weekly(1, starts=time(17), ends=time(9)), [], "bad_hours"),
        (DutyRow(1, "S", time(9), time(12)), [], "weekday_or_date"),
        (DutyRow(1, "S", time(9), time(12), weekday=0, date=MONDAY), [], "weekday_or_date"),
        (weekly(1), [weekly(1, station="T")], "duty_twice"),
        (weekly(1, starts=time(17), ends=time(18)), [weekly(1)], ""),
        (weekly(1, weekday=1), [weekly(1)], ""),
    ],
)
def test_a_duty_is_refused_when_one_would_be_in_two_places(duty, own, code):
    assert refusal(check_duty, duty, own) == code


@pytest.mark.parametrize("role", RoleCode.values)
@pytest.mark.parametrize("held", RoleCode.values)
def test_administrators_hold_one_role_and_nothing_else(role, held):
    code = refusal(check_grant, role=role, held={held}, to_self=False, is_wide=True)
    if role == held or not ({role, held} & ADMINS):
        assert code == ""
    elif {role, held} <= ADMINS:
        assert code == "admins_separate"
    else:
        assert code == "admin_without_cases"


@pytest.mark.parametrize(
    ("role", "to_self", "is_wide", "code"),
    [
        ("no_role", False, True, "unknown_role"),
        (RoleCode.WINDOW_CLERK, True, True, "own_grant"),
        (RoleCode.AUDIT_ADMIN, False, False, "admin_place"),
        (RoleCode.WINDOW_CLERK, False, False, ""),
    ],
)
def test_a_grant_is_refused(role, to_self, is_wide, code):
    assert refusal(check_grant, role=role, held=set(), to_self=to_self, is_wide=is_wide) == code


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "bad_pin"),
        ("123", "bad_pin"),
        ("123456789", "bad_pin"),
        ("12a4", "bad_pin"),
        ("１２７４", "bad_pin"),
        ("1111", "weak_pin"),
        ("1234", "weak_pin"),
        ("98765", "weak_pin"),
        ("2741", ""),
        ("12345679", ""),
    ],
)
def test_pins(pin, code):
    assert refusal(check_pin, pin) == code


@pytest.mark.parametrize(("name", "clean"), [(" Alice ", "alice"), ("Ｂｏｂ.2", "bob.2"), ("w0001", "w0001")])
def test_usernames_have_one_form(name, clean):
    assert clean_username(name) == clean


@pytest.mark.parametrize("name", ["", "a", "-bob", "张三", "a b", "x" * 65, "a\x00b"])
def test_bad_usernames_are_refused(name):
    assert refusal(clean_username, name) == "bad_username"


def test_the_fifth_try_locks_and_time_unlocks():
    now, tries = NOON, None
    for n in range(1, 6):
        tries = next_try(tries, now)
        assert (tries.count, bool(tries.until)) == (n, n == 5)
    assert refusal(next_try, tries, now + LOCKED_FOR - timedelta(seconds=1)) == "locked"
    assert next_try(tries, now + LOCKED_FOR).count == 1


def test_old_tries_are_forgotten_and_a_clock_set_back_starts_anew():
    assert next_try(Tries(4, NOON), NOON + TRIES_WITHIN + timedelta(seconds=1)).count == 1
    assert next_try(Tries(4, NOON), NOON - timedelta(days=1)).count == 1
    assert next_try(Tries(4, NOON), NOON).until
    assert next_try(Tries(5, NOON, NOON + LOCKED_FOR), NOON - timedelta(days=90)).count == 1


def test_tries_of_the_same_moment_count_whichever_comes_first():
    assert next_try(Tries(1, NOON), NOON - timedelta(milliseconds=3)).count == 2


@pytest.mark.parametrize(
    ("expires", "used", "active", "code"),
    [
        (NOON + timedelta(days=1), None, True, ""),
        (NOON, None, True, "slip_expired"),
        (NOON + timedelta(days=1), NOON, True, "slip_used"),
        (NOON + timedelta(days=1), None, False, "bad_slip"),
    ],
)
def test_slips(expires, used, active, code):
    assert refusal(check_slip, expires_at=expires, used_at=used, is_active=active, now=NOON) == code


def refusal(rule, *args, **kwargs):
    try:
        rule(*args, **kwargs)
    except Refused as refused:
        assert str(refused)
        return refused.code
    return ""
