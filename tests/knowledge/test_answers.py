"""The life of an answer: names out, four eyes, published, reviewed, expired; and of a guide."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM, Actor
from mingbai.core.refused import Refused
from mingbai.core.retention import RETENTION
from mingbai.journal.models import Entry
from mingbai.knowledge import actions
from mingbai.knowledge.enums import AnswerState, GuideState
from mingbai.knowledge.models import Answer, Document, Guide, Law
from mingbai.knowledge.perms import can_edit_guide, can_propose_answer, can_review_answer
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places.models import Region
from tests.knowledge.factories import bring, city, last_entry, make_answer, make_guide, make_lawyer, tomorrow
from tests.people.factories import NORTH, SOUTH, TOWN, make_town, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _town(db):
    make_town()


def refused(code: str, act, /, **arguments: object) -> None:
    with pytest.raises(Refused) as reason:
        act(**arguments)
    assert reason.value.code == code


def clerk() -> User:
    return make_user(RoleCode.WINDOW_CLERK, region=Region.objects.get(code=NORTH))


# ── proposing ──


def test_a_proposal_holds_no_names_and_its_journal_no_words():
    agent = clerk()
    made = actions.propose_answer(
        by=agent.actor,
        question="我叫张三丰，电话13812345678，刘大海欠我钱",
        answer="请刘大海还钱。",
        case_ref="case:26",
        names=["刘大海"],
    )
    assert (made.question, made.answer) == ("我叫某某，电话（电话），某某欠我钱", "请某某还钱。")
    assert (made.state, made.proposed_by, made.case_ref) == (AnswerState.PROPOSED, agent, "case:26")
    entry = last_entry(f"answer:{made.pk}")
    assert entry.verb == "answer.proposed" and "某某" not in str(entry.data)
    assert not Document.objects.filter(kind="answer").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"question": "  "}, "text_missing"),
        ({"answer": ""}, "text_missing"),
        ({"question": "长" * 2_001}, "text_too_long"),
        ({"line": "magic"}, "unknown_line"),
    ],
)
def test_what_cannot_be_proposed(change: dict, code: str):
    arguments = {"by": clerk().actor, "question": "问", "answer": "答"} | change
    refused(code, actions.propose_answer, **arguments)
    assert not Answer.objects.exists()


def test_what_somebody_wants_kept_to_themselves_is_no_answer():
    values = {"by": clerk().actor, "question": "问", "answer": "答", "is_confidential": True}
    refused("confidential", actions.propose_answer, **values)
    assert not Answer.objects.exists()


# ── who may: asked again inside the actions ──


def _no_rights() -> list[Actor]:
    leader = make_user(RoleCode.LEADER, region=city())
    return [leader.actor, RESIDENT, Actor("partner", "12345", "热线平台")]


def test_who_has_no_right_writes_nothing():
    bring()
    law, guide, answer = Law.objects.get(), make_guide(), make_answer()
    words = actions.add_synonym(by=SYSTEM, lay="白干活", legal="拖欠劳动报酬")
    nobodies = _no_rights()
    before = Entry.objects.count()
    new = {"title": "新指南", "line": "notary", "region": city(), "texts": {"steps": "一步"}}
    for by in nobodies:
        refused("not_allowed", actions.propose_answer, by=by, question="问", answer="答")
        refused("not_allowed", actions.withdraw_answer, by=by, answer=answer, reason="不")
        refused("not_reviewer", actions.publish_answer, by=by, answer=answer)
        refused("not_allowed", actions.write_guide, by=by, **new)
        refused("not_allowed", actions.edit_guide, by=by, guide=guide, texts={"cost": "十元"})
        refused("not_allowed", actions.publish_guide, by=by, guide=guide)
        refused("not_allowed", actions.withdraw_guide, by=by, guide=guide, reason="不")
        refused("not_allowed", actions.add_synonym, by=by, lay="工钱", legal="劳动报酬")
        refused("not_allowed", actions.drop_synonym, by=by, synonym=words)
        refused("not_allowed", actions.name_law, by=by, law=law, aliases=["别名"])
        refused("not_allowed", actions.import_laws, by=by, files={})
    assert Entry.objects.count() == before


def test_a_county_keeps_its_own_guides_and_no_words_of_the_city():
    south = make_user(RoleCode.STATION_MANAGER, region=Region.objects.get(code=SOUTH)).actor
    guide = make_guide("北县指南", region=Region.objects.get(code=NORTH))
    refused("not_allowed", actions.edit_guide, by=south, guide=guide, texts={"cost": "十元"})
    new = {"title": "指南", "line": "notary", "texts": {"steps": "一步"}}
    refused("not_allowed", actions.write_guide, by=south, region=city(), **new)
    refused("not_allowed", actions.add_synonym, by=south, lay="工钱", legal="劳动报酬")
    assert actions.write_guide(by=south, region=Region.objects.get(code=SOUTH), **new).pk


# ── reviewing: four eyes ──


def test_a_lawyer_publishes_and_may_mend_the_words():
    made, lawyer = make_answer(publish=False), make_lawyer()
    done = actions.publish_answer(by=lawyer.actor, answer=made, text="改过的答复，联系13812345678")
    assert (done.state, done.reviewed_by, done.answer) == (
        AnswerState.PUBLISHED,
        lawyer,
        "改过的答复，联系（电话）",
    )
    assert done.review_on == tomorrow(365)
    assert last_entry(f"answer:{made.pk}").verb == "answer.published"
    assert Document.objects.filter(kind="answer", ref=str(made.pk)).exists()


def test_nobody_reviews_their_own_proposal_nor_does_a_clerk_nor_the_machine():
    lawyer = make_lawyer()
    made = actions.propose_answer(by=lawyer.actor, question="问题", answer="答复")
    for by in (lawyer.actor, clerk().actor, SYSTEM):
        refused("not_reviewer", actions.publish_answer, by=by, answer=made)
        refused("not_reviewer", actions.decline_answer, by=by, answer=made, reason="不妥")
    assert Answer.objects.get().state == AnswerState.PROPOSED


def test_the_database_itself_keeps_four_eyes():
    lawyer = make_lawyer()
    made = actions.propose_answer(by=lawyer.actor, question="问题", answer="答复")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=made.pk).update(reviewed_by=lawyer)


def test_a_proposal_is_given_back_with_a_reason():
    made, lawyer = make_answer(publish=False), make_lawyer()
    refused("reason_missing", actions.decline_answer, by=lawyer.actor, answer=made, reason=" ")
    done = actions.decline_answer(by=lawyer.actor, answer=made, reason="已有同类问答")
    assert (done.state, done.reason) == (AnswerState.DECLINED, "已有同类问答")
    refused("wrong_state", actions.publish_answer, by=lawyer.actor, answer=made)


@pytest.mark.parametrize("field", ["review_on", "expires_on"])
def test_days_lie_ahead(field: str):
    made, lawyer = make_answer(publish=False), make_lawyer()
    refused("bad_date", actions.publish_answer, by=lawyer.actor, answer=made, **{field: tomorrow(-1)})


# ── the end ──


def test_what_runs_out_or_is_not_reviewed_expires_by_itself():
    lawyer = make_lawyer()
    short = make_answer("限时政策问题", publish=False)
    actions.publish_answer(by=lawyer.actor, answer=short, expires_on=tomorrow(5))
    late = make_answer("逾期未复核问题", publish=False)
    actions.publish_answer(by=lawyer.actor, answer=late, review_on=tomorrow(10))
    kept = make_answer("一直有效问题")
    now = timezone.now()
    assert actions.expire_answers(by=SYSTEM, now=now + 5 * DAY) == 0
    assert actions.expire_answers(by=SYSTEM, now=now + 6 * DAY) == 1
    assert actions.expire_answers(by=SYSTEM, now=now + 80 * DAY) == 1
    reasons = dict(Answer.objects.values_list("pk", "reason"))
    assert (reasons[short.pk], reasons[late.pk], reasons[kept.pk]) == ("已过失效日期", "逾期未复核", "")
    refs = set(Document.objects.filter(kind="answer").values_list("ref", flat=True))
    assert refs == {str(kept.pk)}
    again = actions.publish_answer(by=lawyer.actor, answer=late)
    assert again.state == AnswerState.PUBLISHED
    assert Document.objects.filter(kind="answer", ref=str(late.pk)).exists()


def test_what_is_due_for_review():
    answer = make_answer()
    guide = make_guide()
    assert list(Answer.objects.due_for_review(tomorrow(364))) == []
    assert list(Answer.objects.due_for_review(tomorrow(365))) == [answer]
    assert list(Guide.objects.due_for_review(tomorrow(180))) == [guide]


def test_proposals_that_nobody_reviewed_lose_their_words():
    old, declined = make_answer(publish=False), make_answer("另一个问题", publish=False)
    actions.decline_answer(by=make_lawyer().actor, answer=declined, reason="重复")
    kept = make_answer()
    later = timezone.now() + 91 * DAY
    forget = RETENTION.get("answer").forget
    assert forget(timezone.now() + 89 * DAY) == 0
    assert forget(later) == 2
    assert forget(later) == 0
    old.refresh_from_db()
    assert (old.question, old.answer, old.state) == ("", "", AnswerState.DECLINED)
    kept.refresh_from_db()
    assert kept.question


# ── who sees what ──


def test_who_sees_which_answers():
    agent, other, lawyer = clerk(), clerk(), make_lawyer()
    proposed = actions.propose_answer(by=agent.actor, question="未发布", answer="答")
    public = make_answer("已发布")

    def seen(user: object) -> set[int]:
        return set(Answer.objects.visible_to(user).values_list("pk", flat=True))

    from django.contrib.auth.models import AnonymousUser

    assert seen(AnonymousUser()) == seen(other) == {public.pk}
    assert seen(agent) == seen(lawyer) == {public.pk, proposed.pk}
    assert can_propose_answer(agent) and not can_review_answer(agent, public)
    assert can_review_answer(lawyer, proposed) and not can_propose_answer(AnonymousUser())


def test_who_sees_and_edits_which_guides():
    from django.contrib.auth.models import AnonymousUser

    north = Region.objects.get(code=NORTH)
    draft = make_guide("草稿", publish=False, region=north)
    public = make_guide("公开")
    keeper = make_user(RoleCode.STATION_MANAGER, region=north)
    stranger = make_user(RoleCode.STATION_MANAGER, region=Region.objects.get(code=SOUTH))

    def seen(user: object) -> set[int]:
        return set(Guide.objects.visible_to(user).values_list("pk", flat=True))

    assert seen(keeper) == {draft.pk, public.pk}
    assert seen(stranger) == seen(AnonymousUser()) == {public.pk}
    assert can_edit_guide(keeper, draft) and not can_edit_guide(stranger, draft)
    assert not can_edit_guide(keeper, public)
    township = make_guide("街道草稿", publish=False, region=Region.objects.get(code=TOWN))
    assert can_edit_guide(keeper, township)


# ── guides ──


def test_a_guide_is_drafted_published_edited_and_withdrawn_with_its_history():
    guide = make_guide(publish=False)
    assert (guide.state, guide.review_on) == (GuideState.DRAFT, tomorrow(180))
    actions.publish_guide(by=SYSTEM, guide=guide, review_on=tomorrow(30))
    guide = actions.edit_guide(by=SYSTEM, guide=guide, texts={"cost": "一律不收费"}, review_on=tomorrow(40))
    assert (guide.cost, guide.review_on) == ("一律不收费", tomorrow(40))
    entries = Entry.objects.filter(chain=f"guide:{guide.pk}")
    before = entries.count()
    actions.edit_guide(by=SYSTEM, guide=guide, texts={"cost": "一律不收费"})
    assert entries.count() == before
    refused("reason_missing", actions.withdraw_guide, by=SYSTEM, guide=guide, reason="")
    actions.withdraw_guide(by=SYSTEM, guide=guide, reason="停办")
    verbs = list(entries.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["guide.written", "guide.published", "guide.edited", "guide.withdrawn"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "text_missing"),
        ({"title": "长" * 121}, "text_too_long"),
        ({"line": "magic"}, "unknown_line"),
        ({"review_on": timezone.localdate()}, "bad_date"),
        ({"title": "申请法律援助"}, "guide_twice"),
    ],
)
def test_what_is_no_guide(change: dict, code: str):
    make_guide()
    arguments = {"title": "另一个", "line": "legal_aid", "region": city(), "texts": {}} | change
    refused(code, actions.write_guide, by=SYSTEM, **arguments)


def test_an_empty_guide_is_not_published():
    guide = actions.write_guide(by=SYSTEM, title="空", line="notary", region=city(), texts={"cost": "0"})
    refused("guide_empty", actions.publish_guide, by=SYSTEM, guide=guide)


# ── what a city begins with ──


def test_a_city_begins_with_guides_and_answers_once():
    from mingbai.knowledge.queries import search
    from mingbai.knowledge.starting_content import ANSWERS, GUIDES
    from tests.knowledge.factories import bring

    bring()
    lawyer = make_lawyer()
    assert actions.start_content(by=SYSTEM, region=city(), reviewer=lawyer) == (len(GUIDES), len(ANSWERS))
    assert actions.start_content(by=SYSTEM, region=city(), reviewer=lawyer) == (0, 0)
    assert search("申请法律援助", kinds=("guide",))[0].title == "申请法律援助"
    assert search("双倍工资", kinds=("answer",))[0].title.startswith("单位一直不签劳动合同")
    # Nothing in them looks personal to our own rule, or it would have been masked.
    assert not Answer.objects.filter(answer__contains="某某").exists()
