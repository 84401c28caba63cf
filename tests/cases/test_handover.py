"""Exactly one owner: offered, accepted, declined, designated; others help by a date of their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import handover, work
from mingbai.cases.models import Case
from mingbai.cases.queries import open_handover
from mingbai.core.refused import Refused
from mingbai.journal.queries import history
from mingbai.people.actions import add_duty
from mingbai.places import actions as places
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, City, make_answered, make_case, make_taken
from tests.cases.test_work import code, last, refused, running


def offered(city: City, case=None, to=SOUTH):
    return handover.offer(
        case=case or make_taken(city), by=city.alice.actor, to=city.stations[to], reason="事在望花"
    )


def test_until_it_is_accepted_it_stays_with_the_giver(city: City):
    offer = offered(city)
    case = offer.case
    assert (case.station_id, case.owner) == (NORTH, city.owner)
    assert "handover" in running(case) and open_handover(case) == offer
    case = handover.accept_handover(handover=offer, by=city.charlie.actor)
    assert (case.station_id, case.county, case.owner, case.state) == (SOUTH, SOUTH, None, "accepted")
    assert "handover" not in running(case) and "take_up" in running(case)
    assert last(case)[1] | {"from": NORTH, "to": SOUTH} == last(case)[1]


def test_the_taker_may_name_a_person_at_once(city: City):
    case = handover.offer(case=make_case(), by=city.alice.actor, to=city.stations[SOUTH], reason="x").case
    worker = city.charlie.worker
    case = handover.accept_handover(handover=open_handover(case), by=city.charlie.actor, worker=worker)
    assert (case.owner, case.state) == (worker, "accepted") and "take_up" not in running(case)


def test_only_people_of_the_taker_can_be_named(city: City):
    told = refused(
        handover.accept_handover, handover=offered(city), by=city.charlie.actor, worker=city.bob.worker
    )
    assert told.code == "wrong_station"


def test_declining_needs_a_reason_and_the_second_goes_to_the_supervisor(city: City):
    offer = offered(city)
    assert (
        refused(handover.decline_handover, handover=offer, by=city.charlie.actor, reason=" ").code
        == "empty_text"
    )
    case = handover.decline_handover(handover=offer, by=city.charlie.actor, reason="不归我们")
    assert (case.station_id, case.declines, case.needs_designation) == (NORTH, 1, False)
    case = handover.decline_handover(
        handover=offered(city, case, CITY), by=city.users["leader"].actor, reason="也不归"
    )
    assert (case.declines, case.needs_designation, case.owner) == (2, True, city.owner)
    assert code(offered, city=city, case=case) == "needs_designation"
    case = handover.designate(
        case=case,
        by=city.supervisor.actor,
        to=city.stations[SOUTH],
        reason="依属地",
        worker=city.charlie.worker,
    )
    assert (case.station_id, case.owner, case.needs_designation) == (SOUTH, city.charlie.worker, False)
    assert case.declines == 0 and last(case)[0] == "case.designated"


def test_an_offer_is_answered_once(city: City):
    offer = offered(city)
    handover.accept_handover(handover=offer, by=city.charlie.actor)
    told = refused(handover.decline_handover, handover=offer, by=city.charlie.actor, reason="x")
    assert told.code == "handover_answered" and "查理" in str(told)


def test_one_offer_at_a_time_and_not_to_oneself(city: City):
    case = offered(city).case
    assert code(offered, city=city, case=case, to=CITY) == "handover_open"
    assert code(offered, city=city, to=NORTH) == "same_station"


def test_a_closed_station_is_offered_nothing(city: City):
    station = city.stations[TOWN]
    places.close_station(by=city.supervisor.actor, station=station, on=timezone.localdate(), reason="撤")
    assert code(offered, city=city, to=TOWN) == "station_closed"


def test_the_giver_may_take_it_back(city: City):
    offer = offered(city)
    case = handover.take_back(handover=offer, by=city.alice.actor)
    assert open_handover(case) is None and "handover" not in running(case)


def test_who_has_offered_it_cannot_answer_or_close_meanwhile(city: City):
    case = offered(city).case
    assert code(work.answer, case=case, by=city.alice.actor, text="x") == "handover_open"
    answered = make_answered(city)
    work.tell(case=answered, by=city.alice.actor, how="phone")
    offered(city, answered)
    assert code(work.close, case=answered, by=city.alice.actor) == "handover_open"


def test_withdrawing_takes_an_open_offer_back(city: City):
    offer = offered(city)
    work.withdraw(case=offer.case, by=city.alice.actor, reason="不办了")
    offer.refresh_from_db()
    assert offer.state == "taken_back" and running(offer.case) == set()


def test_assigning_within_the_station(city: City):
    case = handover.assign(case=make_case(), by=city.alice.actor, worker=city.bob.worker)
    assert (case.owner, case.state) == (city.bob.worker, "accepted")
    case = handover.assign(case=case, by=city.alice.actor, worker=city.owner)
    assert last(case)[1]["from"] == city.bob.worker.code
    assert (
        refused(handover.assign, case=case, by=city.alice.actor, worker=city.charlie.worker).code
        == "wrong_station"
    )


def test_who_is_rostered_there_can_be_assigned(city: City):
    from datetime import time

    add_duty(
        by=city.alice.actor,
        worker=city.charlie.worker,
        station=city.stations[NORTH],
        starts=time(9),
        ends=time(12),
        weekday=1,
    )
    case = handover.assign(case=make_case(), by=city.alice.actor, worker=city.charlie.worker)
    assert case.owner == city.charlie.worker


def test_a_designation_ends_an_open_offer(city: City):
    offer = offered(city)
    case = handover.designate(
        case=offer.case, by=city.supervisor.actor, to=city.stations[NORTH], reason="你办"
    )
    offer.refresh_from_db()
    assert offer.state == "designated" and case.station_id == NORTH and "handover" not in running(case)


def test_a_formal_matter_that_is_assigned_still_waits_for_acceptance(city: City):
    case = handover.assign(case=make_case(kind="notary"), by=city.alice.actor, worker=city.owner)
    assert (case.state, case.accepted_at) == ("received", None)


def test_others_help_and_the_owner_stays(city: City):
    case, due = make_taken(city), timezone.localdate() + timedelta(days=3)
    helper = handover.ask_help(
        case=case, by=city.alice.actor, station=city.stations[SOUTH], task="查一份档案", due_on=due
    )
    assert Case.objects.get(pk=case.pk).owner == city.owner
    again = {
        "case": case,
        "by": city.alice.actor,
        "station": city.stations[SOUTH],
        "task": "x",
        "due_on": due,
    }
    assert code(handover.ask_help, **again) == "helps_already"
    handover.finish_help(helper=helper, by=city.charlie.actor, result="查到了")
    assert [e.verb for e in history(case.chain)][-2:] == ["case.help_asked", "case.helped"]
    assert (
        refused(handover.finish_help, helper=helper, by=city.charlie.actor, result="x").code
        == "helped_already"
    )


def test_help_by_yesterday_is_refused(city: City):
    with pytest.raises(Refused) as caught:
        handover.ask_help(
            case=make_taken(city),
            by=city.alice.actor,
            station=city.stations[SOUTH],
            task="x",
            due_on=timezone.localdate() - timedelta(days=1),
        )
    assert caught.value.code == "bad_time"
