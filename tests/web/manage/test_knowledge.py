"""Keeping the knowledge through its pages: guides, the review of answers, words, laws, the index."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.models import Case, Message
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.knowledge.actions import edit_guide, propose_answer, set_topic_codes, watch_index
from mingbai.knowledge.enums import AnswerState, GuideState
from mingbai.knowledge.models import Answer, Article, Guide, IndexState, Law, Synonym, TopicCode
from mingbai.knowledge.queries import search
from mingbai.notices.models import Notice
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_answered
from tests.knowledge import factories as knowledge
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, soup, words
from tests.web.manage.pages import post, verbs

TODAY = timezone.localdate()


@pytest.fixture
def lawyer(city: City) -> User:
    return make_user(RoleCode.AID_REVIEWER, region=city.regions[NORTH], username="lawyer-north")


# ── guides ──

GUIDE = {"title": "办理赡养协议公证", "line": "notary", "region": CITY, "papers": "身份证\n户口簿"}


def test_a_guide_is_written_published_changed_and_withdrawn(keeper: User) -> None:
    page = words(post(keeper, "knowledge/guides/new/", **GUIDE))
    guide = Guide.objects.get(title=GUIDE["title"])
    assert "草稿" in page and (guide.state, guide.owner) == (GuideState.DRAFT, keeper)
    assert not search("赡养协议公证", kinds=("guide",))
    url = f"knowledge/guides/{guide.pk}"
    post(keeper, f"{url}/publish/", review_on=TODAY + timedelta(days=90))
    assert [hit.ref for hit in search("赡养协议公证", kinds=("guide",))] == [str(guide.pk)]
    post(keeper, f"{url}/edit/", title="办理遗嘱公证", papers="身份证")
    assert search("遗嘱公证", kinds=("guide",)) and not search("赡养协议", kinds=("guide",))
    post(keeper, f"{url}/withdraw/", reason="改由省里统一发布")
    assert not search("遗嘱公证", kinds=("guide",))
    assert verbs(f"guide:{guide.pk}") == [
        f"guide.{v}" for v in ("written", "published", "edited", "withdrawn")
    ]


def test_a_guide_that_is_due_says_so_and_stands_first(keeper: User) -> None:
    later, due = knowledge.make_guide("后写的"), knowledge.make_guide("该复核的")
    Guide.objects.filter(pk=due.pk).update(review_on=TODAY)
    page = words(signed_in(keeper).get("/manage/knowledge/guides/"))
    assert "该复核了" in page and page.index("该复核的") < page.index(later.title)
    assert "1 份该复核" in words(signed_in(keeper).get("/manage/knowledge/"))


def test_what_is_withdrawn_does_not_stand_before_what_is_due(keeper: User) -> None:
    gone, due = knowledge.make_guide("早就撤下的"), knowledge.make_guide("该复核的")
    old = TODAY - timedelta(days=400)
    Guide.objects.filter(pk=gone.pk).update(state=GuideState.WITHDRAWN, review_on=old)
    Guide.objects.filter(pk=due.pk).update(review_on=TODAY)
    page = words(signed_in(keeper).get("/manage/knowledge/guides/"))
    assert page.index(due.title) < page.index(gone.title)


def test_the_history_is_told_in_words(keeper: User) -> None:
    guide = knowledge.make_guide("申请法律援助")
    post(keeper, f"knowledge/guides/{guide.pk}/edit/", title="申请法律援助", papers="身份证")
    page = words(signed_in(keeper).get(f"/manage/knowledge/guides/{guide.pk}/")).partition("变更记录")[2]
    assert "发布：原 草稿" in page and "修改内容" in page and "写好草稿" in page
    assert not re.search("[a-z]{4,}", page.replace(keeper.username, "")), page


@pytest.mark.parametrize("change", [{"title": ""}, {"title": "x" * 121}, {"line": "no"}, {"region": "1"}])
def test_a_bad_guide_stays_on_the_form(keeper: User, change: dict) -> None:
    assert errors(post(keeper, "knowledge/guides/new/", **{**GUIDE, **change}))
    assert not Guide.objects.filter(title=GUIDE["title"]).exists()


def test_an_empty_guide_is_not_published(keeper: User) -> None:
    post(keeper, "knowledge/guides/new/", **{**GUIDE, "papers": ""})
    guide = Guide.objects.get(title=GUIDE["title"])
    assert errors(post(keeper, f"knowledge/guides/{guide.pk}/publish/", review_on=TODAY + timedelta(days=9)))


def test_a_keeper_of_a_county_keeps_only_its_guides(city: City) -> None:
    county = make_user(RoleCode.STATION_MANAGER, region=city.regions[NORTH], username="keeper-north")
    own = knowledge.make_guide("北县指南", region=city.regions[NORTH])
    other = knowledge.make_guide("南县指南", region=city.regions[SOUTH], publish=False)
    page = words(signed_in(county).get("/manage/knowledge/guides/"))
    assert "北县指南" in page and "南县指南" not in page
    assert signed_in(county).get(f"/manage/knowledge/guides/{own.pk}/").status_code == 200
    for verb in ("", "edit/", "publish/", "withdraw/"):
        assert signed_in(county).get(f"/manage/knowledge/guides/{other.pk}/{verb}").status_code == 404


# ── answers ──


def test_an_answer_is_proposed_at_a_matter_reviewed_and_found(city: City, lawyer: User) -> None:
    case = make_answered(city)
    desk = signed_in(city.alice)
    form = words(desk.get(f"/desk/cases/{case.number}/propose_answer/"))
    assert "先到劳动监察投诉" in form
    desk.post(
        f"/desk/cases/{case.number}/propose_answer/", {"question": "工钱没发怎么办", "answer": "先投诉。"}
    )
    made = Answer.objects.get()
    assert (made.state, made.proposed_by, made.case_ref) == (AnswerState.PROPOSED, city.alice, case.number)
    assert "工钱没发怎么办" in words(signed_in(lawyer).get("/manage/knowledge/answers/"))
    url = f"knowledge/answers/{made.pk}/publish/"
    values = {
        "question": "工钱没发怎么办",
        "text": "先到劳动监察投诉。",
        "review_on": TODAY + timedelta(days=99),
    }
    assert not search("工钱没发", kinds=("answer",))
    post(lawyer, url, **values)
    assert search("工钱没发", kinds=("answer",))


def test_a_key_pressed_twice_proposes_once(city: City) -> None:
    case, values = make_answered(city), {"question": "工钱没发怎么办", "answer": "先投诉。"}
    desk, url = signed_in(city.alice), f"/desk/cases/{case.number}/propose_answer/"
    desk.post(url, values)
    assert "正等审核" in words(desk.post(url, values)) and Answer.objects.count() == 1
    desk.post(url, {**values, "question": "押金不退怎么办"})
    assert Answer.objects.count() == 2


def test_the_reviewer_sees_what_waits_and_what_is_due_and_all_when_asked(lawyer: User) -> None:
    new, due = knowledge.make_answer("新提的问题", publish=False), knowledge.make_answer("该复核的问题")
    fresh = knowledge.make_answer("刚审过的问题")
    Answer.objects.filter(pk=due.pk).update(review_on=TODAY)
    assert "2 条等审核、该复核" in words(signed_in(lawyer).get("/manage/knowledge/"))
    page = words(signed_in(lawyer).get("/manage/knowledge/answers/"))
    assert page.index(new.question) < page.index(due.question) < page.index("，该复核了")
    assert fresh.question not in page
    assert words(signed_in(lawyer).get("/manage/knowledge/answers/?state=waiting")).count(fresh.question) == 0
    everything = words(signed_in(lawyer).get("/manage/knowledge/answers/?q=&state="))
    assert all(one.question in everything for one in (new, due, fresh))


def test_nobody_reviews_their_own_proposal(city: City, lawyer: User) -> None:
    made = knowledge.make_answer(publish=False)
    Answer.objects.filter(pk=made.pk).update(proposed_by=lawyer)
    page = words(signed_in(lawyer).get(f"/manage/knowledge/answers/{made.pk}/"))
    assert "由别的律师审核" in page and "审核发布" not in page
    values = {"question": "问", "text": "答", "review_on": TODAY + timedelta(days=9)}
    assert errors(post(lawyer, f"knowledge/answers/{made.pk}/publish/", **values))
    assert Answer.objects.get().state == AnswerState.PROPOSED


def test_an_answer_is_given_back_and_a_published_one_withdrawn(city: City, lawyer: User) -> None:
    first, second = knowledge.make_answer(publish=False), knowledge.make_answer("彩礼能要回来吗")
    post(lawyer, f"knowledge/answers/{first.pk}/decline/", reason="没有依据")
    post(lawyer, f"knowledge/answers/{second.pk}/withdraw/", reason="法律改了")
    states = {row.pk: (row.state, row.reason) for row in Answer.objects.all()}
    assert states[first.pk] == (AnswerState.DECLINED, "没有依据")
    assert states[second.pk] == (AnswerState.EXPIRED, "法律改了")


def test_the_proposer_hears_that_it_was_given_back_and_why(city: City, lawyer: User) -> None:
    case = make_answered(city)
    User.objects.filter(pk=city.alice.pk).update(email="alice@example.com")
    desk = signed_in(city.alice)
    desk.post(
        f"/desk/cases/{case.number}/propose_answer/", {"question": "工钱没发怎么办", "answer": "先投诉。"}
    )
    assert "待审核" in words(desk.get("/desk/knowledge/"))
    post(lawyer, f"knowledge/answers/{Answer.objects.get().pk}/decline/", reason="已有同类问答")
    told = Notice.objects.get(template="answer_declined")
    assert told.to == f"user:{city.alice.pk}" and "已有同类问答" in str(told.context)
    page = words(desk.get("/desk/knowledge/"))
    assert "已退回" in page and "已有同类问答" in page
    assert "工钱没发怎么办" not in words(signed_in(city.bob).get("/desk/knowledge/"))


def test_a_confidential_matter_is_not_proposed(city: City) -> None:
    case, values = make_answered(city), {"question": "工钱没发怎么办", "answer": "先投诉。"}
    Case.objects.filter(pk=case.pk).update(is_confidential=True)
    desk, url = signed_in(city.alice), f"/desk/cases/{case.number}/propose_answer/"
    assert "要求保密" in words(desk.get(url))
    desk.post(url, values)
    assert not Answer.objects.exists()


def test_a_clerk_proposes_and_does_not_review(city: City) -> None:
    made = knowledge.make_answer(publish=False)
    clerk = signed_in(city.alice)
    assert clerk.get("/manage/knowledge/answers/").status_code == 403
    assert clerk.get(f"/manage/knowledge/answers/{made.pk}/publish/").status_code == 403


def test_a_matter_without_an_answer_has_nothing_to_propose(city: City) -> None:
    from tests.cases.factories import make_taken

    case = make_taken(city)
    page = words(signed_in(city.alice).get(f"/desk/cases/{case.number}/propose_answer/"))
    assert "还没有答复" in page and not Answer.objects.exists()


# ── words, laws, index ──


def test_a_lay_word_finds_the_law_at_once(keeper: User) -> None:
    knowledge.bring()
    assert not search("白干活", kinds=("article",))
    post(keeper, "knowledge/synonyms/new/", lay="白干活", legal="拖欠劳动报酬")
    assert search("白干活", kinds=("article",))
    synonym = Synonym.objects.get(lay="白干活")
    assert "白干活" in words(signed_in(keeper).get("/manage/knowledge/synonyms/?q=白干活"))
    post(keeper, f"knowledge/synonyms/{synonym.pk}/drop/")
    assert not search("白干活", kinds=("article",))


@pytest.mark.parametrize(
    "values", [{"lay": "x", "legal": "y"}, {"lay": "工钱", "legal": "工钱"}, {"lay": ""}]
)
def test_words_that_are_none_stay_on_the_form(keeper: User, values: dict) -> None:
    assert errors(post(keeper, "knowledge/synonyms/new/", **values))


def test_a_law_shows_its_past_and_takes_another_name(keeper: User) -> None:
    knowledge.bring()
    knowledge.bring(knowledge.amended("停工停产", "停工"), on=knowledge.tomorrow(-1))
    law = Law.objects.get()
    assert law.title in words(signed_in(keeper).get("/manage/knowledge/laws/"))
    assert "停工停产" in words(signed_in(keeper).get(f"/manage/knowledge/laws/{law.pk}/"))
    post(keeper, f"knowledge/laws/{law.pk}/names/", aliases="打工法\n")
    assert search("打工法第三条", kinds=("article",))


def test_the_index_says_how_it_is_and_is_rebuilt_by_the_worker(keeper: User) -> None:
    knowledge.bring()
    assert "完好" in words(signed_in(keeper).get("/manage/knowledge/index/"))
    page = words(post(keeper, "knowledge/index/rebuild/"))
    assert "后台马上重建" in page and IndexState.objects.get().damaged_at
    watch_index(by=SYSTEM, now=timezone.now())
    assert "完好" in words(signed_in(keeper).get("/manage/knowledge/index/"))


def test_a_county_reads_the_words_of_the_city_and_changes_none(city: City) -> None:
    knowledge.bring()
    county = signed_in(
        make_user(RoleCode.STATION_MANAGER, region=city.regions[NORTH], username="words-north")
    )
    for path in ("synonyms/", "laws/", f"laws/{Law.objects.get().pk}/", "index/"):
        page = county.get(f"/manage/knowledge/{path}")
        assert page.status_code == 200
        for word in ("加一条", "去掉", "改简称", "现在重建"):
            assert word not in words(page).replace("去掉姓名", "").replace("加一条，马上", "")
    law = Law.objects.get()
    for path in ("synonyms/new/", f"laws/{law.pk}/names/"):
        assert county.get(f"/manage/knowledge/{path}").status_code == 403
    assert county.post("/manage/knowledge/index/rebuild/").status_code == 403


# ── what other systems call our topics ──


def test_the_codes_of_other_systems_stand_beside_ours(keeper: User) -> None:
    url = "knowledge/topics/labour/"
    post(keeper, url, codes="12345 0203 劳动纠纷\n\nprovince  L-7")
    held = {row.system: (row.code, row.name) for row in TopicCode.objects.filter(topic="labour")}
    assert held == {"12345": ("0203", "劳动纠纷"), "province": ("L-7", "")}
    page = words(signed_in(keeper).get("/manage/knowledge/topics/"))
    assert "12345 0203 劳动纠纷" in page and "知识产权" in page
    assert "0203" in signed_in(keeper).get(f"/manage/{url}").content.decode()
    entries = Entry.objects.count()
    post(keeper, url, codes="province L-7\n12345 0203 劳动纠纷")
    assert Entry.objects.count() == entries
    post(keeper, url, codes="")
    assert not TopicCode.objects.exists() and Entry.objects.latest("id").verb == "topic.coded"


@pytest.mark.parametrize("codes", ["12345", "a 1\na 2", "x" * 33 + " 1", "a " + "1" * 65])
def test_codes_that_are_none_stay_on_the_form(keeper: User, codes: str) -> None:
    assert errors(post(keeper, "knowledge/topics/labour/", codes=codes))
    assert not TopicCode.objects.exists()


def test_too_many_systems_are_refused(keeper: User) -> None:
    assert errors(post(keeper, "knowledge/topics/labour/", codes="\n".join(f"s{n} {n}" for n in range(21))))


def test_a_county_sees_the_codes_and_does_not_change_them(city: City) -> None:
    county = make_user(RoleCode.STATION_MANAGER, region=city.regions[NORTH], username="codes-north")
    assert signed_in(county).get("/manage/knowledge/topics/").status_code == 200
    assert signed_in(county).get("/manage/knowledge/topics/labour/").status_code == 403
    assert signed_in(county).get("/manage/knowledge/topics/weather/").status_code == 404
    with pytest.raises(Refused):
        set_topic_codes(by=county.actor, topic="labour", codes={"a": ("1", "")})


# ── what an answer rests on ──


def test_the_articles_of_an_answer_are_proposed_checked_and_shown_to_everybody(
    city: City, lawyer: User
) -> None:
    knowledge.bring()
    case, desk = make_answered(city), signed_in(city.alice)
    url = f"/desk/cases/{case.number}/propose_answer/"
    values = {"question": "工钱没发怎么办", "answer": "先投诉。"}
    page = desk.post(url, {**values, "articles": "示范劳动法第二条\n示范劳动法第九十九条\n胡说"})
    assert "示范劳动法第九十九条；胡说" in errors(page) and not Answer.objects.exists()
    desk.post(url, {**values, "articles": "示范劳动法第二条\n《示范劳动法》第三条之一\n\n示范劳动法第2条"})
    made = Answer.objects.get()
    assert [one.name for one in made.articles.order_by("number")] == ["第二条", "第三条之一"]
    review = f"knowledge/answers/{made.pk}/publish/"
    assert "第三条之一" in signed_in(lawyer).get(f"/manage/{review}").content.decode()
    until = {"review_on": TODAY + timedelta(days=99)}
    post(lawyer, review, question="问", text="答", articles="示范劳动法第三条", **until)
    shown = soup(signed_in(city.alice).get(f"/find/answer/{made.pk}/"))
    assert [link.text for link in shown.select("a[href^='/find/article/']")] == [f"{knowledge.TITLE}第三条"]
    post(lawyer, review, question="问", text="答", articles="", **until)
    assert not made.articles.exists()


def test_the_laws_of_the_answer_stand_on_the_form_already(city: City) -> None:
    knowledge.bring()
    case = make_answered(city)
    Message.objects.filter(case=case, kind="answer").update(laws=["示范劳动法第二条", "老规矩"])
    form = signed_in(city.alice).get(f"/desk/cases/{case.number}/propose_answer/").content.decode()
    assert f"{knowledge.TITLE}第二条" in form and "老规矩" not in form


def test_an_answer_rests_on_what_is_in_force(lawyer: User) -> None:
    knowledge.bring()
    old = knowledge.article(2)
    knowledge.bring(knowledge.amended("拖欠劳动报酬的", "不按时支付劳动报酬的"))
    old.refresh_from_db()
    for articles in ([old], [knowledge.article(1)] * 21):
        with pytest.raises(Refused) as refused:
            propose_answer(by=SYSTEM, question="问", answer="答", articles=articles)
        assert refused.value.code == "bad_articles"


# ── owners of guides, wordings of laws ──


def test_a_guide_changes_its_owner_among_those_who_keep_its_region(city: City, keeper: User) -> None:
    north = make_user(RoleCode.STATION_MANAGER, region=city.regions[NORTH], username="owner-north")
    south = make_user(RoleCode.STATION_MANAGER, region=city.regions[SOUTH], username="owner-south")
    guide = knowledge.make_guide("北县指南", region=city.regions[NORTH])
    url = f"knowledge/guides/{guide.pk}/owner/"
    offered = {
        option["value"] for option in soup(signed_in(keeper).get(f"/manage/{url}")).select("option[value]")
    }
    assert {str(north.pk), str(keeper.pk)} <= offered and str(south.pk) not in offered
    for bad in (south.pk, 0, "", "x"):
        assert errors(post(keeper, url, owner=bad))
    post(keeper, url, owner=north.pk)
    guide.refresh_from_db()
    assert guide.owner == north
    with pytest.raises(Refused) as refused:
        edit_guide(by=SYSTEM, guide=guide, owner=south)
    assert refused.value.code == "owner_without_right"


def test_a_law_says_since_when_and_its_old_wordings_are_paged(keeper: User) -> None:
    knowledge.bring()
    law = Law.objects.get()
    Article.objects.bulk_create(
        Article(
            law=law,
            number=2,
            text=f"旧文{n}",
            valid_from=TODAY - timedelta(1000),
            valid_to=TODAY - timedelta(900 - n),
        )
        for n in range(60)
    )
    desk = signed_in(keeper)
    first, second = (words(desk.get(f"/manage/knowledge/laws/{law.pk}/?page={n}")) for n in (1, 2))
    assert "旧文0" in first and "旧文59" not in first and "旧文59" in second
    public = words(desk.get(f"/find/law/{law.pk}/"))
    assert "起施行" in public and "旧文" not in public
    current = knowledge.article(2)
    page = soup(desk.get(f"/find/article/{current.pk}/"))
    assert len(page.select("#wordings ~ ul a")) == 20
    for odd in ("0", "x", "99999", "-1"):
        assert desk.get(f"/find/law/{law.pk}/?page={odd}").status_code == 200
