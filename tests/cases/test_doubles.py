"""Doubles: proposed, merged by a person, un-merged with the clocks they had."""

from datetime import timedelta

from mingbai.cases.actions import doubles, handover, work
from mingbai.cases.models import Case
from mingbai.cases.queries import doubles_of
from mingbai.core.actor import RESIDENT
from mingbai.journal.queries import history
from tests.cases.factories import NORTH, SOUTH, City, fresh, make_case, make_closed, make_taken
from tests.cases.test_work import code, last, running


def test_the_same_phone_in_the_same_week_is_proposed(city: City):
    case, double = make_case(), make_case(channel="wechat")
    make_case(phone="13900000000")
    long_ago = make_case()
    Case.objects.filter(pk=long_ago.pk).update(opened_at=case.opened_at - timedelta(days=8))
    assert doubles_of(case) == [double] == doubles_of(case, fresh(city.alice))
    assert doubles_of(case, fresh(city.charlie)) == []
    assert doubles_of(make_case(phone="", name="")) == []


def test_proposals_take_few_statements(city: City, django_assert_max_num_queries):
    case = make_case()
    for _n in range(5):
        make_case()
    with django_assert_max_num_queries(4):
        doubles_of(case)


def test_merging_stops_one_and_both_histories_say_so(city: City):
    case, into = make_case(), make_taken(city)
    case = doubles.merge_cases(case=case, by=city.alice.actor, into=into, reason="同一件事")
    assert (case.state, case.merged_into, case.waiting_on, running(case)) == ("merged", into, "nobody", set())
    assert last(case)[0] == "case.merged" and last(into)[0] == "case.absorbed"
    assert last(into)[1]["number"] == case.number
    assert into not in doubles_of(case) or doubles_of(into) == []


def test_unmerging_gives_back_the_clocks_as_they_were(city: City):
    case, into = make_taken(city), make_case()
    before = {(c.rule_id, c.started_at, c.due_at) for c in case.clocks.filter(done_at=None)}
    case = doubles.merge_cases(case=case, by=city.alice.actor, into=into, reason="同一件事")
    case = doubles.unmerge_case(case=case, by=city.bob.actor, reason="是两件事")
    assert (case.state, case.merged_into, case.closed_at) == ("in_progress", None, None)
    assert {(c.rule_id, c.started_at, c.due_at) for c in case.clocks.filter(done_at=None)} == before
    assert case.due_at and case.waiting_on == "station"
    assert [e.verb for e in history(into.chain)][-2:] == ["case.absorbed", "case.released"]


def test_a_waiting_matter_that_is_unmerged_works_again(city: City):
    case = work.ask(case=make_taken(city), by=city.alice.actor, text="请补")
    doubles.merge_cases(case=case, by=city.alice.actor, into=make_case(), reason="x")
    case = doubles.unmerge_case(case=case, by=city.alice.actor, reason="y")
    assert case.state == "in_progress" and not any(c.is_paused for c in case.clocks.filter(done_at=None))
    assert case.due_at


def test_a_formal_matter_that_is_unmerged_waits_for_its_acceptance(city: City):
    case = make_case(kind="notary")
    doubles.merge_cases(case=case, by=city.alice.actor, into=make_case(), reason="x")
    assert doubles.unmerge_case(case=case, by=city.alice.actor, reason="y").state == "received"


def test_a_formal_matter_that_was_asked_has_its_period_again_when_unmerged(city: City):
    case = work.ask(case=make_case(kind="notary"), by=city.alice.actor, text="请补")
    case = doubles.merge_cases(case=case, by=city.alice.actor, into=make_case(), reason="x")
    case = doubles.unmerge_case(case=case, by=city.alice.actor, reason="y")
    assert (case.state, running(case)) == ("received", {"notary_acceptance"}) and case.due_at


def test_merging_takes_back_an_offer(city: City):
    offer = handover.offer(case=make_taken(city), by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    doubles.merge_cases(case=offer.case, by=city.alice.actor, into=make_case(), reason="x")
    offer.refresh_from_db()
    assert offer.state == "taken_back"


def test_what_cannot_be_merged(city: City):
    case, by = make_case(), city.alice.actor
    assert code(doubles.merge_cases, case=case, by=by, into=case, reason="x") == "same_case"
    closed = make_closed(city)
    assert code(doubles.merge_cases, case=case, by=by, into=closed, reason="x") == "target_ended"
    assert code(doubles.merge_cases, case=closed, by=by, into=case, reason="x") == "wrong_state"
    assert code(doubles.merge_cases, case=case, by=by, into=make_case(), reason="") == "empty_text"
    assert code(doubles.unmerge_case, case=case, by=by, reason="x") == "not_merged"
    assert Case.objects.get(pk=case.pk).station_id == NORTH


def test_a_merged_number_still_answers_to_its_resident(city: City):
    from mingbai.cases.actions.follow import follow

    case, into = make_case(), make_case()
    doubles.merge_cases(case=case, by=city.alice.actor, into=into, reason="x")
    assert follow(by=RESIDENT, number=case.number, secret="5678").merged_into == into
