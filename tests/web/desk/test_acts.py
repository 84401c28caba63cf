"""Every verb through its page: for owner, colleague and stranger; refusals keep what was typed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.cases.actions import clocks, ratings, work
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.people.roles import RoleCode
from mingbai.web.desk.verbs import VERBS
from tests.cases.factories import (
    NORTH,
    SOUTH,
    VILLAGE_SOUTH,
    City,
    make_answered,
    make_case,
    make_closed,
    make_taken,
)
from tests.web.desk.pages import HTMX, do, errors, signed_in, soup, url_of, words

LONG = "答" * 20_001


def fresh(case: Case) -> Case:
    return Case.objects.select_related("owner", "station").get(pk=case.pk)


# ── who may ──


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_stranger_finds_no_verb_of_a_matter_of_another_county(city: City, verb: str) -> None:
    case = make_taken(city)
    client = signed_in(city.charlie)
    assert client.get(url_of(case, verb)).status_code == 404
    assert client.post(url_of(case, verb), {"text": "x", "reason": "x"}).status_code == 404


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_opens_for_the_manager_or_says_why_not(city: City, verb: str) -> None:
    case = make_taken(city)
    response = signed_in(city.alice).get(url_of(case, verb))
    assert response.status_code in (200, 403)
    if response.status_code == 200:
        assert str(VERBS[verb].label) in words(response)


@pytest.mark.parametrize("verb", ["answer", "offer", "note", "close", "assign", "designate", "refuse"])
def test_who_only_looks_on_may_do_nothing(city: City, verb: str) -> None:
    case = make_case()
    leader = signed_in(city.users[RoleCode.LEADER])
    assert leader.get(url_of(case)).status_code == 200
    assert leader.post(url_of(case, verb), {"text": "x", "reason": "x"}).status_code == 403
    assert not soup(leader.get(url_of(case))).select(".c-actions a, .c-actions button")


def test_a_colleague_may_work_but_not_assign(city: City) -> None:
    case = make_taken(city)
    assert "已记下" in words(do(city.bob, case, "note", text="问过了"))
    assert do(city.bob, case, "assign", worker=city.owner.pk).status_code == 403


def test_an_unknown_verb_is_not_found(city: City) -> None:
    assert signed_in(city.alice).get(url_of(make_taken(city), "explode")).status_code == 404


# ── the way of a matter ──


def test_the_whole_way_from_taking_up_to_closing(city: City) -> None:
    case = make_case()
    assert "您已接办" in words(do(city.alice, case, "take_up"))
    assert fresh(case).owner == city.owner
    do(city.alice, case, "start")
    assert "已答复" in words(do(city.alice, case, "answer", text="先去劳动监察", laws="劳动法第五十条\n\n"))
    told = do(city.alice, case, "tell", how="phone", note="本人接的")
    assert "已记下告知" in words(told)
    do(city.alice, case, "close")
    case = fresh(case)
    assert (case.state, case.told_how) == ("closed", "phone")
    assert case.messages.get(kind="answer").laws == ["劳动法第五十条"]


def test_one_form_answers_tells_and_closes(city: City) -> None:
    case = make_taken(city)
    response = do(city.alice, case, "answer", text="当面说清了", told="visit", close="on")
    assert errors(response) == ""
    assert fresh(case).state == "closed"


def test_closing_without_telling_is_refused_and_nothing_is_half_done(city: City) -> None:
    case = make_taken(city)
    response = do(city.alice, case, "answer", text="写了很久的答复", close="on")
    assert "告知群众后才能办结" in errors(response)
    assert "写了很久的答复" in response.content.decode()
    assert fresh(case).state == "accepted"


def test_asking_and_supplementing_papers(city: City) -> None:
    case = make_taken(city, kind="mediation")
    form = soup(signed_in(city.alice).get(url_of(case, "ask")))
    names = [box["value"] for box in form.select("input[name=papers]")]
    assert names
    asked = do(city.alice, case, "ask", text="还缺这些", papers=names[:1], more="工资条\n\n考勤表")
    assert "时限暂停" in words(asked)
    assert sorted(p.name for p in case.papers_asked.order_by("name")) == sorted(
        [str(names[0]), "工资条", "考勤表"]
    )
    assert "还缺 3 样" in words(signed_in(city.alice).get(url_of(case)))
    do(city.alice, case, "supplement", text="都拿来了", papers=["工资条", "考勤表"], channel="window")
    assert case.papers_asked.filter(given_at=None).count() == 1
    assert fresh(case).state == "in_progress"


def test_guiding_prints_a_route_card(city: City) -> None:
    case = make_taken(city, kind="forensic")
    client = signed_in(city.alice)
    assert client.get(url_of(case, "card")).status_code == 404
    do(
        city.alice,
        case,
        "guide",
        office="抚顺司法鉴定中心",
        papers=["委托书或法院的通知"],
        more="片子",
        text="",
    )
    card = words(client.get(url_of(case, "card")))
    assert "抚顺司法鉴定中心" in card
    assert "片子" in card
    assert "打印指引卡" in words(client.get(url_of(case)))


@pytest.mark.parametrize(
    ("verb", "data", "state"),
    [
        ("refuse", {"reason": "不属于受理范围", "remedy": "可向法院起诉"}, "refused"),
        ("withdraw", {"reason": "自己解决了"}, "withdrawn"),
        ("convert", {"kind": "mediation", "reason": "愿意调解"}, "accepted"),
    ],
)
def test_other_ends_and_ways(city: City, verb: str, data: dict[str, str], state: str) -> None:
    case = make_taken(city)
    do(city.alice, case, verb, **data)
    assert fresh(case).state == state


def test_reopening_brings_it_back(city: City) -> None:
    case = make_closed(city)
    do(city.alice, case, "reopen", reason="又有新情况")
    assert fresh(case).state == "in_progress"


# ── hands ──


def test_offered_declined_twice_and_designated(city: City) -> None:
    case = make_taken(city)
    for _time in range(2):
        assert "等对方签收" in words(do(city.alice, case, "offer", to=SOUTH, reason="在望花干的活"))
        assert "已退回" in words(do(city.charlie, case, "decline_handover", reason="不归我们管"))
    case = fresh(case)
    assert case.needs_designation
    assert "待指定承办" in words(signed_in(city.alice).get(url_of(case)))
    done = do(city.supervisor, case, "designate", to=SOUTH, reason="按合同履行地", worker="")
    assert (
        done.redirect_chain[-1][0] == "/desk/"
    )  # given to another county, it has left the supervisor's sight
    assert "已指定承办" in words(done)
    assert fresh(case).station_id == SOUTH


def test_accepting_makes_the_taker_the_owner(city: City) -> None:
    case = make_taken(city)
    do(city.alice, case, "offer", to=SOUTH, reason="归你们")
    do(city.charlie, case, "accept_handover", own="on")
    case = fresh(case)
    assert case.station_id == SOUTH
    assert case.owner and case.owner.user_id == city.charlie.pk
    assert signed_in(city.alice).get(url_of(case)).status_code == 404


def test_taking_an_offer_back(city: City) -> None:
    case = make_taken(city)
    do(city.alice, case, "offer", to=SOUTH, reason="归你们")
    assert "不能答复" in words(do(city.alice, case, "answer", text="x")) or "不能做了" in words(
        do(city.alice, case, "answer", text="x")
    )
    assert "已收回转办" in words(do(city.alice, case, "take_back"))
    assert signed_in(city.charlie).get(url_of(case)).status_code == 404


def test_assigning_and_helping(city: City) -> None:
    case = make_case()
    bob = city.bob.worker  # type: ignore[attr-defined]
    do(city.alice, case, "assign", worker=bob.pk)
    assert fresh(case).owner == bob
    tomorrow = timezone.localdate() + timedelta(days=1)
    do(city.alice, case, "ask_help", to=SOUTH, reason="查工地", due_on=tomorrow.isoformat())
    helper = case.co_handlers.get()
    page = signed_in(city.charlie).get(url_of(case, "finish_help"))
    assert "查工地" in page.content.decode() or page.status_code == 200
    do(city.charlie, case, "finish_help", helper=helper.pk, result="工地已停工")
    helper.refresh_from_db()
    assert helper.result == "工地已停工"


def test_a_station_that_is_not_offered_is_no_choice(city: City) -> None:
    case = make_taken(city)
    response = do(city.alice, case, "offer", to="999999999999", reason="去那里")
    assert errors(response)
    assert "去那里" in response.content.decode()


# ── time ──


def test_an_extension_is_asked_and_decided_by_another(city: City) -> None:
    case = make_taken(city)
    running = [
        c for c in Clock.objects.filter(case=case, done_at=None).order_by("pk") if c.rule.extension_most
    ]
    assert running, "a seeded rule of a consultation can be extended"
    response = do(city.bob, case, "ask_extension", clock=running[0].pk, amount=1, reason="等鉴定")
    assert "已提交延期申请" in words(response)
    assert do(city.alice, case, "decide_extension").status_code == 403  # never the owner
    pending = clocks.Extension.objects.get()
    manager = city.users[RoleCode.STATION_MANAGER]
    do(manager, case, "decide_extension", extension=pending.pk, granted="yes", answer="")
    assert fresh(case).is_extended


# ── after ──


def test_a_bad_rating_is_called_back_by_another_and_appealed(city: City) -> None:
    case = make_closed(city)
    ratings.rate(case=case, by=RESIDENT, grade=1, text="等太久")
    page = signed_in(city.alice).get(url_of(case))
    assert "非常不满意" in words(page)
    assert do(city.alice, case, "call_back", happy="yes", text="好了").status_code == 403
    agent = city.users[RoleCode.HOTLINE_AGENT]
    assert "已记下回访" in words(do(agent, case, "call_back", happy="yes", text="解释清楚了"))
    assert "已提交申诉" in words(do(city.alice, case, "appeal", reason="评的是别的单位"))
    done = do(city.supervisor, case, "decide_appeal", decision="strike", answer="确实评错")
    assert "已处理申诉" in words(done)
    assert "评价剔除" in words(done)


def test_doubles_are_merged_and_taken_apart(city: City) -> None:
    first, second = make_taken(city, text="第一次说"), make_taken(city, text="第二次说")
    beside = soup(signed_in(city.alice).get(url_of(second, "beside")))
    assert beside.select(f'a[href$="merge/?into={first.number}"]')
    response = do(city.alice, second, "merge", into=first.number, reason="同一件事")
    assert "已并单" in words(response)
    assert fresh(second).merged_into_id == first.pk
    assert "已拆开" in words(do(city.alice, second, "unmerge", reason="是两件事"))
    assert fresh(second).merged_into_id is None


def test_merging_into_what_one_may_not_see_says_not_found(city: City) -> None:
    mine, theirs = make_taken(city), make_case(region=VILLAGE_SOUTH)
    seen = errors(do(city.alice, mine, "merge", into=theirs.number, reason="同一件"))
    none = errors(do(city.alice, mine, "merge", into="2600000000000", reason="同一件"))
    assert seen == none
    assert "没有找到这个编号" in seen


# ── refusals ──


def test_the_second_clerk_is_told_who_was_first_and_keeps_the_text(city: City) -> None:
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    client = signed_in(city.bob)
    assert client.get(url_of(case, "close")).status_code == 200
    do(city.alice, case, "close")
    second = client.post(url_of(case, "close"), {})
    assert "已办结" in errors(second)
    case = make_taken(city)
    form = client.get(url_of(case, "refuse"))
    assert form.status_code == 200
    do(city.alice, case, "answer", text="先答了")
    late = client.post(url_of(case, "refuse"), {"reason": "写了半天的理由", "remedy": "可以起诉"})
    assert "艾丽" in errors(late)
    assert "办理过" in errors(late)
    assert "写了半天的理由" in late.content.decode()
    assert "先答了" not in errors(late)


def test_opening_a_form_too_late_says_so_instead_of_asking(city: City) -> None:
    case = make_closed(city)
    page = signed_in(city.bob).get(url_of(case, "ask"))
    assert page.status_code == 200
    assert "现在不能做这一步" in words(page)
    assert "艾丽" in words(page)
    assert not soup(page).select("form textarea")


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("answer", {"text": ""}),
        ("answer", {"text": LONG}),
        ("answer", {"text": "有\x00空字符"}),
        ("answer", {"text": "好", "told": "pigeon"}),
        ("tell", {"how": "pigeon"}),
        ("ask_help", {"to": SOUTH, "reason": "查", "due_on": "2026-02-30"}),
        ("ask_help", {"to": SOUTH, "reason": "查", "due_on": "2020-01-01"}),
        ("assign", {"worker": "999999"}),
        ("assign", {"worker": "\x00"}),
        ("offer", {"to": NORTH, "reason": "自己"}),
        ("convert", {"kind": "magic", "reason": "x"}),
        ("merge", {"into": "\x00", "reason": "x"}),
        ("merge", {"into": "1" * 5000, "reason": "x"}),
        ("link", {"resident": "abc", "as_": "speaker"}),
        ("show_person", {"who": "0"}),
        ("ask_extension", {"clock": "x", "amount": "-1", "reason": ""}),
    ],
)
def test_bad_input_gets_a_clear_answer_on_the_form(city: City, verb: str, data: dict[str, Any]) -> None:
    case = make_answered(city) if verb == "tell" else make_taken(city)
    make_case(text="又来了")
    before = fresh(case).state
    response = do(city.alice, case, verb, **data)
    assert response.status_code == 200
    assert errors(response)
    assert fresh(case).state == before


def test_ten_thousand_lines_of_emoji_are_kept(city: City) -> None:
    case = make_taken(city)
    text = "\n".join(["😀"] * 9_000)
    do(city.alice, case, "answer", text=text)
    assert case.messages.get(kind="answer").text == text


def test_the_form_in_the_pane_is_the_form_of_the_page(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.alice)
    part = client.get(url_of(case, "answer"), **HTMX)
    assert "<html" not in part.content.decode()
    assert soup(part).select_one("#case form textarea[name=text]")


def test_a_lost_session_keeps_what_was_typed(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.alice)
    session = client.session
    session["seen_at"] = 1
    session.save()
    stopped = client.post(
        url_of(case, "answer"), {"text": "写了二十分钟的答复"}, HTTP_SEC_FETCH_SITE="same-origin"
    )
    assert stopped.status_code in (302, 303)
    assert fresh(case).state == "accepted"


def test_a_form_that_cannot_be_used_says_why(city: City) -> None:
    case = make_taken(city)
    Clock.objects.filter(case=case).update(due_at=timezone.now() - timedelta(days=1))
    page = signed_in(city.alice).get(url_of(case, "ask_extension"))
    assert "没有可以延期的时限" in words(page)
    assert not soup(page).select("form textarea")


def test_the_button_of_a_new_matter_is_for_who_may_open_one(city: City) -> None:
    assert soup(signed_in(city.bob).get("/desk/")).select('a[href="/desk/new/"]')
    assert not soup(signed_in(city.users[RoleCode.LEADER]).get("/desk/")).select('a[href="/desk/new/"]')


def test_guiding_and_telling_happen_both_or_not_at_all(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(**_values: object) -> None:
        raise Refused("这个号码打不通。", code="not_told")

    monkeypatch.setattr("mingbai.web.desk.verbs.work.work.tell", tell)
    case = make_taken(city, kind="forensic")
    data = {"office": "抚顺司法鉴定中心", "more": "", "text": "", "told": "phone"}
    do(city.alice, case, "guide", **data)
    case.refresh_from_db()
    assert case.state == "in_progress" or case.state == "accepted"
    assert not Entry.objects.filter(chain=case.chain, verb="case.guided").exists()
