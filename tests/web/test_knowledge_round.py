"""The day's round over knowledge: owners and reviewers are told once, what ran out ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.knowledge import actions
from mingbai.knowledge.enums import AnswerState
from mingbai.notices.jobs import JOBS
from mingbai.notices.models import Notice
from mingbai.people.roles import RoleCode
from mingbai.web.knowledge_round import run_round
from tests.knowledge.factories import city, make_answer, make_guide, tomorrow
from tests.people.factories import make_town, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _town(db):
    make_town()


def test_owner_and_reviewer_are_told_once_and_what_ran_out_ends():
    owner = make_user(RoleCode.STATION_MANAGER, region=city(), email="owner@example.com")
    lawyer = make_user(RoleCode.AID_REVIEWER, region=city(), email="lawyer@example.com")
    make_guide(owner=owner)
    answer = actions.publish_answer(
        by=lawyer.actor, answer=make_answer(publish=False), review_on=tomorrow(180)
    )
    now = timezone.now()
    assert run_round(now + 179 * DAY) == 0
    assert run_round(now + 180 * DAY) == 2
    assert run_round(now + 181 * DAY) == 0
    told = {(notice.to, notice.template) for notice in Notice.objects.order_by("pk")}
    assert told == {(f"user:{owner.pk}", "knowledge_due"), (f"user:{lawyer.pk}", "knowledge_due")}
    run_round(now + 300 * DAY)
    answer.refresh_from_db()
    assert answer.state == AnswerState.EXPIRED


def test_who_has_no_address_or_left_is_not_told():
    make_guide(owner=make_user(RoleCode.STATION_MANAGER, region=city()))
    make_guide("没有责任人")
    assert run_round(timezone.now() + 200 * DAY) == 0


def test_a_guide_confirmed_is_asked_for_again_on_its_next_day():
    owner = make_user(RoleCode.STATION_MANAGER, region=city(), email="owner@example.com")
    guide = make_guide(owner=owner)
    assert run_round(timezone.now() + 180 * DAY) == 1
    actions.publish_guide(by=SYSTEM, guide=guide, review_on=tomorrow(200))
    assert run_round(timezone.now() + 200 * DAY) == 1


def test_the_worker_runs_both_rounds():
    assert {"knowledge.watch_index", "knowledge.round"} <= set(JOBS.codes())
    assert JOBS.get("knowledge.watch_index").run(timezone.now()) is None
    assert JOBS.get("knowledge.round").run(timezone.now()) == 0
