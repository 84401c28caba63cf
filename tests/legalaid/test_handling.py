"""From the granting to the return visit: assigned, declined, replaced, worked, ended, objected to."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.cases.perms import can_show_person
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.legalaid.enums import EndGround
from mingbai.legalaid.models import AidReport, Assignment
from mingbai.legalaid.perms import can_confirm, can_decide, can_judge, can_report, is_assigned
from mingbai.legalaid.queries.candidates import candidates
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation
from mingbai.places.queries import one_moment
from tests.cases.factories import NORTH, City
from tests.cases.factories import fresh as again
from tests.legalaid import factories as made
from tests.legalaid.factories import fresh, granted, head, make_aid, make_terms, reviewer, running
from tests.legalaid.test_review import code
from tests.people.factories import make_user, make_worker

TODAY = timezone.localdate()


def firm(city: City, name: str) -> Organisation:
    return places.create_organisation(
        by=SYSTEM, name=name, kind=OrganisationKind.FIRM, region=city.regions[NORTH]
    )


def lawyer(city: City, name: str, where: Organisation | None = None, **values) -> Worker:
    worker = make_worker(city.stations[NORTH], name, Post.LAWYER)
    if where:
        Worker.objects.filter(pk=worker.pk).update(organisation=where)
        worker.refresh_from_db()
    values = {"practises_since": date(2010, 1, 1), **values}
    actions.enrol_lawyer(by=SYSTEM, worker=worker, **values)
    return worker


def assigned(city: City, worker: Worker | None = None) -> Case:
    worker = worker or lawyer(city, "甲律师")
    return actions.assign(case=granted(city), by=reviewer(city), worker=worker, why="就近")


def handling(city: City) -> Case:
    case = assigned(city)
    actions.report(case=case, by=reviewer(city), step="met", happened_on=TODAY, text="见了面")
    return fresh(case)


def concluded(city: City) -> Case:
    case = handling(city)
    actions.report(case=case, by=reviewer(city), step="result", happened_on=TODAY, text="判决：支付一万元")
    return fresh(case)


def reported(city: City) -> Case:
    case = concluded(city)
    actions.report_closing(case=case, by=reviewer(city), text="全案小结", hours=Decimal("12.5"))
    return fresh(case)


def finished(city: City) -> Case:
    return actions.finish(case=reported(city), by=head(city), text="拿到了一万元。")


def proposed_end(city: City) -> Case:
    case = handling(city)
    actions.propose_termination(case=case, by=reviewer(city), ground="own_lawyer", reason="自己请了律师")
    return fresh(case)


# ── assignment ──


def test_assigning_starts_the_first_meeting_and_tells_the_resident(city: City):
    worker = lawyer(city, "甲律师", firm(city, "甲所"))
    case = assigned(city, worker)
    assert (case.stage, case.state, running(case)) == ("assigned", "in_progress", {"aid_contact"})
    assert "甲律师（甲所）" in case.messages.get(kind="progress").text
    row = Assignment.objects.get(case=case)
    assert (row.worker, row.firm.name, row.state) == (worker, "甲所", "active")
    assert [each["code"] for each in row.standing] == [worker.code]


def test_the_lawyer_sees_the_matter_while_they_work_it(city: City):
    worker = lawyer(city, "甲律师")
    user = make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name="甲律师")
    case = granted(city)
    assert not Case.objects.visible_to(again(user)).filter(pk=case.pk).exists()
    case = actions.assign(case=case, by=reviewer(city), worker=worker)
    user = again(user)
    assert Case.objects.visible_to(user).filter(pk=case.pk).exists()
    assert can_show_person(user, case) and is_assigned(user, case) and can_report(user, case)
    assert not can_decide(user, case)
    actions.release(case=case, by=user.actor, declined=True, reason="时间冲突")
    user = again(user)
    assert not Case.objects.visible_to(user).filter(pk=case.pk).exists()
    assert not is_assigned(user, case) and not can_show_person(user, case)


def test_another_than_whose_turn_it_is_needs_a_reason(city: City):
    first, second = sorted((lawyer(city, "甲律师"), lawyer(city, "乙律师")), key=lambda one: one.code)
    case, by = granted(city), reviewer(city)
    assert [place.candidate.code for place in candidates(case, timezone.now())] == [first.code, second.code]
    assert code(actions.assign, case=case, by=by, worker=second) == "needs_reason"
    case = actions.assign(case=case, by=by, worker=second, why="受援人只会说朝鲜语")
    assert Assignment.objects.get(case=case).why == "受援人只会说朝鲜语"
    assert [place.candidate.code for place in candidates(granted(city), timezone.now())][0] == first.code


def test_turns_are_taken_in_the_database_too(city: City):
    workers = [lawyer(city, f"{name}律师") for name in "甲乙丙"]
    for _n in range(7):
        case = granted(city)
        turn = candidates(case, timezone.now())[0].candidate.worker
        actions.assign(case=case, by=reviewer(city), worker=Worker.objects.get(pk=turn))
    counts = [Assignment.objects.filter(worker=worker).count() for worker in workers]
    assert sorted(counts) == [2, 2, 3]


def test_both_sides_never_get_one_firm(city: City):
    one, other = firm(city, "甲所"), firm(city, "乙所")
    theirs, colleague, free = (
        lawyer(city, "甲一", one),
        lawyer(city, "甲二", one),
        lawyer(city, "乙一", other),
    )
    first = make_aid(terms=make_terms(matter="support", opponent="赵大"), name="赵福山")
    first = actions.grant(case=first, by=reviewer(city))
    actions.assign(case=first, by=reviewer(city), worker=theirs, why="就近")
    case = make_aid(terms=make_terms(matter="support", opponent="赵福山"), name="赵大", phone="13900001111")
    case = actions.grant(case=case, by=reviewer(city))
    values = {"case": case, "by": reviewer(city), "worker": colleague, "has_consents": True}
    assert code(actions.assign, **values) == "conflict"
    actions.name_sole_firm(by=SYSTEM, region=city.regions[NORTH], source="县里只有甲所", valid_from=TODAY)
    assert code(actions.assign, **{**values, "has_consents": False}) == "conflict"
    case = actions.assign(**values, why="只有这一家")
    assert Assignment.objects.get(case=case, state="active").has_consents
    assert free.pk != colleague.pk


def test_the_firm_that_the_other_side_is_known_to_have(city: City):
    one = firm(city, "甲所")
    worker = lawyer(city, "甲一", one)
    case = make_aid(terms=make_terms(opponent="某公司", opponent_firm=one.pk))
    case = actions.grant(case=case, by=reviewer(city))
    assert code(actions.assign, case=case, by=reviewer(city), worker=worker) == "conflict"


def test_life_and_death_need_three_years(city: City):
    young = lawyer(city, "新律师", practises_since=TODAY - timedelta(days=400))
    terms = make_terms(source="notified", organ="中院", matter="accused", is_grave=True, income="", shown="")
    case = make_aid(terms=terms)
    assert code(actions.assign, case=case, by=reviewer(city), worker=young) == "barred"
    old = lawyer(city, "老律师")
    assert actions.assign(case=case, by=reviewer(city), worker=old).stage == "assigned"


def test_who_declined_is_not_asked_again_and_has_not_had_it(city: City):
    worker, other = lawyer(city, "甲律师"), lawyer(city, "乙律师")
    case = assigned(city, worker)
    assert code(actions.release, case=case, by=reviewer(city), declined=True, reason=" ") == "empty_text"
    case = actions.release(case=case, by=reviewer(city), declined=True, reason="时间冲突")
    assert (case.stage, running(case)) == ("granted", {"aid_assignment"})
    assert Assignment.objects.get(case=case).state == "declined"
    assert code(actions.assign, case=case, by=reviewer(city), worker=worker) == "barred"
    assert actions.assign(case=case, by=reviewer(city), worker=other).stage == "assigned"
    places = {place.candidate.code: place for place in candidates(case, timezone.now())}
    assert (places[worker.code].candidate.taken, places[other.code].candidate.taken) == (0, 1)


def test_a_recipient_may_ask_for_another(city: City):
    case = handling(city)
    assert code(actions.release, case=case, by=reviewer(city), declined=True, reason="x") == "begun_already"
    case = actions.release(case=case, by=reviewer(city), declined=False, reason="联系不上")
    assert (case.stage, Assignment.objects.get(case=case).state) == ("granted", "replaced")


def test_who_is_not_listed_and_a_list_with_nonsense(city: City):
    stranger = make_worker(city.stations[NORTH], "路人")
    assert code(actions.assign, case=granted(city), by=reviewer(city), worker=stranger) == "not_listed"
    values = {"by": SYSTEM, "worker": stranger, "practises_since": date(2010, 1, 1)}
    assert code(actions.enrol_lawyer, **{**values, "groups": ("magic",)}) == "bad_choice"
    assert code(actions.enrol_lawyer, **{**values, "most_open": 0}) == "bad_amount"
    later = TODAY + timedelta(days=1)
    assert code(actions.enrol_lawyer, **{**values, "practises_since": later}) == "bad_time"
    assert not Entry.objects.filter(verb="aid.enrolled").exists()


def test_two_never_work_one_matter(city: City):
    case, other = assigned(city), lawyer(city, "乙律师")
    assert code(actions.assign, case=case, by=reviewer(city), worker=other, why="x") == "wrong_stage"
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(case=case, worker=other, assigned_by="x", assigned_at=timezone.now())


def test_the_list_takes_few_queries(city: City, django_assert_max_num_queries):
    for name in "甲乙丙丁":
        lawyer(city, name)
    case = granted(city)
    with one_moment(), django_assert_max_num_queries(8):
        assert len(candidates(case, timezone.now())) == 4


# ── work ──


def test_reports_lead_the_matter_on_and_the_resident_reads_them(city: City):
    case = handling(city)
    assert (case.stage, running(case)) == ("handling", {"aid_progress"})
    first = case.clocks.get(rule__code="aid_progress", done_at=None)
    later = timezone.now() + timedelta(days=20)
    actions.report(case=case, by=reviewer(city), step="hearing", happened_on=TODAY, text="开了庭", at=later)
    second = case.clocks.get(rule__code="aid_progress", done_at=None)
    assert second.pk != first.pk and second.due_at > first.due_at
    assert "开庭：开了庭" in [each.text for each in case.messages.filter(kind="progress")]
    case = fresh(case)
    actions.report(case=case, by=reviewer(city), step="result", happened_on=TODAY, text="赢了")
    assert (fresh(case).stage, running(case)) == ("concluded", {"aid_closing"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"step": "nap"}, "bad_choice"),
        ({"happened_on": TODAY + timedelta(days=1)}, "bad_time"),
        ({"hours": Decimal(-1)}, "bad_amount"),
        ({"hours": Decimal("NaN")}, "bad_amount"),
        ({"expenses": Decimal("99999999")}, "bad_amount"),
        ({"text": "  "}, "empty_text"),
    ],
)
def test_a_bad_report_lands_nowhere(city: City, change, expected):
    case = assigned(city)
    values = {"step": "met", "happened_on": TODAY, "text": "见了面", **change}
    assert code(actions.report, case=case, by=reviewer(city), **values) == expected
    assert not AidReport.objects.exists() and fresh(case).stage == "assigned"


def test_nothing_is_reported_before_it_is_assigned(city: City):
    values = {"by": reviewer(city), "step": "met", "happened_on": TODAY, "text": "x"}
    assert code(actions.report, case=granted(city), **values) == "wrong_stage"
    assert code(actions.report_closing, case=assigned(city), by=reviewer(city), text="x") == "wrong_stage"


def test_the_file_is_returned_then_finished_told_closed_and_visited(city: City):
    case = reported(city)
    assert running(case) == {"aid_file_review"}
    case = actions.return_report(case=case, by=head(city), note="缺判决书")
    assert (case.stage, running(case)) == ("concluded", {"aid_closing"})
    actions.report_closing(case=case, by=reviewer(city), text="补了判决书")
    case = actions.finish(case=case, by=head(city), text="拿到了一万元。")
    assert (case.stage, case.state, running(case)) == ("done", "answered", {"tell", "aid_visit"})
    assert Assignment.objects.get(case=case).state == "ended"
    case = work.close(case=work.tell(case=case, by=head(city), how="phone"), by=head(city))
    assert (case.stage, running(case), case.waiting_on) == ("closed", {"aid_visit"}, "station")
    actions.visit(case=case, by=head(city), is_happy=True, text="满意")
    case = fresh(case)
    assert (running(case), case.waiting_on) == (set(), "nobody")
    assert code(actions.visit, case=case, by=head(city), is_happy=True, text="x") == "visited_already"


def test_nobody_visits_their_own_work(city: City):
    worker = lawyer(city, "甲律师")
    user = make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name="甲律师")
    case = assigned(city, worker)
    for step in ("met", "result"):
        actions.report(case=fresh(case), by=user.actor, step=step, happened_on=TODAY, text="x")
    actions.report_closing(case=case, by=user.actor, text="小结")
    assert code(actions.visit, case=case, by=head(city), is_happy=True, text="x") == "not_finished"
    case = actions.finish(case=case, by=head(city), text="好")
    assert code(actions.visit, case=case, by=user.actor, is_happy=True, text="x") == "own_work"


# ── termination ──


@pytest.mark.parametrize("ground", EndGround.values)
def test_the_eight_grounds_of_termination_need_two(city: City, ground: str):
    case = handling(city)
    actions.propose_termination(case=case, by=reviewer(city), ground=ground, reason="查实了")
    case = fresh(case)
    assert (case.stage, running(case)) == ("termination_proposed", {"aid_termination"})
    assert code(actions.confirm_termination, case=case, by=reviewer(city)) == "four_eyes"
    case = actions.confirm_termination(case=case, by=head(city))
    assert (case.stage, case.state) == ("terminated", "answered")
    text = case.messages.filter(kind="answer").last().text
    assert str(EndGround(ground).label) in text and "提出异议" in text
    assert Assignment.objects.get(case=case).state == "ended"


def test_there_are_eight_grounds_and_no_ninth(city: City):
    assert len(EndGround) == 8
    values = {"case": handling(city), "by": reviewer(city), "reason": "x"}
    assert code(actions.propose_termination, ground="mood", **values) == "bad_choice"


def test_a_termination_that_is_sent_back_goes_on_where_it_was(city: City):
    case = actions.send_back(case=proposed_end(city), by=head(city), note="没有查实")
    assert (case.stage, running(case)) == ("handling", {"aid_progress"})
    assert Assignment.objects.get(case=case).state == "active"


def test_a_termination_may_be_objected_to(city: City):
    case = actions.confirm_termination(case=proposed_end(city), by=head(city))
    actions.object_to(case=case, by=RESIDENT, text="我没有请律师")
    case = actions.judge(case=fresh(case), by=made.bureau(city), outcome="ordered", answer="未查实")
    assert (case.stage, running(case)) == ("granted", {"aid_assignment"})


# ── who may ──


def test_who_decides_who_confirms_who_judges(city: City):
    case = made.refusal_proposed(city)
    proposal = case.aid_decisions.get()
    people = {
        "reviewer": city.users[RoleCode.AID_REVIEWER],
        "head": city.alice,
        "clerk": city.users[RoleCode.WINDOW_CLERK],
        "bureau": city.supervisor,
        "stranger": city.charlie,
        "leader": city.users[RoleCode.LEADER],
    }
    assert {name for name, user in people.items() if can_decide(user, case)} == {"reviewer", "head"}
    assert {name for name, user in people.items() if can_confirm(user, case, proposal)} == {"head"}
    assert {name for name, user in people.items() if can_judge(user, case)} == {"bureau"}
    assert {name for name, user in people.items() if can_report(user, case)} == {"reviewer", "head"}


def test_an_enrolment_stands_in_the_history_of_its_person(city: City) -> None:
    worker = make_worker(city.stations[NORTH], "东方援", Post.LAWYER)
    actions.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2015, 1, 1))
    assert Entry.objects.get(verb="aid.enrolled").chain == f"worker:{worker.code}"
