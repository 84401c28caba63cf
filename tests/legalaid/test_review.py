"""From the application to the decision, the objection included: through the actions, by whom the law says."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.cases.actions import doubles, handover, work
from mingbai.cases.actions.residents import erase
from mingbai.cases.models import Case, DeadlineRule
from mingbai.cases.queries import history_of
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.queries import history
from mingbai.legalaid import actions
from mingbai.legalaid.models import Application, Decision
from mingbai.legalaid.queries import review_of
from mingbai.people.models import User
from tests.cases.factories import CITY, SOUTH, VILLAGE, City, make_case, make_intake
from tests.legalaid import factories as made
from tests.legalaid.factories import application, fresh, head, make_aid, make_terms, reviewer, running

ADULT, CHILD = "210402199001010012", "210402201501010012"


def code(act, **values) -> str:
    with pytest.raises(Refused) as refused:
        act(**values)
    return refused.value.code


def entries(case: Case) -> list[str]:
    return [each.verb for each in history(case.chain)]


# ── applying ──


def test_an_application_has_one_number_a_row_and_the_seven_days(city: City):
    case = make_aid()
    assert (case.kind, case.stage, case.state) == ("legal_aid", "applied", "received")
    assert {"legal_aid_decision", "take_up"} <= running(case)
    assert application(case).claim == "hardship" and application(case).stated_at
    assert json.loads(application(case).means) == {"income": "900", "heads": "3", "text": ""}
    assert b"900" not in bytes(application(case).means_sealed)
    assert entries(case)[-1] == "aid.stated"


def test_the_seven_days_are_calendar_days(city: City):
    case = make_aid()
    due = made.clock(case, "legal_aid_decision").due_at
    assert 7 <= made.days_between(case.opened_at, due) <= 16  # an end on a holiday moves (民法典 Art. 203)


def test_the_same_submission_again_is_the_same_application(city: City):
    intake = make_intake(kind="legal_aid", source="web", idempotency_key="k", body_hash="b")
    first = actions.apply(by=RESIDENT, intake=intake, terms=make_terms())
    again = actions.apply(by=RESIDENT, intake=intake, terms=make_terms(matter="traffic"))
    assert (again.case.pk, again.is_new) == (first.case.pk, False)
    assert application(first.case).matter == "wage" and Application.objects.count() == 1


def test_a_bad_statement_opens_nothing(city: City):
    intake = make_intake(kind="legal_aid")
    assert code(actions.apply, by=RESIDENT, intake=intake, terms=make_terms(income="很多")) == "bad_income"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"matter": "mars"}, "unknown_matter"),
        ({"belonging": "minor"}, "unknown_belonging"),
        ({"income": "-1"}, "bad_income"),
        ({"income": "1e99"}, "bad_income"),
        ({"income": "NaN"}, "bad_income"),
        ({"heads": "零"}, "bad_heads"),
        ({"heads": "9999"}, "bad_heads"),
        ({"mandate": "nobody"}, "bad_choice"),
        ({"shown": "charm"}, "bad_choice"),
        ({"source": "notified"}, "empty_text"),
        ({"belonging": "migrant", "shown": "commitment"}, "needs_proof"),
        ({"opponent_firm": 999}, "unknown_firm"),
        ({"means": "穷" * 2001}, "text_too_long"),
    ],
)
def test_nonsense_is_named_and_nothing_lands(city: City, change, expected):
    case = make_aid()
    before = application(case).stated_at
    assert code(actions.state, case=case, by=reviewer(city), terms=make_terms(**change)) == expected
    assert application(case).stated_at == before


def test_a_time_in_the_future_is_refused(city: City):
    terms = make_terms(source="detained", organ="看守所", handed_at=timezone.now() + timedelta(hours=2))
    assert code(actions.state, case=make_aid(), by=reviewer(city), terms=terms) == "bad_time"


def test_a_child_does_not_apply_alone(city: City):
    intake = make_intake(kind="legal_aid", id_number=_valid(CHILD))
    assert code(actions.apply, by=RESIDENT, intake=intake, terms=make_terms()) == "needs_guardian"
    opened = actions.apply(by=RESIDENT, intake=intake, terms=make_terms(mandate="guardian"))
    assert "监护关系证明（户口簿、出生证等）" in _review(opened.case).missing
    intake = make_intake(kind="legal_aid", id_number=_valid(ADULT))
    assert actions.apply(by=RESIDENT, intake=intake, terms=make_terms()).is_new


def _valid(id_number: str) -> str:
    weights, checks = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    total = sum(int(digit) * weight for digit, weight in zip(id_number[:17], weights, strict=True))
    return id_number[:17] + checks[total % 11]


def test_another_kind_has_no_application(city: City):
    case = make_case()
    assert not Application.objects.filter(case=case).exists()
    assert code(actions.grant, case=case, by=reviewer(city)) == "no_application"
    case = work.convert(case=case, by=city.alice.actor, kind="legal_aid", reason="符合条件")
    assert (case.stage, application(case).matter) == ("applied", "")
    assert code(actions.grant, case=case, by=reviewer(city)) == "no_matter"


def test_the_matter_is_not_answered_past_the_law(city: City):
    case, by = made.taken(city), city.alice.actor
    assert code(work.answer, case=case, by=by, text="给您") == "line_decides"
    assert code(work.refuse, case=case, by=by, reason="x", remedy="y") == "line_decides"
    assert code(work.start, case=case, by=by) == "line_decides"
    case = actions.grant(case=case, by=reviewer(city))
    for act, values in ((work.ask, {"text": "补"}), (work.withdraw, {"reason": "x"})):
        assert code(act, case=case, by=by, **values) == "line_decides"


# ── deciding ──


def test_granting_stops_the_seven_days_and_starts_three(city: City):
    case = actions.grant(case=make_aid(), by=reviewer(city), reason="欠薪属实")
    assert (case.stage, case.state, running(case)) == ("granted", "in_progress", {"aid_assignment"})
    assert case.answered_at is None and case.messages.get(kind="answer").text.startswith("决定给予您法律援助")
    decision = Decision.objects.get(case=case)
    assert (decision.kind, decision.state, decision.reason) == ("grant", "made", "欠薪属实")
    assert [line.text for line in history_of(case, public=True)][-1] == "决定给予法律援助"


@pytest.mark.parametrize("verb", ["grant", "transfer", "give_first"])
def test_where_the_office_approves_in_two_steps_who_works_it_does_not_decide(city: City, verb: str):
    """承办人, then 负责人: a setting of the centre; urgent aid waits for nobody."""
    user = User.objects.get(pk=reviewer(city).id)
    case = work.take_up(case=make_aid(), by=user.actor, worker=user.worker)
    more = {
        "grant": {"reason": "欠薪属实"},
        "transfer": {"office": "沈阳市法律援助中心", "phone": "024-12348", "reason": "在沈阳开庭"},
        "give_first": {"hurry": "limit", "reason": "时效快到"},
    }[verb]
    before = entries(case)
    place, source = city.regions[CITY], "市法援中心审批办法"
    actions.name_approval(by=SYSTEM, region=place, source=source, valid_from=timezone.localdate())
    if verb == "give_first":
        assert actions.give_first(case=case, by=user.actor, **more).stage == "granted"
        return
    assert code(getattr(actions, verb), case=case, by=user.actor, **more) == "needs_approval"
    assert entries(case) == before and not Decision.objects.exists()
    assert getattr(actions, verb)(case=case, by=head(city), **more).stage in ("granted", "transferred")


def test_asking_once_pauses_the_decision_and_runs_the_answer(city: City):
    case = make_aid()
    by = reviewer(city)
    assert code(actions.ask_missing, case=case, by=by, text="x", papers=[" "]) == "nothing_missing"
    case = actions.ask_missing(case=case, by=by, text="请补", papers=["身份证", "劳动合同"])
    assert (case.stage, case.state) == ("asked", "waiting")
    assert made.clock(case, "legal_aid_decision").is_paused
    assert not made.clock(case, "aid_supplement").is_paused and case.due_at
    assert code(actions.ask_missing, case=case, by=by, text="还有", papers=["x"]) == "wrong_stage"
    case = work.supplement(case=case, by=RESIDENT, text="来了", papers=["身份证", "劳动合同"])
    assert (case.stage, running(case)) == ("review", {"legal_aid_decision"})


def test_it_lapses_only_after_the_named_day_and_by_a_person(city: City):
    case, by = made.asked(city), reviewer(city)
    assert code(actions.let_lapse, case=case, by=by) == "not_due_yet"
    case = actions.let_lapse(case=case, by=by, at=timezone.now() + timedelta(days=40))
    assert (case.stage, case.state, running(case)) == ("lapsed", "withdrawn", set())
    case = work.reopen(case=case, by=city.alice.actor, reason="材料来了")
    assert (case.stage, "legal_aid_decision" in running(case)) == ("review", True)


def test_urgent_aid_comes_first_and_leaves_papers_owing(city: City):
    case, by = make_aid(terms=make_terms(hurry="limit")), reviewer(city)
    assert code(actions.give_first, case=case, by=by, hurry="", reason="x") == "bad_choice"
    case = actions.give_first(case=case, by=by, hurry="limit", reason="后天时效届满")
    assert (case.stage, running(case)) == ("granted", {"aid_assignment", "aid_papers_debt"})
    case = actions.papers_complete(case=case, by=by)
    assert running(case) == {"aid_assignment"}
    assert code(actions.papers_complete, case=case, by=by) == "no_debt"


def test_a_refusal_needs_two(city: City):
    case = make_aid()
    decision = actions.propose_refusal(case=case, by=reviewer(city), reason="不符合", laws=["第三十一条"])
    case = fresh(case)
    assert (case.stage, decision.state, running(case) >= {"legal_aid_decision"}) == (
        "refusal_proposed",
        "proposed",
        True,
    )
    assert not case.messages.filter(kind="answer").exists()
    assert "拟不予" not in "".join(line.text for line in history_of(case, public=True))
    assert code(actions.confirm_refusal, case=case, by=reviewer(city)) == "four_eyes"
    case = actions.confirm_refusal(case=case, by=head(city))
    assert (case.stage, case.state, running(case)) == ("refused", "answered", {"tell"})
    answer = case.messages.get(kind="answer")
    assert "司法局提出异议" in answer.text and "不符合" in answer.text and answer.laws == ["第三十一条"]
    assert code(actions.confirm_refusal, case=case, by=head(city)) == "wrong_stage"


def test_the_database_itself_wants_four_eyes(city: City):
    case = make_aid()
    row = Decision(case=case, kind="refuse", state="made", proposed_by="user:1", made_by="user:1")
    row.made_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.proposed_by = ""
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_refusal_that_is_sent_back_is_reviewed_again(city: City):
    case = made.refusal_proposed(city)
    assert code(actions.send_back, case=case, by=reviewer(city), note="x") == "four_eyes"
    case = actions.send_back(case=case, by=head(city), note="再核一次收入")
    assert (case.stage, running(case)) == ("review", {"legal_aid_decision"})
    assert Decision.objects.get(case=case).note == "再核一次收入"
    assert actions.grant(case=case, by=reviewer(city)).stage == "granted"


def test_a_wrong_place_is_sent_on_with_a_telephone(city: City):
    case = make_aid(place="outside", region="")
    values = {"office": "沈阳市法律援助中心", "reason": "案件在沈阳"}
    assert code(actions.transfer, case=case, by=reviewer(city), phone=" ", **values) == "empty_text"
    case = actions.transfer(case=case, by=reviewer(city), phone="024-12348", **values)
    assert (case.stage, case.state) == ("transferred", "answered")
    assert "024-12348" in case.messages.get(kind="answer").text


def test_nothing_is_decided_while_an_offer_waits(city: City):
    case = made.taken(city)
    handover.offer(case=case, by=city.alice.actor, to=city.stations[SOUTH], reason="案件在望花区审理")
    assert code(actions.grant, case=case, by=reviewer(city)) == "handover_open"
    assert not Decision.objects.filter(case=case).exists()


def test_a_second_reviewer_is_told_that_it_is_decided(city: City):
    case = made.granted(city)
    assert code(actions.grant, case=case, by=head(city)) == "wrong_stage"
    assert Decision.objects.filter(case=case).count() == 1


def test_a_merged_application_is_decided_where_it_rests(city: City):
    case = make_aid()
    doubles.merge_cases(case=case, by=city.alice.actor, into=make_aid(), reason="同一件")
    assert code(actions.grant, case=case, by=reviewer(city)) == "merged"
    case = doubles.unmerge_case(case=fresh(case), by=city.alice.actor, reason="不是")
    assert actions.grant(case=case, by=reviewer(city)).stage == "granted"


# ── notices and detained people ──


def test_an_organ_s_notice_goes_straight_to_assignment(city: City):
    terms = make_terms(source="notified", organ="新抚区人民法院", matter="accused", shown="", income="")
    case = make_aid(terms=terms)
    assert (case.stage, running(case)) == ("granted", {"aid_assignment"})
    assert Decision.objects.get(case=case).kind == "notice"


@pytest.mark.parametrize(("hours", "end"), [(5, "met"), (30, "late")])
def test_how_long_the_passing_on_took_is_shown(city: City, hours, end):
    handed = timezone.now() - timedelta(hours=hours)
    terms = make_terms(source="detained", organ="抚顺市看守所", matter="accused", handed_at=handed)
    case = make_aid(terms=terms)
    assert made.clock(case, "aid_forward").end == end
    assert case.stage == "applied"


# ── objecting ──


def test_an_objection_that_is_upheld_leaves_the_courts(city: City):
    case = made.objected(city)
    assert (case.stage, case.state, running(case)) == ("objected", "in_progress", {"aid_objection"})
    due = made.clock(case, "aid_objection").due_at
    assert 5 <= made.days_between(timezone.now(), due) <= 14
    case = actions.judge(case=case, by=made.bureau(city), outcome="upheld", answer="决定无误。")
    assert (case.stage, case.state) == ("upheld", "answered")
    assert "行政诉讼" in case.messages.filter(kind="answer").last().text
    assert code(actions.object_to, case=case, by=RESIDENT, text="还是不服") == "wrong_stage"


def test_an_objection_that_holds_gives_the_aid(city: City):
    case = actions.judge(
        case=made.objected(city), by=made.bureau(city), outcome="ordered", answer="收入算错了。"
    )
    assert (case.stage, running(case)) == ("granted", {"aid_assignment"})
    assert Decision.objects.get(case=case, kind="refuse").state == "overturned"


def test_who_decided_does_not_judge(city: City):
    case = made.objected(city)
    for by in (reviewer(city), head(city)):
        assert code(actions.judge, case=case, by=by, outcome="upheld", answer="x") == "own_decision"
    by = made.bureau(city)
    assert code(actions.judge, case=case, by=by, outcome="maybe", answer="x") == "bad_choice"
    assert code(actions.judge, case=case, by=by, outcome="upheld", answer=" ") == "empty_text"


# ── the pre-check as the page reads it ──


def _review(case: Case):
    return review_of(application(case), today=timezone.localdate())


def test_the_pre_check_names_everything_that_is_missing(city: City, django_assert_max_num_queries):
    case = make_aid(terms=make_terms(mandate="agent"))
    assert _review(case).missing == ("身份证", "授权委托书", "与事情有关的材料")
    row = application(case)
    with django_assert_max_num_queries(10):
        assert review_of(row, today=timezone.localdate()).proposal.advice == "ask"


def test_the_same_application_by_two_channels_is_noticed(city: City):
    make_aid(name="赵福山", phone="13812345678")
    case = make_aid(name="赵福山", phone="13812345678", channel="wechat")
    assert any("同类申请" in reason.text for reason in _review(case).proposal.reasons)
    other = make_aid(name="钱多", phone="13800000000")
    assert not any("同类申请" in reason.text for reason in _review(other).proposal.reasons)


def test_a_person_who_is_erased_leaves_no_index_of_the_other_side(city: City):
    case = make_aid(terms=make_terms(opponent="某某建筑公司"))
    assert application(case).opponent_hash and application(case).opponent == "某某建筑公司"
    work.withdraw(case=case, by=RESIDENT, reason="x")
    erase(resident=case.party, by=SYSTEM, reason="本人要求")
    assert (application(case).opponent_hash, application(case).opponent) == ("", "")


def test_the_periods_are_rows_with_a_source(city: City):
    rows = DeadlineRule.objects.filter(code__startswith="aid_")
    assert rows.count() == 14 and all(row.source for row in rows)
    actions.prepare(by=SYSTEM)
    assert DeadlineRule.objects.filter(code__startswith="aid_").count() == 14


def test_the_place_of_the_matter_is_the_case_s(city: City):
    assert make_aid(region=VILLAGE).region_id == VILLAGE
