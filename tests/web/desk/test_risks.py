"""A risk on the matter's page: above everything, whom to call, one key, and on the board."""

import pytest
from django.test import Client

from mingbai.cases.enums import RiskState
from mingbai.cases.models import Case, RiskCard
from tests.cases.factories import City, make_opened
from tests.web.desk.pages import signed_in, soup, words

HIT = "老公喝了酒就打我，昨天又动手了"


@pytest.fixture
def case(city: City) -> Case:
    return make_opened(text=HIT).case


@pytest.fixture
def desk(city: City) -> Client:
    return signed_in(city.alice)


def test_the_page_says_what_it_warns_of_and_whom_to_call(case: Case, desk: Client):
    said = words(desk.get(f"/desk/cases/{case.number}/"))
    for text in ("风险提示", "暴力伤害", "原话", "公安机关", "110", "12338", "反家庭暴力法"):
        assert text in said


def test_one_key_reports_it(case: Case, desk: Client):
    page = soup(desk.get(f"/desk/cases/{case.number}/"))
    form = page.select_one("#case-risks form")
    values = {one["name"]: one["value"] for one in form.select("input[name]")}
    page = desk.post(form["action"], values, follow=True)
    card = RiskCard.objects.get()
    assert (card.state, card.reported_to) == (RiskState.REPORTED, "公安机关")
    said = words(page)
    assert "已记下报告给谁" in said and "报告给公安机关" in said and "有风险" not in said


def test_a_false_alarm_needs_a_reason(case: Case, desk: Client):
    card = RiskCard.objects.get()
    url = f"/desk/cases/{case.number}/dismiss_risk/"
    assert card.state == RiskState.OPEN and "为什么不是风险" in words(desk.get(f"{url}?card={card.pk}"))
    desk.post(url, {"card": card.pk, "reason": ""})
    assert RiskCard.objects.get().state == RiskState.OPEN
    desk.post(url, {"card": card.pk, "reason": "讲的是电视剧"})
    assert RiskCard.objects.get().state == RiskState.DISMISSED
    assert "风险提示" not in words(desk.get(f"/desk/cases/{case.number}/")).split("经过")[0]


@pytest.mark.parametrize("card", ["", "x", "0", "999999"])
def test_a_card_of_another_matter_is_refused(case: Case, desk: Client, card: str):
    answer = desk.post(f"/desk/cases/{case.number}/report_risk/", {"card": card, "to": "110"})
    assert answer.status_code == 200 and RiskCard.objects.get().state == RiskState.OPEN


def test_who_does_not_work_it_reads_and_cannot_act(city: City, case: Case):
    boss = signed_in(city.supervisor)
    page = soup(boss.get(f"/desk/cases/{case.number}/"))
    assert page.select_one("#case-risks") and not page.select("#case-risks form")
    card = RiskCard.objects.get()
    answer = boss.post(f"/desk/cases/{case.number}/report_risk/", {"card": card.pk, "to": "110"})
    assert answer.status_code == 403


def test_the_list_marks_it_and_the_board_counts_it(city: City, case: Case, desk: Client):
    assert "有风险" in words(desk.get("/desk/?whose=station"))
    board = words(signed_in(city.supervisor).get("/board/"))
    assert "有风险待处置" in board
    assert "有风险" in words(signed_in(city.supervisor).get("/board/rows/?of=risk"))
