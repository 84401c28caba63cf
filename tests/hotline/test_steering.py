"""What is kept of transfers, calls out, announced calls and keys: whose, how long, and in which figures."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.cases.models import Case, Clock, Rating
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions import ends, forget_callers, ratings, steering
from mingbai.hotline.actions.arrivals import expect_call
from mingbai.hotline.actions.steering import To
from mingbai.hotline.enums import CommandState, Target, Want
from mingbai.hotline.models import Call, ExpectedCall, SeatCommand
from mingbai.hotline.queries import calls_in, line_figures, live
from mingbai.hotline.queries.wall import counted
from mingbai.journal.queries import history
from tests.cases.factories import CITY, NORTH, City, make_answered, make_case
from tests.hotline.factories import PHONE, make_call, put_through, take_seat

pytestmark = pytest.mark.django_db
DIALLED = "13700002222"


def rated(case: Case, digit: str) -> Call:
    """An answered call about this matter whose caller pressed a key."""
    call = make_call("queued", "ringing", "answered", "ended", seat="seat-1", why="agent")
    ratings.grade_call(by=RESIDENT, key=call.channel, digit=digit)
    call.refresh_from_db()
    return ends.link_case(by=SYSTEM, call=call, case=case)


def test_the_key_is_the_rating_of_a_matter_that_was_answered_in_this_call(city: City):
    case = make_answered(city)
    call = rated(case, "2")
    rating = Rating.objects.get()
    assert (rating.case, rating.grade, rating.channel, rating.at) == (case, 4, "hotline", call.graded_at)
    assert [entry.actor for entry in history(call.chain) if entry.verb == "call.graded"] == ["resident:"]


def test_a_bad_key_owes_a_call_back(city: City):
    case = make_answered(city)
    before = Clock.objects.filter(case=case).count()
    rated(case, "5")
    assert Rating.objects.get().is_bad and Clock.objects.filter(case=case).count() == before + 1


def test_what_was_handed_on_or_answered_before_or_rated_already_gets_no_rating_by_key(city: City):
    rated(make_case(), "1")
    old = make_answered(city)
    Case.objects.filter(pk=old.pk).update(answered_at=timezone.now() - timedelta(days=3))
    rated(old, "1")
    assert not Rating.objects.exists() and set(Call.objects.values_list("grade", flat=True)) == {5}
    twice = make_answered(city)
    rated(twice, "1"), rated(twice, "5")
    assert Rating.objects.get().grade == 5


def test_nobody_rates_a_call_that_nobody_answered(city: City):
    call = make_call("queued", "ended", why="caller")
    assert ratings.grade_call(by=RESIDENT, key=call.channel, digit="1") is None


def test_calls_out_are_in_no_figure_of_calls_that_came_in(city: City):
    take_seat(city.owner)
    make_call("queued", "ringing", "answered", "ended", seat="seat-1", why="agent", at=timezone.now())
    steering.call_out(by=SYSTEM, worker=city.owner, number=DIALLED)
    today = timezone.localdate()
    assert Call.objects.count() == 2 and calls_in(today, today).count() == 1
    assert line_figures(today, today).offered == sum(one.tally.offered for one in counted(CITY, today)) == 1


def test_a_call_out_is_whose_matter_it_is_about_and_a_wish_is_on_the_record(city: City):
    take_seat(city.owner)
    case = make_case()
    command = steering.call_out(by=SYSTEM, worker=city.owner, number=DIALLED, case=case)
    assert (command.call.case, command.call.region_id) == (case, case.region_id)
    assert [entry.verb for entry in history(command.call.chain)] == ["call.wanted"]
    assert DIALLED not in str(history(command.call.chain)) and DIALLED.encode() not in command.number_sealed


def test_numbers_are_forgotten_with_those_of_old_calls(city: City):
    call = make_call("queued", "ringing", "answered", seat="seat-1")
    put_through(call, take_seat(city.owner))
    to = To(Target.NUMBER, number=DIALLED)
    steering.want(by=SYSTEM, worker=city.owner, what=Want.PASS, to=to)
    expect_call(by=city.partner.actor, partner=city.partner, number=PHONE, order="GD-1")
    forget_callers(by=SYSTEM, now=timezone.now() + timedelta(days=181))
    command = SeatCommand.objects.get()
    assert (command.number, bytes(command.key), command.what) == ("", b"", "pass")
    assert not ExpectedCall.objects.exists()


@pytest.mark.parametrize("what", [Want.PASS, Want.BACK])
def test_nothing_is_wanted_without_seat_or_call(city: City, what: Want):
    with pytest.raises(Refused) as told:
        steering.want(by=SYSTEM, worker=city.owner, what=what, to=To(Target.OTHER_LINE))
    assert told.value.code == "no_seat"
    take_seat(city.owner)
    with pytest.raises(Refused) as told:
        steering.want(by=SYSTEM, worker=city.owner, what=what, to=To(Target.OTHER_LINE))
    assert told.value.code == "not_talking" and not SeatCommand.objects.exists()


def test_the_county_is_that_whose_own_number_was_dialled(city: City):
    city.stations[NORTH].phone = "024-57612345"
    city.stations[NORTH].save()
    now = timezone.now()
    assert live.about(PHONE, now, "02457612345").county == NORTH
    assert live.about("anonymous", now, "024-57612345").county == NORTH
    assert live.about(PHONE, now, "12348").county == live.about(PHONE, now, "x").county == ""


def test_what_was_asked_and_not_followed_is_what_the_process_reads(city: City):
    take_seat(city.owner)
    command = steering.call_out(by=SYSTEM, worker=city.owner, number=DIALLED)
    assert live.commands(CITY) == [command] and live.open_calls(CITY) == []
    SeatCommand.objects.update(state=CommandState.RINGING)
    assert live.commands(CITY) == [] and [one.key for one in live.open_calls(CITY)] == [command.call.channel]


@pytest.mark.parametrize("column", ["grade", "ended_by"])
def test_the_database_keeps_what_cannot_be_out(city: City, column: str):
    call = make_call()
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**{column: {"grade": 9, "ended_by": "nobody"}[column]})
