"""Openings and breaks: what an office may set, who is told when a time goes, bad input."""

import json
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.workdays import Day
from mingbai.journal.queries import history
from mingbai.notices.models import Notice
from mingbai.people import actions as people
from mingbai.places import actions as places
from mingbai.places.queries import register
from mingbai.visits.actions import bookings, openings
from mingbai.visits.models import Break, Opening, Visit
from tests.cases.factories import NORTH, TOWN, City
from tests.visits.factories import ahead, make_booking, make_opening, make_terms, moment_at, on_working_days

pytestmark = pytest.mark.django_db


def test_an_opening_is_set_with_its_history(city: City):
    opening = make_opening(city, weekdays=(3, 1, 1), lines=("legal_aid", "consultation"))
    assert (opening.weekdays, opening.lines) == ([1, 3], ["consultation", "legal_aid"])
    assert [entry.verb for entry in history(opening.chain)] == ["opening.set"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "walk_in"}, "bad_choice"),
        ({"kind": "party"}, "bad_choice"),
        ({"repeat": "yearly"}, "bad_choice"),
        ({"on_day_off": "sing"}, "bad_choice"),
        ({"receives": " "}, "empty_text"),
        ({"receives": "李" * 65}, "text_too_long"),
        ({"minutes": 4}, "bad_count"),
        ({"minutes": 481}, "bad_count"),
        ({"capacity": 0}, "bad_count"),
        ({"capacity": 51}, "bad_count"),
        ({"every": 0}, "bad_count"),
        ({"ahead_days": 181}, "bad_count"),
        ({"last_on": date(2020, 1, 1)}, "bad_period"),
        ({"starts": time(11), "ends": time(9)}, "bad_hours"),
        ({"starts": time(9), "ends": time(9, 20)}, "bad_hours"),
        ({"weekdays": ()}, "no_days"),
        ({"weekdays": (7,)}, "no_days"),
        ({"repeat": "monthly", "month_days": ()}, "no_days"),
        ({"repeat": "monthly", "month_days": (0,)}, "no_days"),
        ({"repeat": "monthly", "month_days": (32,)}, "no_days"),
        ({"lines": ("haircut",)}, "line_not_here"),
        ({"lines": ("notary",)}, "line_not_here"),
        ({"worker": 999_999}, "unknown_worker"),
    ],
)
def test_what_cannot_be_an_opening_is_refused(city: City, values, code):
    with pytest.raises(Refused) as refused:
        openings.set_opening(by=SYSTEM, station=city.stations[TOWN], terms=make_terms(**values))
    assert refused.value.code == code
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"last_on": date(2020, 1, 1)}, "bad_period"),
        ({"starts": time(10)}, "bad_hours"),
        ({"starts": time(10), "ends": time(9)}, "bad_hours"),
        ({"reason": " "}, "empty_text"),
    ],
)
def test_what_cannot_be_a_break_is_refused(city: City, values, code):
    opening, day = make_opening(city), ahead()
    with pytest.raises(Refused) as refused:
        openings.break_off(
            by=SYSTEM, opening=opening, **{"first_on": day, "last_on": day, "reason": "开会", **values}
        )
    assert refused.value.code == code and not Break.objects.exists()


def told(template: str) -> list[Notice]:
    return list(Notice.objects.filter(template=template).order_by("id"))


def test_a_break_tells_who_had_booked_and_offers_other_times_and_its_end_tells_again(city: City):
    opening = on_working_days(city)
    day = ahead(3)
    gone, kept = make_booking(opening, moment_at(day, 9)), make_booking(opening, moment_at(day, 10, 30))
    gap = openings.break_off(
        by=SYSTEM, opening=opening, first_on=day, last_on=day, starts=time(9), ends=time(10), reason="开会"
    )
    gone.refresh_from_db(), kept.refresh_from_db()
    assert gone.displaced_at and gone.state == "booked" and kept.displaced_at is None
    [notice] = told("visit_displaced")
    assert notice.to == gone.chain and "开会" in notice.context
    assert json.loads(notice.context)["times"].count("、") == 2
    assert [entry.verb for entry in history(gone.chain)] == ["visit.booked", "visit.displaced"]
    openings.lift_break(by=SYSTEM, gap=gap)
    gone.refresh_from_db()
    assert gone.displaced_at is None and [n.to for n in told("visit_stands")] == [gone.chain]


def test_who_lost_their_time_chooses_another_under_the_same_code(city: City):
    opening, day = on_working_days(city), ahead(3)
    visit = make_booking(opening, moment_at(day, 9))
    code = visit.code
    openings.break_off(by=SYSTEM, opening=opening, first_on=day, last_on=day, reason="出差")
    moved = bookings.move_booking(by=SYSTEM, visit=visit, opening=opening, starts_at=moment_at(ahead(4), 9))
    assert moved.displaced_at is None and moved.code == code and moved.on == ahead(4)


def test_an_opening_that_ends_with_bookings_tells_them(city: City):
    opening = on_working_days(city)
    visit = make_booking(opening, moment_at(ahead(3), 9))
    openings.end_opening(by=SYSTEM, opening=opening, last_on=ahead(2), reason="律师调走")
    visit.refresh_from_db()
    assert visit.displaced_at and "律师调走" in told("visit_displaced")[0].context
    with pytest.raises(Refused):
        openings.end_opening(by=SYSTEM, opening=opening, last_on=date(2020, 1, 1), reason="x")


def test_a_holiday_added_afterwards_tells_who_had_booked_that_day(city: City):
    opening, day = on_working_days(city), ahead(5)
    visit, other = make_booking(opening, moment_at(day, 9)), make_booking(opening, moment_at(ahead(4), 9))
    calendar = register().workdays
    days = {d: entry for d, entry in calendar.days.items() if d.year == day.year}
    days[day] = Day(False, "临时放假")
    places.load_notice(by=SYSTEM, year=day.year, days=days, source="国办发明电〔2026〕9号")
    visit.refresh_from_db(), other.refresh_from_db()
    assert visit.displaced_at and other.displaced_at is None
    [notice] = told("visit_displaced")
    assert notice.to == visit.chain and "放假安排有变动" in notice.context


def test_leave_and_a_shut_station_are_noticed_by_the_clock(city: City):
    worker = city.workers[NORTH]
    opening = on_working_days(city, worker=worker.pk)
    visit = make_booking(opening, moment_at(ahead(3), 9))
    people.add_absence(by=SYSTEM, worker=worker, starts_on=ahead(3), ends_on=ahead(3))
    now = timezone.now()
    assert bookings.settle_bookings(by=SYSTEM, now=now) == 1
    assert bookings.settle_bookings(by=SYSTEM, now=now + timedelta(minutes=10)) == 0, "told once"
    visit.refresh_from_db()
    assert visit.displaced_at and len(told("visit_displaced")) == 1
    assert Visit.objects.get(pk=visit.pk).state == "booked"
