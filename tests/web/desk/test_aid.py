"""Legal aid at the desk: the panel, the forms of every decision, the lists, who may and who sees what."""

from datetime import date

import pytest
from django.utils import timezone

from mingbai.cases.actions.work import take_up
from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.people.enums import Post
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City, make_case, make_closed, make_taken
from tests.legalaid import factories as made
from tests.legalaid.factories import application, fresh, make_aid, make_terms
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import HTMX, article, do, errors, queries, signed_in, soup, url_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(city: City) -> None:
    actions.prepare(by=SYSTEM)


@pytest.fixture
def reviewer(city: City) -> User:
    return city.users[RoleCode.AID_REVIEWER]


def lawyer(city: City, name: str = "甲律师") -> User:
    worker = make_worker(city.stations[NORTH], name, Post.LAWYER)
    actions.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2010, 1, 1))
    return make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name=name)


def shown(user: User, case) -> str:
    return words(signed_in(user).get(url_of(case)))


# ── the panel ──


def test_the_panel_says_what_is_stated_proposed_and_missing(city: City, reviewer: User):
    case = make_aid(terms=make_terms(mandate="agent", opponent="宏达建筑公司"))
    text = shown(reviewer, case)
    for part in (
        "法律援助",
        "请求支付劳动报酬",
        "一次告知缺什么",
        "授权委托书",
        "第四十一条",
        "宏达建筑公司",
        "900 元",
    ):
        assert part in text
    page = soup(signed_in(reviewer).get(url_of(case)))
    first = page.select_one(".btn-primary")
    assert first is not None and "我来办" in first.get_text()


def test_means_and_the_other_side_are_not_for_everybody(city: City):
    case = make_aid(terms=make_terms(opponent="宏达建筑公司", means="欠着医院的钱"))
    text = shown(city.users[RoleCode.LEADER], case)
    assert "请求支付劳动报酬" in text
    for secret in ("宏达建筑公司", "欠着医院的钱", "900 元"):
        assert secret not in text
    assert "欠着医院的钱" in shown(city.supervisor, case)


def test_other_matters_have_no_panel(city: City, reviewer: User):
    for case in (make_case(), make_closed(city)):
        assert soup(signed_in(reviewer).get(url_of(case))).select_one(".d-aid") is None


def test_a_swap_equals_a_reload(city: City, reviewer: User):
    case, client = make_aid(), signed_in(reviewer)
    assert article(client.get(url_of(case))) == article(client.get(url_of(case), **HTMX))


def test_the_page_costs_little_more(city: City, reviewer: User):
    plain = queries(signed_in(reviewer), url_of(make_taken(city)))
    aid = queries(signed_in(reviewer), url_of(make_aid()))
    assert aid <= plain + 14, (plain, aid)


# ── the decisions, by form ──


def test_stated_asked_supplemented_and_granted(city: City, reviewer: User):
    case = make_case(kind="legal_aid")
    assert "填申请内容" in shown(reviewer, case)
    form = soup(signed_in(reviewer).get(url_of(case, "aid_state")))
    assert form.select("select[name=matter] optgroup") and form.select("input[name=shown]")
    values = {"matter": "wage", "mandate": "self", "shown": "commitment", "income": "很多", "source": "own"}
    bad = do(reviewer, case, "aid_state", **values)
    assert "收入请填数字" in errors(bad) and "很多" in bad.content.decode()
    do(reviewer, case, "aid_state", **{**values, "income": "800"})
    assert application(case).claim == "hardship"
    form = soup(signed_in(reviewer).get(url_of(case, "aid_ask")))
    ticked = [box["value"] for box in form.select("input[name=papers][checked]")]
    assert ticked == ["身份证", "与事情有关的材料"]
    assert "要一次说全" in errors(do(reviewer, case, "aid_ask", text="请补"))
    do(reviewer, case, "aid_ask", text="请补这两样", papers=ticked)
    assert fresh(case).stage == "asked"
    do(reviewer, case, "supplement", text="都来了", papers=ticked, channel="window")
    assert "给予援助" in shown(reviewer, case)
    response = do(reviewer, case, "aid_grant", reason="")
    assert "三日内指派" in words(response) and fresh(case).stage == "granted"


def test_a_refusal_by_two_then_an_objection_upheld_or_not(city: City, reviewer: User):
    case = make_aid()
    do(reviewer, case, "aid_refuse", reason="收入高于标准", laws="第三十四条")
    assert fresh(case).stage == "refusal_proposed"
    assert signed_in(reviewer).get(url_of(case, "aid_confirm")).status_code == 403
    assert "待复核" in shown(city.alice, case)
    do(city.alice, case, "aid_confirm")
    assert fresh(case).stage == "refused"
    do(city.alice, case, "aid_object", text="算错了")
    assert signed_in(reviewer).get(url_of(case, "aid_judge")).status_code == 403
    do(city.supervisor, case, "aid_judge", outcome="ordered", answer="确实算错了")
    assert fresh(case).stage == "granted"
    assert "责令改正" in shown(reviewer, case) and "已改正" in shown(reviewer, case)


