"""Every step of legal aid that says something in writing leaves a paper, in the same transaction."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions.retention import retire
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.legalaid import actions
from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.models import Paper
from mingbai.papers.perms import can_see
from mingbai.papers.rules.markup import check
from mingbai.people.roles import RoleCode
from tests.cases.factories import SOUTH, City
from tests.legalaid import factories as made
from tests.legalaid.factories import REASON, head, make_aid, make_terms, reviewer
from tests.people.factories import make_user

KINDS = [kind for kind in PAPER_KINDS if kind.group == "法律援助"]


def papers(case) -> dict[str, dict]:
    found = Paper.objects.filter(about=case.chain).order_by("pk")
    return {one.kind: json.loads(one.fields) for one in found}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_words_to_begin_with_hold_what_the_law_wants(kind):
    check(kind.body, [one.name for one in kind.all_fields], [one.name for one in kind.all_fields if one.must])


def test_there_is_a_paper_for_every_step():
    assert [kind.code for kind in KINDS] == [
        "aid_application", "aid_receipt", "aid_supplement", "aid_grant", "aid_first", "aid_refusal",
        "aid_termination", "aid_assignment", "aid_transfer", "aid_closing",
    ]  # fmt: skip


def test_a_grant_is_written(city: City):
    case = made.granted(city)
    said = papers(case)["aid_grant"]
    assert said["条件"] == "经济困难（第四十一条）"
    assert said["事项"] == "请求支付劳动报酬"
    assert said["文号"].endswith("新抚法援决字第1号")


def test_a_refusal_says_why_and_what_can_be_done(city: City):
    said = papers(made.refused(city))["aid_refusal"]
    assert said["理由"] == REASON
    for way in ("异议", "行政复议", "行政诉讼", "第四十九条"):
        assert way in said["救济"]


def test_what_is_missing_is_told_with_its_day(city: City):
    case = made.asked(city)
    said = papers(case)["aid_supplement"]
    assert said["缺的材料"] == ["身份证"]
    due = timezone.localdate(case.clocks.get(rule__code="aid_supplement").due_at)
    assert said["补充期限"] == f"{due.year}年{due.month}月{due.day}日"


def test_what_is_urgent_is_given_first_in_writing(city: City):
    case = actions.give_first(case=make_aid(), by=reviewer(city), hurry="limit", reason="后天到期")
    assert papers(case)["aid_first"]["紧急情形"] == "离法定时效或期限届满不足七日"


def test_a_transfer_names_the_office(city: City):
    said = papers(made.transferred(city))["aid_transfer"]
    assert said["转给机构"] == "沈阳市法律援助中心 024-12348"
    assert said["材料"] == ["法律援助申请"]


def test_a_termination_names_its_ground(city: City):
    case = made.granted(city)
    actions.propose_termination(case=case, by=reviewer(city), ground="own_lawyer", reason="请了律师")
    case = actions.confirm_termination(case=case, by=head(city))
    said = papers(case)["aid_termination"]
    assert said["终止情形"] == "自行委托律师或者其他代理人"
    assert "异议" in said["救济"]


def test_application_and_receipt_are_issued_when_asked_for_and_once(city: City):
    case = make_aid(terms=make_terms(opponent="宏达建筑公司"))
    first = actions.issue_paper(case=case, by=city.alice.actor, kind="aid_application")
    again = actions.issue_paper(case=case, by=city.alice.actor, kind="aid_application")
    assert first.pk == again.pk
    said = json.loads(first.fields)
    assert said["对方"] == "宏达建筑公司"
    assert said["经济状况"].startswith("每人每月 900 元，3 口人")
    actions.issue_paper(case=case, by=city.alice.actor, kind="aid_receipt")
    assert list(papers(case)) == ["aid_application", "aid_receipt"]


def test_what_has_not_happened_cannot_be_written(city: City):
    case = make_aid()
    for kind in KINDS:
        if kind.code in ("aid_application", "aid_receipt"):
            continue
        with pytest.raises(Refused) as refused:
            actions.issue_paper(case=case, by=city.alice.actor, kind=kind.code)
        assert refused.value.code == "nothing_to_issue"
    assert not Paper.objects.exists()


def test_a_decision_that_fails_takes_no_number(city: City):
    case = make_aid()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.grant(case=case, by=reviewer(city))
        1 / 0  # noqa: B018
    assert not Paper.objects.exists()
    assert papers(made.granted(city))["aid_grant"]["文号"].endswith("第1号")


def test_decisions_of_all_sorts_count_in_one_series(city: City):
    made.granted(city)
    made.refused(city)
    numbers = Paper.objects.filter(series="法援决").order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [1, 2]


def test_who_may_not_see_its_people_reads_no_paper_of_a_matter(city: City):
    paper = Paper.objects.get(about=made.granted(city).chain)
    assert can_see(city.alice, paper)
    assert can_see(city.supervisor, paper)
    assert not can_see(city.users[RoleCode.LEADER], paper), "sees the matter, and no names"
    assert not can_see(make_user(RoleCode.AID_REVIEWER, station=city.stations[SOUTH]), paper)


def test_the_papers_of_a_retired_matter_are_empty(city: City, settings):
    case = made.closed(city)
    later = timezone.now() + timedelta(days=366 * (settings.CASES_KEPT_YEARS + 2))
    retire(case=case, by=SYSTEM, reason="保管期满", at=later)
    assert [one.is_erased for one in Paper.objects.filter(about=case.chain)] == [True]
