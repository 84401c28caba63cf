"""A consent is taken back by the person where they follow the matter, or by a clerk for them."""

import pytest
from django.test import Client

from mingbai.cases.models import Consent
from mingbai.people.roles import RoleCode
from tests.cases.factories import City, make_case, make_city, make_taken
from tests.web.desk.pages import do, errors, words
from tests.web.public.test_follow import opened_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db) -> City:
    return make_city()


def url(case) -> str:
    return f"/follow/{case.number}/consents/"


def standing() -> set[str]:
    return set(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True))


def test_the_person_sees_and_takes_back_what_they_agreed_to(city):
    case = make_case(consents=("handle", "pass_on"))
    client = opened_client(case)
    page = words(client.get(url(case)))
    assert (
        "处理咨询" in page
        and "转交其他单位" in page
        and "我同意过什么" in words(client.get(f"/follow/{case.number}/"))
    )
    assert "已经撤回" in words(client.post(url(case), {"purpose": "pass_on"}, follow=True))
    assert standing() == {"handle"}
    assert "已撤回" in words(client.get(url(case)))
    client.post(url(case), {"purpose": "handle"})
    assert '<form class="c-panel"' not in client.get(url(case)).content.decode()


@pytest.mark.parametrize("sent", [{}, {"purpose": ""}, {"purpose": "all"}, {"purpose": "sensitive"}])
def test_bad_input_takes_nothing_back(city, sent):
    case = make_case(consents=("handle",))
    page = opened_client(case).post(url(case), sent)
    assert page.status_code == 422 and errors(page) and standing() == {"handle"}


def test_nobody_else_reaches_it(city):
    case, mine = make_case(consents=("handle",)), make_case(text="别的事")
    for client in (Client(), opened_client(mine)):
        client.post(url(case), {"purpose": "handle"})
    assert standing() == {"handle"}


def test_a_matter_without_consents_says_why(city):
    case = make_case()
    assert "法律规定的职责" in words(opened_client(case).get(url(case)))


def test_a_clerk_does_it_for_them_and_strangers_do_not(city):
    case = make_taken(city, consents=("handle", "pass_on"))
    assert do(city.users[RoleCode.LEADER], case, "withdraw_consent", purpose="pass_on").status_code in (
        403,
        404,
    )
    assert do(city.charlie, case, "withdraw_consent", purpose="pass_on").status_code == 404
    assert standing() == {"handle", "pass_on"}
    assert "已撤回" in words(do(city.alice, case, "withdraw_consent", purpose="pass_on"))
    assert standing() == {"handle"}
    assert do(city.alice, case, "withdraw_consent", purpose="nothing").status_code in (200, 422)
    assert standing() == {"handle"}
