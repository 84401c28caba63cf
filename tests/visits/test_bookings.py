"""Bookings: taken, refused with other times, moved, cancelled, reminded of; nobody is punished."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import history, verify
from mingbai.notices.models import Notice
from mingbai.visits.actions import bookings
from mingbai.visits.models import Visit
from mingbai.visits.queries.slots import next_free
from mingbai.visits.queries.visits import by_code
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, City
from tests.visits.factories import (
    EVERY_DAY,
    NAME,
    PHONE,
    ahead,
    make_booking,
    make_opening,
    make_wish,
    moment_at,
    on_working_days,
    tomorrow,
)

pytestmark = pytest.mark.django_db


def refused_code(there, at, **values) -> str:
    with pytest.raises(Refused) as refused:
        bookings.take_slot(by=RESIDENT, wish=make_wish(there, at, **values))
    return refused.value.code


def test_a_booking_has_its_seat_code_notice_and_history(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    assert (visit.state, visit.seat, visit.kind, visit.station_id) == ("booked", 0, "booking", NORTH)
    assert len(visit.code) == 12 and by_code(visit.code) == visit
    assert by_code(" ".join(visit.code)) == visit and by_code("0" * 12) is None and by_code("x") is None
    notice = Notice.objects.get(template="visit_booked")
    assert notice.address == PHONE and visit.code[:4] in notice.context
    [entry] = history(visit.chain)
    assert entry.verb == "visit.booked" and NAME not in entry.data and PHONE not in entry.data
    raw = Visit.objects.filter(pk=visit.pk).values().get()
    assert NAME.encode() not in bytes(raw["name_sealed"]) and PHONE not in str(raw)


def test_every_seat_is_given_once_and_who_comes_next_is_offered_others(city: City):
    opening, nine = on_working_days(city, capacity=2), moment_at(ahead(), 9)
    seats = [make_booking(opening, nine, visitor=Visitor(name=f"某{n}")).seat for n in range(2)]
    assert seats == [0, 1]
    with pytest.raises(Refused) as refused:
        make_booking(opening, nine, visitor=Visitor(name="第三人"))
    assert refused.value.code == "slot_taken" and "09:30" in str(refused.value.do)


def test_two_hundred_people_after_the_last_time_are_told_so_and_leave_nothing(city: City):
    """Nothing is free: each is told so with words, nobody gets half a booking, nothing grows slow."""
    opening = on_working_days(city, minutes=120, last_on=ahead(), ahead_days=10)
    nine = moment_at(ahead(), 9)
    while (slot := next((one for one in next_free([NORTH]) if one.free), None)) is not None:
        make_booking(opening, slot.starts_at, by_staff=True)
    kept, entries = Visit.objects.count(), Entry.objects.count()
    begun = time.perf_counter()
    for n in range(200):
        with pytest.raises(Refused) as refused:
            make_booking(opening, nine, visitor=Visitor(name=f"某{n}"), client_key=f"late-{n}")
        assert refused.value.code == "slot_taken" and str(refused.value.do)
    assert (time.perf_counter() - begun) / 200 <= 0.25
    assert (Visit.objects.count(), Entry.objects.count()) == (kept, entries)


def test_the_database_itself_lets_no_two_have_one_seat(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    twin = Visit.objects.get(pk=visit.pk)
    twin.pk, twin.code_hash, twin.client_key = None, "", ""
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_double_click_is_one_booking(city: City):
    opening, nine = on_working_days(city), moment_at(ahead(), 9)
    first = make_booking(opening, nine, client_key="k" * 32)
    assert make_booking(opening, nine, client_key="k" * 32) == first
    assert Visit.objects.count() == 1 == Notice.objects.count()


@pytest.mark.parametrize(
    ("hour", "minute", "days"), [(8, 30, 1), (11, 0, 1), (9, 15, 1), (9, 0, -1), (9, 0, 60), (9, 0, 400)]
)
def test_what_is_no_time_of_reception_is_refused(city: City, hour: int, minute: int, days: int):
    opening = make_opening(city, weekdays=EVERY_DAY, on_day_off="keep")
    day = timezone.localdate() + timedelta(days=days)
    assert refused_code(opening, moment_at(day, hour, minute)) == "no_such_slot"


def test_a_time_today_that_has_begun_is_past(city: City):
    opening = make_opening(city, weekdays=EVERY_DAY, on_day_off="keep")
    nine = moment_at(tomorrow(), 9)
    with pytest.raises(Refused) as refused:
        bookings.take_slot(by=RESIDENT, wish=make_wish(opening, nine), at=nine + timedelta(seconds=1))
    assert refused.value.code == "no_such_slot"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"visitor": Visitor()}, "who_comes"),
        ({"visitor": Visitor(phone="123")}, "bad_phone"),
        ({"visitor": Visitor(name="赵" * 65)}, "text_too_long"),
        ({"visitor": Visitor(name="\x00赵")}, "bad_characters"),
        ({"line": "haircut"}, "unknown_line"),
        ({"line": ""}, "unknown_line"),
        ({"line": "notary"}, "line_not_here"),
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"opening": 999_999}, "no_such_slot"),
    ],
)
def test_bad_input_is_refused_with_words(city: City, values, code):
    assert refused_code(on_working_days(city), moment_at(ahead(), 9), **values) == code
    assert not Visit.objects.exists()


def test_a_reception_needs_its_matter_and_a_home_visit_its_place(city: City):
    nine = moment_at(ahead(), 9)
    leader = on_working_days(city, kind="reception", receives="局领导", lines=())
    home = on_working_days(city, kind="home", receives="公证员", lines=())
    assert refused_code(leader, nine, line="") == "empty_text"
    assert refused_code(home, nine, line="notary") == "no_place"
    visit = make_booking(leader, nine, line="", visitor=Visitor(phone=PHONE, text="公证次数太少"))
    assert (visit.kind, visit.line, visit.text) == ("reception", "", "公证次数太少")


def test_nobody_empties_a_calendar_but_the_desk_may_help(city: City):
    opening = on_working_days(city, minutes=15)
    times = [moment_at(ahead(n), 9) for n in (1, 2, 3, 4)]
    for at in times[:3]:
        make_booking(opening, at)
    assert refused_code(opening, times[3]) == "too_many"
    assert make_booking(opening, times[3], by=city.bob.actor, by_staff=True)


def test_what_is_not_public_is_booked_at_the_desk_only(city: City):
    opening, far = on_working_days(city, is_public=False), moment_at(ahead(), 9)
    assert refused_code(opening, far) == "no_such_slot"
    assert make_booking(opening, far, by=city.bob.actor, by_staff=True)


def test_moving_frees_the_old_seat_and_keeps_the_code(city: City):
    opening, nine, ten = on_working_days(city), moment_at(ahead(), 9), moment_at(ahead(), 10)
    visit, code = make_booking(opening, nine), ""
    code = visit.code
    moved = bookings.move_booking(by=RESIDENT, visit=visit, opening=opening, starts_at=ten)
    assert (moved.starts_at, moved.code) == (ten, code)
    other = make_booking(opening, nine, visitor=Visitor(name="别人"))
    with pytest.raises(Refused) as refused:
        bookings.move_booking(by=RESIDENT, visit=moved, opening=opening, starts_at=nine)
    assert refused.value.code == "slot_taken"
    moved.refresh_from_db()
    assert moved.starts_at == ten and other.starts_at == nine
    assert [entry.verb for entry in history(visit.chain)] == ["visit.booked", "visit.moved"]


def test_a_booking_moves_only_to_its_own_kind(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    leader = on_working_days(city, kind="reception", receives="局领导", lines=())
    with pytest.raises(Refused) as refused:
        bookings.move_booking(by=RESIDENT, visit=visit, opening=leader, starts_at=moment_at(ahead(), 9))
    assert refused.value.code == "other_kind"


def test_cancelling_frees_the_seat_once(city: City):
    opening, nine = on_working_days(city), moment_at(ahead(), 9)
    visit = make_booking(opening, nine)
    bookings.cancel_booking(by=RESIDENT, visit=visit)
    assert make_booking(opening, nine, visitor=Visitor(name="别人")).seat == 0
    for act in (
        lambda: bookings.cancel_booking(by=RESIDENT, visit=visit),
        lambda: bookings.move_booking(
            by=RESIDENT, visit=visit, opening=opening, starts_at=moment_at(ahead(), 10)
        ),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "not_booked"
    assert not Notice.objects.filter(template="visit_cancelled").exists(), "they know: it was they"


def test_what_we_cancel_the_visitor_is_told(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    bookings.cancel_booking(by=city.bob.actor, visit=visit, reason="律师病了")
    assert "律师病了" in Notice.objects.get(template="visit_cancelled").context


def test_one_reminder_the_day_before_however_often_the_clock_looks(city: City):
    opening = make_opening(city, weekdays=EVERY_DAY, on_day_off="keep")
    day = timezone.localdate() + timedelta(days=3)
    visit = make_booking(opening, moment_at(day, 9))
    landline = make_booking(opening, moment_at(day, 10), visitor=Visitor(name="座机", phone="024-57612345"))
    before = moment_at(day - timedelta(days=1), 7, 30)
    assert bookings.remind(by=SYSTEM, now=before) == 0, "nobody is woken"
    assert bookings.remind(by=SYSTEM, now=before + timedelta(hours=2)) == 1
    assert bookings.remind(by=SYSTEM, now=before + timedelta(hours=3)) == 0
    [notice] = Notice.objects.filter(template="visit_tomorrow")
    assert notice.to == visit.chain != landline.chain
    bookings.cancel_booking(by=RESIDENT, visit=visit)
    assert bookings.remind(by=SYSTEM, now=before + timedelta(hours=4)) == 0


def test_who_did_not_come_is_counted(city: City):
    opening = make_opening(city, weekdays=EVERY_DAY, on_day_off="keep")
    visit = make_booking(opening, moment_at(tomorrow(), 9))
    assert bookings.note_no_shows(by=SYSTEM, now=moment_at(tomorrow(), 23)) == 0
    assert bookings.note_no_shows(by=SYSTEM, now=moment_at(tomorrow() + timedelta(days=1), 1)) == 1
    visit.refresh_from_db()
    assert visit.state == "no_show" and Entry.objects.filter(verb="visit.no_show").count() == 1
    assert verify().is_whole