def test_sent_back_urgent_transferred(city: City, reviewer: User):
    case = made.refusal_proposed(city)
    do(city.alice, case, "aid_send_back", note="再核")
    assert fresh(case).stage == "review" and "再核" in shown(reviewer, case)
    do(reviewer, case, "aid_first", hurry="limit", reason="后天到期")
    assert fresh(case).stage == "granted" and "手续已补齐" in shown(reviewer, case)
    do(reviewer, case, "aid_papers")
    assert signed_in(reviewer).get(url_of(case)).content.decode().count("/aid_papers/") == 0
    other = make_aid(place="outside", region="")
    centre = city.stations[other.station_id]  # what is from outside comes to the city's centre
    there = make_user(RoleCode.AID_REVIEWER, station=centre, worker=make_worker(centre, "市审"), name="市审")
    assert "转交有管辖权的机构" in shown(there, other)
    do(there, other, "aid_transfer", office="沈阳市法律援助中心", phone="024-12348", reason="案件在沈阳")
    assert fresh(other).stage == "transferred"


def test_who_works_it_is_not_offered_what_another_one_decides(city: City, reviewer: User):
    case = take_up(case=make_aid(), by=reviewer.actor, worker=reviewer.worker)
    assert "给予援助" in shown(reviewer, case)
    place, source = city.regions[CITY], "市法援中心审批办法"
    actions.name_approval(by=SYSTEM, region=place, source=source, valid_from=timezone.localdate())
    page = signed_in(reviewer).get(url_of(case))
    assert "由另一位有审批权限的人决定" in words(page) and "/aid_grant/" not in page.content.decode()
    assert "/aid_grant/" in signed_in(city.alice).get(url_of(case)).content.decode()
    assert signed_in(reviewer).get(url_of(case, "aid_grant")).status_code == 403


def test_nothing_lapses_before_its_day(city: City, reviewer: User):
    case = made.asked(city)
    page = signed_in(reviewer).get(url_of(case, "aid_lapse"))
    assert "期限还没有到" in words(page)
    assert "确认视为撤回" not in shown(reviewer, case)


@pytest.mark.parametrize("role", [RoleCode.WINDOW_CLERK, RoleCode.LEADER, RoleCode.SUPERVISOR])
def test_who_may_not_decide(city: City, role: RoleCode):
    case = make_aid()
    for verb in ("aid_grant", "aid_refuse", "aid_first", "aid_transfer", "aid_ask"):
        assert signed_in(city.users[role]).get(url_of(case, verb)).status_code == 403
        assert signed_in(city.users[role]).post(url_of(case, verb), {"reason": "x"}).status_code == 403
    assert signed_in(city.charlie).get(url_of(case, "aid_grant")).status_code == 404


def test_a_decision_on_what_is_decided_keeps_what_was_typed(city: City, reviewer: User):
    case = made.granted(city)
    response = do(city.alice, case, "aid_grant", reason="我也同意")
    assert "现在不能做" in words(response) and "我也同意" in response.content.decode()


# ── assignment and work ──


def test_assigned_worked_finished_and_visited_by_their_own_sign_ins(city: City, reviewer: User):
    person = lawyer(city)
    case = made.granted(city)
    form = soup(signed_in(reviewer).get(url_of(case, "aid_assign")))
    choices = form.select("input[name=worker]")
    assert len(choices) == 1 and choices[0].has_attr("checked")
    assert "今年已接 0 件" in form.get_text()
    do(reviewer, case, "aid_assign", worker=choices[0]["value"])
    assert fresh(case).stage == "assigned"
    today = timezone.localdate().isoformat()
    assert "报告进展" in shown(person, case)
    bad = do(person, case, "aid_report", step="met", happened_on="2099-01-01", text="见了面")
    assert "还没到" in errors(bad)
    do(person, case, "aid_report", step="met", happened_on=today, text="见了面", hours="1.5", expenses="20")
    do(person, case, "aid_report", step="result", happened_on=today, text="判决支付一万元")
    assert fresh(case).stage == "concluded"
    do(person, case, "aid_closing", text="全案小结", hours="10")
    page = shown(reviewer, case)
    assert "归档材料" in page and "申请人身份证明" in page and "归档材料还不齐" in page
    assert signed_in(person).get(url_of(case, "aid_finish")).status_code == 403
    note = soup(signed_in(reviewer).get(url_of(case, "aid_return"))).select_one("[name=note]").text
    assert "申请人身份证明" in note and "结案报告" not in note  # what is missing is written there already
    do(reviewer, case, "aid_return", note="缺判决书")
    do(person, case, "aid_closing", text="补了判决书")
    do(reviewer, case, "aid_finish", text="拿到了一万元")
    assert fresh(case).stage == "done"
    assert signed_in(person).get(url_of(case)).status_code == 404
    do(reviewer, case, "tell", how="phone", close="on")
    assert fresh(case).stage == "closed" and "回访" in shown(city.alice, case)
    do(city.alice, case, "aid_visit", is_happy="yes", text="很好")
    assert "满意" in shown(reviewer, case)


