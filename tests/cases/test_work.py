"""Working a matter: state, clocks, journal and notice of each step."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.follow import seen_answer
from mingbai.cases.models import Case, Message
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.journal.queries import history
from mingbai.notices.models import Notice
from tests.cases.factories import City, make_answered, make_case, make_closed, make_taken


def last(case):
    entry = history(case.chain)[-1]
    return entry.verb, json.loads(entry.data)


def running(case):
    return set(case.clocks.filter(done_at=None).values_list("rule__code", flat=True))


def refused(action, **values):
    with pytest.raises(Refused) as caught:
        action(**values)
    return caught.value


def code(action, **values):
    return refused(action, **values).code


def test_taking_up_makes_one_owner_and_stops_its_clock(city: City):
    case = work.take_up(case=make_case(), by=city.alice.actor, worker=city.owner)
    assert (case.owner, case.state, case.waiting_on) == (city.owner, "accepted", "station")
    assert running(case) == {"answer", "answer_limit"} and case.accepted_at
    assert last(case)[0] == "case.taken_up" and last(case)[1]["worker"] == city.owner.code


def test_a_second_person_is_told_who_has_it(city: City):
    case = make_taken(city)
    told = refused(work.take_up, case=case, by=city.bob.actor, worker=city.bob.worker)
    assert told.code == "has_owner" and "艾丽" in str(told)


def test_who_has_left_takes_nothing_up(city: City):
    worker = city.owner
    worker.is_active = False
    assert code(work.take_up, case=make_case(), by=city.alice.actor, worker=worker) == "inactive_worker"


def test_two_clerks_closing_at_once_the_second_hears_who_and_when(city: City):
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    stale = Case.objects.get(pk=case.pk)
    work.close(case=case, by=city.alice.actor)
    told = refused(work.close, case=stale, by=city.bob.actor)
    assert told.code == "wrong_state" and "艾丽" in str(told) and ":" in str(told) and told.kept and told.do


def test_asking_pauses_the_clocks_and_lists_the_papers_once(city: City):
    case = make_taken(city)
    case = work.ask(case=case, by=city.alice.actor, text="请补欠条", papers=["欠条", "欠条", "身份证"])
    assert (case.state, case.waiting_on, case.due_at) == ("waiting", "resident", None)
    assert [paper.name for paper in case.papers_asked.all()] == ["欠条", "身份证"]
    work.ask(case=case, by=city.alice.actor, text="再看看", papers=["欠条"])
    assert case.papers_asked.count() == 2
    assert Notice.objects.filter(template="case_asked").exists()


def test_a_supplement_lets_the_clocks_run_on_for_the_time_that_was_left(city: City):
    at = timezone.now()
    case = make_taken(city)
    before = case.clocks.get(rule__code="answer").due_at
    work.ask(case=case, by=city.alice.actor, text="请补", papers=["欠条"], at=at + timedelta(hours=1))
    later = at + timedelta(days=7, hours=1)
    case = work.supplement(case=case, by=RESIDENT, text="这是欠条", papers=["欠条"], at=later)
    assert (case.state, case.waiting_on) == ("in_progress", "station")
    assert case.papers_asked.get().given_at == later
    assert abs(case.clocks.get(rule__code="answer").due_at - before - timedelta(days=7)) < timedelta(
        minutes=1
    )
    assert Message.objects.filter(case=case, kind="supplement", author_kind="resident", author="").exists()


def test_an_answer_stops_its_clocks_and_asks_for_telling(city: City):
    case = make_answered(city)
    assert case.state == "answered" and case.answered_at and running(case) == {"tell"}
    assert case.messages.get(kind="answer").laws == ["劳动合同法第八十五条"]
    assert Notice.objects.get(template="case_answered").to == f"resident:{case.speaker_id}"


def test_an_answer_at_once_meets_every_clock(city: City):
    case = work.answer(case=make_case(), by=city.alice.actor, text="好")
    assert set(case.clocks.exclude(rule__code="tell").values_list("end", flat=True)) == {"met"}


def test_a_late_answer_is_late(city: City):
    case = make_taken(city)
    case = work.answer(case=case, by=city.alice.actor, text="好", at=timezone.now() + timedelta(days=60))
    assert set(case.clocks.filter(rule__code__startswith="answer").values_list("end", flat=True)) == {"late"}


def test_nothing_closes_before_the_resident_has_been_told(city: City):
    case = make_answered(city)
    assert code(work.close, case=case, by=city.alice.actor) == "not_told"
    case = work.tell(case=case, by=city.alice.actor, how="village", note="请村主任转告")
    assert case.told_how == "village" and running(case) == {"close"}
    case = work.close(case=case, by=city.alice.actor, note="归档")
    assert (case.state, case.waiting_on, case.due_at) == ("closed", "nobody", None)
    assert last(case) == ("case.closed", {"from": "answered", "to": "closed"})


def test_telling_needs_a_known_way(city: City):
    assert code(work.tell, case=make_answered(city), by=city.alice.actor, how="pigeon") == "bad_choice"


def test_reading_the_answer_is_being_told_once(city: City, django_assert_num_queries):
    case = seen_answer(case=make_answered(city), by=RESIDENT)
    assert case.told_how == "follow" and last(case)[0] == "case.told"
    with django_assert_num_queries(0):
        assert seen_answer(case=case, by=RESIDENT) is case
    stale = Case.objects.get(pk=case.pk)
    stale.told_at = None
    assert seen_answer(case=stale, by=RESIDENT).told_at == case.told_at
    assert [entry.verb for entry in history(case.chain)].count("case.told") == 1


def test_a_corrected_answer_must_be_told_again(city: City):
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    case = work.answer(case=case, by=city.alice.actor, text="更正：……")
    assert case.told_at is None and "tell" in running(case)


def test_a_refusal_says_why_and_what_else_and_must_be_told(city: City):
    case = work.refuse(case=make_taken(city), by=city.alice.actor, reason="已在诉讼", remedy="可向法院申请")
    assert case.state == "refused" and case.closed_at and running(case) == {"tell"}
    assert case.waiting_on == "station" and case.due_at
    assert "可向法院申请" in case.messages.get(kind="answer").text
    case = work.tell(case=case, by=city.alice.actor, how="phone")
    assert running(case) == set() and case.waiting_on == "nobody"


def test_guiding_is_an_answer_with_the_right_office_and_papers(city: City):
    case = make_case(kind="exam")
    case = work.guide(case=case, by=city.alice.actor, office="市司法局", papers=["身份证"], text="周一来")
    text = case.messages.get(kind="answer").text
    assert case.state == "answered" and all(word in text for word in ("市司法局", "身份证", "周一来"))


def test_withdrawing_ends_everything(city: City):
    case = work.withdraw(case=make_taken(city), by=RESIDENT, reason="已经要到了")
    assert (case.state, running(case), case.waiting_on) == ("withdrawn", set(), "nobody")
    assert set(case.clocks.exclude(rule__code="take_up").values_list("end", flat=True)) == {"cancelled"}


def test_reopening_starts_the_clocks_anew(city: City):
    case = work.reopen(case=make_closed(city), by=city.alice.actor, reason="又来了新材料")
    assert (case.state, case.closed_at, case.told_at) == ("in_progress", None, None)
    assert running(case) == {"answer", "answer_limit"} and last(case)[0] == "case.reopened"


def test_a_note_is_not_for_the_resident(city: City):
    case = work.note(case=make_case(), by=city.alice.actor, text="先打个电话")
    assert case.messages.get().is_public is False and case.state == "received"


def test_a_matter_keeps_its_number_when_it_becomes_another_kind(city: City):
    case = make_taken(city)
    number = case.number
    case = work.convert(case=case, by=city.alice.actor, kind="legal_aid", reason="符合条件")
    assert (case.number, case.kind, case.state) == (number, "legal_aid", "accepted")
    assert running(case) == {"legal_aid_decision"}
    assert (
        refused(work.convert, case=case, by=city.alice.actor, kind="legal_aid", reason="x").code
        == "unknown_kind"
    )


def test_a_kind_with_an_acceptance_of_its_own_waits_for_it(city: City):
    case = work.convert(case=make_taken(city), by=city.alice.actor, kind="notary", reason="要公证")
    assert (case.state, case.accepted_at, running(case)) == ("received", None, {"notary_acceptance"})
    assert code(work.start, case=case, by=city.alice.actor) == "not_accepted"
    case = work.accept(case=case, by=city.alice.actor)
    assert case.state == "accepted" and running(case) == {"notary"}


def test_complete_papers_of_an_approval_begin_a_new_period(city: City):
    case = make_case(kind="approval")
    case = work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    assert case.state == "received" and running(case) == {"approval_complete"}
    case = work.ask(case=case, by=city.alice.actor, text="缺一份", papers=["资格证明"])
    assert case.state == "waiting" and running(case) == set()
    assert case.clocks.get(rule__code="approval_complete").end == "met"
    case = work.supplement(case=case, by=RESIDENT, text="补上了", papers=["资格证明"])
    assert case.state == "received" and running(case) == {"approval_complete"}
    case = work.accept(case=case, by=city.alice.actor)
    assert running(case) == {"approval"}


def test_an_approval_may_be_accepted_while_it_waits(city: City):
    case = work.ask(case=make_case(kind="notary"), by=city.alice.actor, text="缺一份")
    case = work.accept(case=case, by=city.alice.actor)
    assert case.state == "accepted" and running(case) == {"notary"} and case.due_at


def test_start_and_accept_without_a_person(city: City):
    assert work.accept(case=make_case(), by=city.alice.actor).state == "accepted"
    assert work.start(case=make_case(), by=city.alice.actor).state == "in_progress"


def test_who_wants_no_message_on_the_phone_gets_none(city: City):
    Notice.objects.all().delete()
    make_answered(city, tell_by="village", channel="window")
    make_answered(city, phone_of="neighbour", channel="window")
    make_answered(city, phone="024-57612345")
    assert not Notice.objects.filter(template="case_answered").exists()


def test_a_confidential_matter_names_no_kind_in_its_message(city: City):
    make_case(is_confidential=True)
    assert "法律咨询" not in Notice.objects.get().context


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        (work.answer, {"text": " "}),
        (work.ask, {"text": ""}),
        (work.refuse, {"reason": "", "remedy": "x"}),
        (work.refuse, {"reason": "x", "remedy": ""}),
        (work.withdraw, {"reason": ""}),
        (work.supplement, {"text": "\x00"}),
        (work.guide, {"office": ""}),
        (work.note, {"text": ""}),
    ],
)
def test_empty_words_are_refused_and_nothing_is_entered(city: City, verb, values):
    case = make_taken(city)
    entries = len(history(case.chain))
    refused(verb, case=case, by=city.alice.actor, **values)
    assert len(history(case.chain)) == entries and Case.objects.get(pk=case.pk).state == "accepted"
