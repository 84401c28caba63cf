"""Groups follow the register; a question names nobody; the answer comes into the matter."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.cases.enums import MessageKind
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations import guidance, weekly
from mingbai.journal.models import Entry
from mingbai.notices.actions.groups import (
    GroupTerms,
    ask_group,
    end_group,
    forget_guidance,
    make_group,
    post,
    reply,
    token_for,
)
from mingbai.notices.models import Group, Notice, Post, Question, Reply
from mingbai.notices.queries import groups_of, members, question_of
from mingbai.people import actions as people
from mingbai.people.enums import Post as Job
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, SOUTH, TOWN_SOUTH, make_case, make_city, make_opened
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def lawyer(city):
    return make_worker(city.stations[SOUTH], "何律", Job.LAWYER, phone="13900001111")


@pytest.fixture
def group(city, lawyer) -> Group:
    return make_group(by=SYSTEM, terms=GroupTerms("南县指导群", "guidance", SOUTH))


@pytest.fixture
def case(city):
    home = city.stations[SOUTH].code
    opened = make_opened(name="孙桂芳", phone="13812345678", text="拖欠工资", region=TOWN_SOUTH, keep_at=home)
    return opened.case


def test_members_follow_the_register(city, group, lawyer):
    assert [one.name for one in members(group)] == ["何律"]
    notary = make_worker(city.stations[TOWN_SOUTH], "公证甲", Job.NOTARY)
    make_worker(city.stations[NORTH], "北律", Job.LAWYER)
    make_worker(city.stations[SOUTH], "窗口", Job.WINDOW_CLERK)
    assert {one.name for one in members(group)} == {"何律", "公证甲"}
    assert groups_of(notary) == [group]
    people.deactivate_worker(by=SYSTEM, worker=lawyer)
    people.move_worker(by=SYSTEM, worker=notary, region=city.regions[NORTH], station=city.stations[NORTH])
    assert members(group) == []


def test_managers_are_in_the_management_group_by_post_or_by_grant(city):
    group = make_group(by=SYSTEM, terms=GroupTerms("管理群", "management", SOUTH))
    make_worker(city.stations[TOWN_SOUTH], "所长", Job.MANAGER)
    deputy = make_worker(city.stations[SOUTH], "副主任", Job.LAWYER)
    make_user(RoleCode.STATION_MANAGER, station=city.stations[SOUTH], worker=deputy, name="副主任")
    assert {"所长", "副主任"} <= {one.name for one in members(group)}


def test_a_question_reaches_each_adviser_by_a_link_of_their_own(city, group, lawyer, case):
    make_worker(city.stations[SOUTH], "无话", Job.MEDIATOR)
    question = guidance.ask(by=SYSTEM, case=case, group=group, text="工地没有合同，怎么证明劳动关系？")
    [notice] = Notice.objects.filter(event=f"question:{question.pk}")
    assert notice.address == "13900001111" and "/guidance/own/" in notice.context
    text = Post.objects.get().text
    assert "怎么证明劳动关系" not in text and f"/desk/guidance/{question.pk}/" in text
    for secret in ("孙桂芳", "13812345678", case.number):
        assert secret not in text and secret not in notice.context
    assert Entry.objects.filter(chain=case.chain, verb="case.guidance_asked").exists()


@pytest.mark.parametrize(
    "text", ["孙桂芳的工资", "电话 138 1234 5678", "{number}", "号 21040219700101001X", "024-52345678 问"]
)
def test_a_question_that_names_somebody_is_refused(group, case, text):
    with pytest.raises(Refused) as refused:
        guidance.ask(by=SYSTEM, case=case, group=group, text=text.format(number=case.number))
    assert refused.value.code == "personal_data"
    assert not Question.objects.exists()


def asked(case, group):
    return guidance.ask(by=SYSTEM, case=case, group=group, text="怎么证明劳动关系？")


def test_the_answer_comes_into_the_matter_with_name_and_time_and_once(group, lawyer, case):
    url = f"/guidance/own/{token_for(by=SYSTEM, question=asked(case, group), worker=lawyer.pk)}/"
    assert "怎么证明劳动关系" in words(Client().get(url))
    for _sent_twice in range(2):
        assert "收到了" in words(Client().post(url, {"text": "看工资流水和证人。"}))
    [said] = case.messages.filter(kind=MessageKind.NOTE)
    assert (said.author, said.text, said.is_public) == ("何律", "看工资流水和证人。", False)
    assert errors(Client().post(url, {"text": " "}))


def test_a_forged_old_or_orphaned_link_opens_nothing(group, lawyer, case):
    question = asked(case, group)
    good = token_for(by=SYSTEM, question=question, worker=lawyer.pk)
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), "x" * 43, good.split(":")[0]):
        assert question_of(token) is None
        assert Client().get(f"/guidance/own/{token}/").status_code == 404
    people.deactivate_worker(by=SYSTEM, worker=lawyer)
    assert Client().get(f"/guidance/own/{good}/").status_code == 404


def test_who_left_the_group_and_who_comes_late_is_told_so(city, group, lawyer, case):
    question = asked(case, group)
    with pytest.raises(Refused) as late:
        reply(by=SYSTEM, question=question, worker=lawyer, text="迟了", now=question.closes_at)
    people.move_worker(by=SYSTEM, worker=lawyer, region=city.regions[NORTH], station=city.stations[NORTH])
    with pytest.raises(Refused) as gone:
        reply(by=SYSTEM, question=question, worker=Worker.objects.get(pk=lawyer.pk), text="x")
    assert (late.value.code, gone.value.code) == ("closed", "not_member")


def test_an_adviser_who_never_stops_is_stopped(group, lawyer, case):
    question = asked(case, group)
    for at in range(5):
        reply(by=SYSTEM, question=question, worker=lawyer, text=f"第{at}条")
    with pytest.raises(Refused) as refused:
        reply(by=SYSTEM, question=question, worker=lawyer, text="再说")
    assert refused.value.code == "too_many"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (GroupTerms("", "guidance", NORTH), "empty_text"),
        (GroupTerms("x", "party", NORTH), "bad_choice"),
        (GroupTerms("x", "guidance", "999999999999"), "unknown_region"),
        (GroupTerms("x", "guidance", NORTH, robot="http://evil.example/x"), "bad_address"),
        (GroupTerms("x", "guidance", NORTH, robot="javascript:alert(1)"), "bad_address"),
        (GroupTerms("x", "guidance", NORTH, robot="https://evil.example/x"), "bad_address"),
        (GroupTerms("x", "guidance", NORTH, robot="https://qyapi.weixin.qq.com:8443/x"), "bad_address"),
        (GroupTerms("x", "guidance", NORTH, robot="https://qyapi.weixin.qq.com:99999/x"), "bad_address"),
        (GroupTerms("x", "guidance", SOUTH), "group_there"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(group, terms, code):
    with pytest.raises(Refused) as refused:
        make_group(by=SYSTEM, terms=terms)
    assert refused.value.code == code


def test_one_post_and_notice_for_each_event(city, group, lawyer):
    make_user(RoleCode.PRACTITIONER, station=city.stations[SOUTH], worker=lawyer, email="he@example.com")
    said = {"station": "南县", "risk": "x"}
    for _again in range(2):
        post(by=SYSTEM, group=group, event="e:1", template="group_risk", context=said, path="/desk/")
    assert Post.objects.count() == 1
    assert Notice.objects.filter(event="e:1").count() == 1


def test_urgent_words_reach_the_managers_without_the_number(city, case):
    group = make_group(by=SYSTEM, terms=GroupTerms("管理群", "management", SOUTH))
    home = city.stations[SOUTH].code
    opened = make_opened(text="他们要打死我，我不想活了", region=TOWN_SOUTH, keep_at=home)
    assert opened.case.at_risk
    text = "".join(group.posts.values_list("text", flat=True))
    assert "【紧急】" in text and opened.case.number not in text.split("http")[0]


def test_the_week_is_told_once_on_monday_morning(city, case):
    group = make_group(by=SYSTEM, terms=GroupTerms("管理群", "management", SOUTH))
    monday = timezone.localtime() + timedelta(days=7 - timezone.localtime().weekday())
    monday = timezone.make_aware(datetime(monday.year, monday.month, monday.day, 8, 5))
    assert weekly.tell_groups(monday - timedelta(days=1)) == 0
    assert weekly.tell_groups(monday) == 1
    assert weekly.tell_groups(monday + timedelta(minutes=20)) == 0
    assert "收到 1 件" in group.posts.get().text


def test_what_a_group_hears_of_a_risk_does_not_name_the_matter(city):
    group = make_group(by=SYSTEM, terms=GroupTerms("管理群", "management", SOUTH))
    case = make_opened(text="我不想活了", region=TOWN_SOUTH, keep_at=city.stations[SOUTH].code).case
    [told] = group.posts.all()
    assert str(case.number) not in told.text + told.path + told.event


def test_words_are_forgotten_after_a_year(group, lawyer, case):
    question = asked(case, group)
    reply(by=SYSTEM, question=question, worker=lawyer, text="看流水")
    assert forget_guidance(by=SYSTEM, now=timezone.now() + timedelta(days=300)) == 0
    assert forget_guidance(by=SYSTEM, now=timezone.now() + timedelta(days=366)) == 1
    assert Question.objects.get().text == "" == Reply.objects.get().text


def test_a_question_stands_nowhere_in_the_clear_and_what_groups_heard_goes_in_time(group, lawyer, case):
    question = ask_group(by=SYSTEM, group=group, about=case.chain, text="李村水渠的界怎么定")
    told = group.posts.get()
    assert "水渠" not in told.text and f"/desk/guidance/{question.pk}/" in told.text
    assert all("水渠" not in one.context for one in Notice.objects.all())
    forget_guidance(by=SYSTEM, now=question.closes_at - timedelta(minutes=1))
    assert group.posts.exists()
    forget_guidance(by=SYSTEM, now=question.closes_at + timedelta(minutes=1))
    assert not group.posts.exists() and Question.objects.get().text


# ── pages ──


def test_the_pages_from_making_a_group_to_its_answer(city, lawyer, case):
    manager = city.charlie
    client = signed_in(manager)
    assert "何律" not in client.get("/manage/groups/").content.decode()
    clerk = make_user(RoleCode.SUPERVISOR, region=city.regions[SOUTH], username="sup-south")
    keeper = signed_in(clerk)
    terms = {"name": "南县指导群", "kind": "guidance", "region": SOUTH, "robot": "http://x"}
    assert "https" in errors(keeper.post("/manage/groups/new/", terms))
    page = keeper.post("/manage/groups/new/", terms | {"robot": ""}, follow=True)
    assert "何律" in words(page) and "13900001111" not in page.content.decode()
    ask = f"/desk/cases/{case.number}/guidance/"
    group = Group.objects.get()
    assert "姓名" in errors(client.post(ask, {"group": group.pk, "text": "孙桂芳怎么办"}))
    client.post(ask, {"group": group.pk, "text": "怎么证明劳动关系？"})
    user = make_user(RoleCode.PRACTITIONER, station=city.stations[SOUTH], worker=lawyer, name="何律")
    adviser = signed_in(user)
    assert "有一个新问题" in words(adviser.get("/desk/groups/"))
    url = f"/desk/guidance/{Question.objects.get().pk}/"
    assert "收到了" in words(adviser.post(url, {"text": "看工资流水"}))
    assert client.get(url).status_code == 404, "not a member"
    end_group(by=SYSTEM, group=group)
    assert errors(client.post(ask, {"group": group.pk, "text": "还在吗"}))


def test_a_matter_of_another_county_cannot_be_asked_about(city, group):
    other = make_case(region=NORTH, keep_at=city.stations[NORTH].code)
    client = signed_in(city.charlie)
    assert client.get(f"/desk/cases/{other.number}/guidance/").status_code == 404
