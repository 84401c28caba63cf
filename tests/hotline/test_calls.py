"""Calls: one row each, answered or not; what nobody measured is not counted as waited; numbers go."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.retention import forget_all
from mingbai.hotline.actions import land_call, write_down
from mingbai.hotline.models import Call
from mingbai.hotline.queries import WITHIN, answered_within, calls_in, line_figures
from mingbai.hotline.rules import Told
from mingbai.journal.queries import history
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, City, make_case

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
PHONE = "13987650001"


def at(hour: int, minute: int = 0, second: int = 0, day: date = DAY) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute, second))


def told(city: City, **values: Any) -> Told:
    region = values.pop("region", TOWN)
    defaults = {
        "offered_at": at(9),
        "answered_at": at(9, 0, 10),
        "ended_at": at(9, 5),
        "text": "工钱要不回来",
    }
    return Told(**{"region": region, "phone": PHONE, **defaults, **values})


def landed(city: City, **values: Any) -> Call:
    return land_call(by=SYSTEM, told=told(city, **values), source="calls")


def abandoned(city: City, **values: Any) -> Call:
    return landed(city, **{"answered_at": None, "ended_at": at(9, 1), "text": "", **values})


def test_an_answered_call_has_its_ended_matter(city: City):
    call = landed(city)
    case = call.case
    assert case and (case.kind, case.channel, case.state, case.is_instant) == (
        "consultation", "hotline", "closed", True,
    )  # fmt: skip
    assert (case.region_id, case.station_id) == (TOWN, CITY) and case.speaker.phone == PHONE
    assert not call.phone_sealed and call.waited == timedelta(seconds=10) and call.on == DAY
    assert [entry.verb for entry in history(call.chain)] == ["call.landed"]


def test_an_abandoned_call_is_a_row_without_a_matter(city: City):
    call = abandoned(city)
    call.refresh_from_db()
    assert call.case is None and call.phone == PHONE and call.waited is None
    assert PHONE.encode() not in bytes(call.phone_sealed)


def test_a_call_taken_down_by_hand_is_written_once_and_not_measured(city: City):
    case = make_case(channel="hotline")
    first, second = (write_down(by=city.alice.actor, case=case, worker=city.owner) for _ in range(2))
    assert first == second and first.waited is None and Call.objects.count() == 1
    found = line_figures(first.on, first.on)
    assert (found.offered, found.answered, found.measured, found.waited) == (1, 1, 0, None)


def test_the_figures_of_the_line(city: City):
    landed(city)
    landed(city, offered_at=at(10), answered_at=at(10, 0, 20), ended_at=at(10, 1))
    landed(city, offered_at=at(11), answered_at=at(11, 0, 15), ended_at=at(11, 1), region=SOUTH)
    abandoned(city)
    found = line_figures(DAY, DAY)
    assert (found.offered, found.answered, found.in_time, found.measured) == (4, 3, 2, 4)
    assert found.waited == timedelta(seconds=15)
    assert line_figures(DAY, DAY, NORTH).offered == 3 and line_figures(DAY, DAY, CITY).offered == 4
    nothing = line_figures(date(2025, 1, 1), date(2025, 12, 31))
    assert (nothing.offered, nothing.waited) == (0, None)


def test_a_call_at_midnight_belongs_to_the_day_it_came_in(city: City):
    landed(city, offered_at=at(23, 59, 59), answered_at=at(0, 0, 5, DAY + timedelta(days=1)),
           ended_at=at(0, 3, 0, DAY + timedelta(days=1)))  # fmt: skip
    assert calls_in(DAY, DAY).count() == 1 and not calls_in(DAY + timedelta(days=1), DAY + timedelta(days=1))


@pytest.mark.parametrize(
    "values",
    [
        {"answered_at": at(8)},
        {"ended_at": at(9, 0, 5)},
        {"ended_at": at(8), "answered_at": None},
        {"offered_at": timezone.now() + timedelta(days=1), "answered_at": None, "ended_at": None},
    ],
)
def test_times_out_of_order_are_refused(city: City, values: dict[str, Any]):
    with pytest.raises(Refused) as refused:
        landed(city, **values)
    assert refused.value.code == "bad_time" and not Call.objects.exists()


def test_the_database_holds_the_order_too(city: City):
    call = landed(city)
    for field, value in (("answered_at", at(8)), ("ended_at", at(8)), ("answered_at", None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**{field: value})


def test_who_sees_which_calls(city: City):
    landed(city), landed(city, region=SOUTH)
    assert Call.objects.visible_to(city.alice).count() == 0, "the line is the city centre's"
    assert Call.objects.visible_to(city.users["supervisor"]).count() == 1
    assert Call.objects.visible_to(city.users["leader"]).count() == 2
    assert Call.objects.visible_to(city.users["finance"]).count() == 0


def test_old_numbers_are_forgotten_and_the_figures_stay(city: City):
    call = abandoned(city)
    forget_all(timezone.now())
    call.refresh_from_db()
    assert call.phone == "" and not call.key and calls_in(DAY, DAY).count() == 1


@pytest.mark.parametrize(
    ("waited", "seconds"),
    [(0, 0), (0.4, 0), (15.4, 15), (15.6, 16), (86_400, 86_400), (None, None)],
)
def test_the_database_keeps_how_long_a_caller_waited(city: City, waited: float | None, seconds: int | None):
    call = abandoned(city)
    assert Call.objects.values_list("wait_seconds", flat=True).get(pk=call.pk) is None
    answered = None if waited is None else at(9) + timedelta(seconds=waited)
    Call.objects.filter(pk=call.pk).update(answered_at=answered, ended_at=None)
    assert Call.objects.values_list("wait_seconds", flat=True).get(pk=call.pk) == seconds
    # The wall, the figures and the list say the same of 15.4 seconds.
    told, is_fast = line_figures(DAY, DAY), seconds is not None and seconds <= WITHIN.total_seconds()
    assert told.in_time == answered_within(Call.objects.all()).count() == is_fast
    assert (None if told.waited is None else told.waited.total_seconds()) == seconds


@pytest.mark.parametrize("days", [1, 31, 366, 400, 401, 1200])
def test_calls_of_a_county_are_the_same_by_listed_days_and_by_a_span(city: City, days: int):
    first = DAY - timedelta(days=days - 1)
    for day in (first - timedelta(days=1), first, DAY, DAY + timedelta(days=1)):
        landed(city, offered_at=at(9, day=day), answered_at=at(9, 0, 10, day=day), ended_at=at(9, 5, day=day))
    landed(city, region=SOUTH, offered_at=at(10), answered_at=at(10, 1), ended_at=at(10, 5))
    assert {call.on for call in calls_in(first, DAY, NORTH)} == {first, DAY}
    assert set(calls_in(first, DAY, SOUTH).values_list("region_id", flat=True)) == {SOUTH}