def test_declined_and_replaced(city: City, reviewer: User):
    first, second = lawyer(city), lawyer(city, "乙律师")
    case = made.granted(city)
    do(reviewer, case, "aid_assign", worker=str(first.worker.pk), why="离得近")
    assert fresh(case).stage == "assigned"
    do(first, case, "aid_decline", reason="时间冲突")
    assert fresh(case).stage == "granted"
    form = soup(signed_in(reviewer).get(url_of(case, "aid_assign")))
    assert [box["value"] for box in form.select("input[name=worker]")] == [str(second.worker.pk)]
    assert "没有接受" in form.get_text()
    do(reviewer, case, "aid_assign", worker=str(second.worker.pk))
    do(reviewer, case, "aid_replace", reason="受援人要求")
    assert fresh(case).stage == "granted" and "已更换" in shown(reviewer, case)


def test_not_in_turn_wants_a_reason(city: City, reviewer: User):
    people = sorted((lawyer(city), lawyer(city, "乙律师")), key=lambda one: one.worker.code)
    case = made.granted(city)
    response = do(reviewer, case, "aid_assign", worker=str(people[1].worker.pk))
    assert "按顺序该" in errors(response) and fresh(case).stage == "granted"


def test_terminated_by_two(city: City, reviewer: User):
    lawyer(city)
    case = made.granted(city)
    do(reviewer, case, "aid_end", ground="own_lawyer", reason="自己请了律师")
    assert fresh(case).stage == "termination_proposed"
    assert signed_in(reviewer).get(url_of(case, "aid_confirm_end")).status_code == 403
    do(city.alice, case, "aid_confirm_end")
    assert fresh(case).stage == "terminated"


# ── lists ──


def test_the_list_by_what_waits(city: City, reviewer: User):
    case, granted = make_aid(text="老板欠薪不给"), made.granted(city)
    page = signed_in(reviewer).get("/desk/aid/?group=decide")
    assert "老板欠薪不给" in words(page) and case.number in page.content.decode()
    assert granted.number not in page.content.decode()
    assert granted.number in signed_in(reviewer).get("/desk/aid/?group=assign").content.decode()
    assert signed_in(reviewer).get("/desk/aid/?group=nonsense").status_code == 200
    assert case.number not in signed_in(city.charlie).get("/desk/aid/").content.decode()


def test_the_list_does_not_grow_dear(city: City, reviewer: User):
    make_aid()
    one = queries(signed_in(reviewer), "/desk/aid/?group=decide")
    for _n in range(5):
        make_aid()
    assert queries(signed_in(reviewer), "/desk/aid/?group=decide") == one


def test_the_list_of_lawyers_is_kept(city: City, reviewer: User):
    worker = make_worker(city.stations[NORTH], "丙律师", Post.LAWYER)
    client = signed_in(reviewer)
    found = client.post("/desk/aid/lawyers/new/", {"worker": worker.pk})
    assert found["Location"] == f"/desk/aid/lawyers/{worker.code}/"
    bad = client.post(found["Location"], {"practises_since": "2099-01-01", "most_open": "10"})
    assert "不能在将来" in errors(bad)
    good = {"practises_since": "2015-07-01", "most_open": "5", "groups": ["work"], "is_active": "on"}
    assert client.post(found["Location"], good).status_code == 302
    text = words(client.get("/desk/aid/lawyers/"))
    assert "丙律师" in text and "0/5" in text
    assert signed_in(city.users[RoleCode.WINDOW_CLERK]).get("/desk/aid/lawyers/").status_code == 403


def test_a_clerk_begins_for_somebody_and_goes_on_with_what_is_asked(city: City):
    clerk = city.users[RoleCode.WINDOW_CLERK]
    page = soup(signed_in(clerk).get("/desk/new/?kind=legal_aid"))
    chosen = page.select_one("select[name=kind] option[selected]")
    assert chosen is not None and chosen["value"] == "legal_aid"
    case = make_case(kind="legal_aid")
    assert "接着填申请内容" in words(signed_in(city.alice).get(f"{url_of(case)}given/"))
    values = {"matter": "abuse", "mandate": "relative", "source": "own"}
    do(clerk, case, "aid_state", **values)
    assert application(case).claim == "no_check"
