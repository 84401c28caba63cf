"""A resident applies for legal aid, sees where it stands, and objects: from the phone, without an account."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.legalaid.models import Application, Objection
from tests.cases.factories import NORTH, City, make_city
from tests.legalaid import factories as made
from tests.legalaid.factories import fresh, make_aid
from tests.web.world import PNG

pytestmark = pytest.mark.django_db
APPLY = "/ask/legal_aid/"


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture(autouse=True)
def catalogue(city: City) -> None:
    actions.prepare(by=SYSTEM)


def photo(name: str = "身份证.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, "image/png")


def values(**more):
    return {
        "text": "老板三个月没发工资，我在工地干活。",
        "county": NORTH,
        "tell_by": "phone",
        "phone": "13812345678",
        "phone_of": "own",
        "name": "赵福山",
        "matter": "wage",
        "income": "900",
        "promise": "on",
        "key": "a" * 32,
        **more,
    }


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def apply(client: Client, **more) -> Case:
    response = client.post(APPLY, values(**more))
    assert response.status_code == 302, soup(response).select_one(".c-errors")
    return Case.objects.latest("pk")


def test_a_whole_application_on_one_page(client: Client, city: City):
    page = soup(client.get(APPLY))
    assert page.select("select[name=matter] optgroup") and page.select("input[name=id_photos]")
    case = apply(client, id_photos=[photo()], attachments=[photo("欠条.png")])
    own = Application.objects.get(case=case)
    assert (own.matter, own.claim, own.shown, case.stage) == ("wage", "hardship", "commitment", "applied")
    papers = {paper.name: paper.given_at for paper in case.papers_asked.all()}
    assert set(papers) == {"身份证", "与事情有关的材料"} and all(papers.values())
    from mingbai.legalaid.queries import review_of

    assert review_of(own, today=case.opened_at.date()).missing == ()


def test_it_needs_few_touches(client: Client):
    """Every control that has to be touched for a complete application, and the sending: twelve at most."""
    page = soup(client.get(APPLY))
    touched = ("text", "matter", "id_photos", "income", "promise", "attachments", "county", "phone", "name")
    for name in touched:
        assert page.select_one(f"[name={name}]"), name
    assert len(touched) + 1 <= 12
    given = {name: value for name, value in values(id_photos=[photo()]).items() if name in (*touched, "key")}
    checked = page.select_one("input[name=tell_by][checked]")
    assert checked is not None
    assert client.post(APPLY, {**given, "tell_by": checked["value"]}).status_code == 302


def test_what_the_guide_was_told_is_not_asked_again(client: Client):
    told = {
        "group": "work",
        "matter": "wage",
        "notified": "none",
        "exempt": "migrant",
        "place": "here",
        "hurry": "yes",
    }
    end = soup(client.post("/aid/", told))
    form = end.select_one("form[action='/ask/legal_aid/']")
    assert form is not None
    sent = {box["name"]: box["value"] for box in form.select("input[name]")}
    page = soup(client.post(APPLY, {**sent, "start": "1"}))
    for name, value in (("matter", "wage"), ("belonging", "migrant"), ("hurry", "other")):
        chosen = page.select_one(f"select[name={name}] option[selected]")
        assert chosen is not None and chosen["value"] == value


def test_belonging_is_shown_by_its_paper_and_nonsense_groups_are_left_out(client: Client):
    case = apply(client, belonging="migrant", belonging_photos=[photo("工牌.png")])
    own = Application.objects.get(case=case)
    assert (own.claim, own.shown) == ("belonging", "paper")
    case = apply(client, belonging="migrant", matter="traffic", key="b" * 32, phone="13900000000")
    own = Application.objects.get(case=case)
    assert (own.belonging, own.claim, own.shown) == ("", "hardship", "commitment")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"income": "很多"}, "收入请填数字"),
        ({"heads": "一大家子"}, "家里人数"),
        ({"id_number": "123"}, "身份证"),
        ({"matter": "mars"}, "有效"),
        ({"text": ""}, "请写几句"),
        ({"id_number": "210402201501010012"[:17] + "X"}, "身份证"),
    ],
)
def test_nonsense_is_named_and_the_rest_stays(client: Client, more: dict, said: str):
    response = client.post(APPLY, values(**more))
    text = soup(response).get_text(" ")
    assert response.status_code != 302 and said in text
    assert not Case.objects.exists()
    if "text" not in more:
        assert "三个月没发工资" in text


def test_a_child_is_asked_for_a_guardian(client: Client):
    from tests.legalaid.test_review import CHILD, _valid

    number = _valid(CHILD)
    response = client.post(APPLY, values(id_number=number))
    assert "监护人" in soup(response).select_one(".c-errors").get_text() and not Case.objects.exists()
    case = apply(client, id_number=number, mandate="guardian", party_name="赵小山")
    assert case.party.id_number == number and Application.objects.get(case=case).mandate == "guardian"


def test_a_false_file_is_named_and_nothing_is_lost(client: Client):
    bad = SimpleUploadedFile("身份证.png", b"#!/bin/sh\necho", "image/png")
    response = client.post(APPLY, values(id_photos=[bad]))
    assert response.status_code == 200 and "三个月没发工资" in response.content.decode()
    assert not Case.objects.exists()


def test_the_same_form_sent_twice_is_one_application(client: Client):
    first = apply(client)
    assert apply(client) == first and Application.objects.count() == 1


# ── following ──


def followed(client: Client, case: Case) -> str:
    response = client.post("/follow/", {"number": case.number, "secret": "5678"}, follow=True)
    return soup(response).get_text(" ", strip=True)


def test_every_decision_reads_well(client: Client, city: City):
    case = make_aid()
    assert "七日内决定" in followed(client, case)
    case = actions.grant(case=case, by=made.reviewer(city))
    text = followed(client, case)
    assert "已决定给您法律援助" in text and "不收您的钱" in text
    assert "撤回" not in [a.get_text() for a in soup(client.get(f"/follow/{case.number}/")).select("a.btn")]


def test_a_proposal_among_colleagues_is_not_shown(client: Client, city: City):
    case = made.refusal_proposed(city)
    text = followed(client, case)
    assert "正在审查" in text and not re.search("不予|复核", text) and made.REASON not in text


def test_a_refusal_is_objected_to_on_line(client: Client, city: City):
    case = made.refused(city)
    assert "司法局提出异议" in followed(client, case)
    page = f"/follow/{case.number}/objection/"
    assert "请写几句" in client.post(page, {"text": " "}).content.decode()
    assert client.post(page, {"text": "我家没有这么多收入。"}).status_code == 302
    assert Objection.objects.get().text == "我家没有这么多收入。" and fresh(case).stage == "objected"
    assert "五日内" in followed(client, case)
    assert client.get(page).status_code == 302  # nothing more to object to


def test_nobody_objects_with_a_foreign_number(client: Client, city: City):
    case = made.refused(city)
    assert client.post(f"/follow/{case.number}/objection/", {"text": "x"}).status_code in (200, 302)
    assert not Objection.objects.exists()


def test_what_lapsed_is_not_called_withdrawn(client: Client, city: City):
    text = followed(client, made.lapsed(city))
    assert "材料齐了可以再申请" in text and "您已经撤回" not in text


def test_a_withdrawn_application_is(client: Client, city: City):
    case = work.withdraw(case=make_aid(), by=SYSTEM, reason="x")
    assert "您已经撤回" in followed(client, case)
