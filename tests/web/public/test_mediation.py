"""A resident asks for mediation on a phone and sees where it stands."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.mediation import actions
from mingbai.mediation.models import Mediation, Party
from tests.cases.factories import NORTH, City, make_city
from tests.mediation import factories as made

pytestmark = pytest.mark.django_db
ASK = "/ask/mediation/"


@pytest.fixture
def city(db: None) -> City:
    made_city = make_city()
    actions.prepare(by=SYSTEM)
    return made_city


def values(**more):
    return {
        "text": "邻居把界石挪了，吵了两年。",
        "county": NORTH,
        "tell_by": "phone",
        "phone": "13812345678",
        "phone_of": "own",
        "name": "赵福山",
        "dispute": "neighbour",
        "other_name": "钱大河",
        "other_phone": "13900002222",
        "key": "a" * 32,
        **more,
    }


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def test_a_whole_request_on_one_page(client: Client, city: City):
    page = soup(client.get(ASK))
    assert page.select("select[name=dispute] option") and page.select("input[name=other_name]")
    assert not page.select("input[name=agree_handle]"), "the law makes it our duty: no consent for show"
    response = client.post(ASK, values(others="钱小河\n\n钱家运输队", wants_doorstep="on"))
    assert response.status_code == 302
    case = Case.objects.get()
    row = Mediation.objects.get(case=case)
    assert (row.dispute, row.source, row.wants_doorstep, case.stage) == (
        "neighbour", "request", True, "requested",
    )  # fmt: skip
    assert [(party.side, party.name) for party in made.parties(case)] == [
        ("asking", "赵福山"), ("other", "钱大河"), ("other", "钱小河"), ("other", "钱家运输队"),
    ]  # fmt: skip
    assert made.parties(case)[0].consent == "agrees"


def test_it_needs_few_touches(client: Client, city: City):
    """Every control that has to be touched for a complete request, and the sending: twelve at most."""
    page = soup(client.get(ASK))
    touched = ("text", "other_name", "other_phone", "dispute", "county", "phone", "name")
    assert all(page.select(f"[name={name}]") for name in touched)
    assert len(touched) + 1 <= 12
    answer = client.post(
        ASK, {name: value for name, value in values().items() if name in (*touched, "tell_by", "key")}
    )
    assert answer.status_code == 302


def test_nothing_but_the_words_and_a_way_to_answer_is_needed(client: Client, city: City):
    response = client.post(ASK, values(dispute="", other_name="", other_phone="", name=""))
    assert response.status_code == 302 and Party.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"other_phone": "139"}, "电话号码不对"),
        ({"id_number": "210402198203077654"}, "校验码"),
        ({"id_number": made.id_of("21040220150505991")}, "监护人"),
        ({"other_name": "赵福山"}, "已经登记过"),
        ({"other_name": "长" * 101}, "最多 100 字"),
        ({"dispute": "moon"}, "有效"),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_is_lost(client: Client, city: City, changes, words):
    response = client.post(ASK, values(**changes))
    page = soup(response)
    assert response.status_code == 200 and words in page.get_text()
    assert "邻居把界石挪了" in page.get_text() and Case.objects.count() == 0


def test_a_child_asks_with_a_guardian(client: Client, city: City):
    number = made.id_of("21040220150505991")
    assert client.post(ASK, values(id_number=number, guardian="赵大山")).status_code == 302
    assert made.parties(Case.objects.get())[0].guardian == "赵大山"


def test_the_same_form_twice_is_one_request(client: Client, city: City):
    for _n in range(2):
        assert client.post(ASK, values()).status_code == 302
    assert Case.objects.count() == 1 and Party.objects.count() == 2


def test_the_sentence_says_where_it_stands(client: Client, city: City):
    case = made.failed(city)
    client.post("/follow/", {"number": case.number, "secret": "5678"})
    page = soup(client.get(f"/follow/{case.number}/")).get_text()
    assert "调解没有成功" in page and "起诉" in page and "差距太大" in page
    inside = made.mediating(city, phone="13800001111", name="孙九")
    client.post("/follow/", {"number": inside.number, "secret": "1111"})
    page = soup(client.get(f"/follow/{inside.number}/")).get_text()
    assert "正在调解" in page and "钱大河" not in page
