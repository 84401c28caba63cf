"""What a key may do, and how often: scopes and rates."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions as people
from mingbai.people.actions.partners import count_call
from mingbai.people.enums import KeyScope
from mingbai.people.models import ApiKey
from tests.cases.factories import City, make_city
from tests.web.api.calls import body, problem
from tests.web.desk.pages import signed_in, words


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def client(city: City, *scopes: str, a_minute: int = 0) -> Client:
    key = people.issue_key(by=SYSTEM, partner=city.partner, scopes=scopes, a_minute=a_minute)
    return Client(headers={"Authorization": f"Bearer {key}"})


def post(api: Client, path: str, **sent):
    return api.post(f"/api/v1/{path}", json.dumps(sent), content_type="application/json")


@pytest.mark.parametrize(
    ("scope", "sends", "reads", "orders"),
    [
        (KeyScope.CASES_SEND, 201, 403, 403),
        (KeyScope.CASES_READ, 403, 404, 403),
        (KeyScope.ORDERS, 403, 403, 200),
        ("", 201, 404, 200),
    ],
)
def test_a_key_does_what_its_scopes_say(city: City, scope: str, sends: int, reads: int, orders: int):
    api = client(city, *([scope] if scope else []))
    assert post(api, "cases", **body()).status_code == sends
    assert api.get("/api/v1/cases/2611000000000").status_code == reads
    assert api.get("/api/v1/orders").status_code == orders
    if sends == 403:
        problem(post(api, "cases", **body()), 403, "scope")


def test_a_key_over_its_rate_waits_for_the_next_minute(city: City, monkeypatch: pytest.MonkeyPatch):
    api, now = client(city, a_minute=3), timezone.now()
    monkeypatch.setattr("mingbai.web.api.auth.timezone.now", lambda: now)
    assert [api.get("/api/v1/orders").status_code for _time in range(4)] == [200, 200, 200, 429]
    answer = api.get("/api/v1/orders")
    problem(answer, 429, "too_many")
    assert answer.headers["Retry-After"] == "60"
    now += timedelta(minutes=1)
    assert api.get("/api/v1/orders").status_code == 200


def test_another_key_of_the_same_partner_has_its_own_minute(city: City):
    client(city, a_minute=1)
    client(city, a_minute=1)
    one, other = ApiKey.objects.all()
    now = timezone.now()
    assert count_call(by=SYSTEM, key=one, now=now) and count_call(by=SYSTEM, key=other, now=now)
    assert not count_call(by=SYSTEM, key=one, now=now)


@pytest.mark.django_db(transaction=True)
def test_several_servers_count_one_minute_together():
    city = make_city()
    client(city, a_minute=10)
    key, now = ApiKey.objects.get(), timezone.now()

    def ask(_number: int) -> bool:
        try:
            return count_call(by=SYSTEM, key=key, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(40))) == 10


@pytest.mark.parametrize("wrong", [{"scopes": ["everything"]}, {"a_minute": -1}, {"a_minute": 10**9}])
def test_a_key_that_makes_no_sense_is_not_issued(city: City, wrong: dict):
    with pytest.raises(Refused):
        people.issue_key(by=SYSTEM, partner=city.partner, **wrong)
    assert not ApiKey.objects.exists()


def test_scopes_and_rate_are_chosen_on_the_page(city: City):
    admin = signed_in(city.users["system_admin"])
    page = f"/manage/partners/{city.partner.code}/"
    admin.post(f"{page}keys/new/", {"scopes": ["orders"], "a_minute": "60"})
    key = ApiKey.objects.get()
    assert (key.scopes, key.a_minute) == (["orders"], 60)
    assert "往来工单" in words(admin.get(page)) and "60" in words(admin.get(page))
    admin.post(f"{page}keys/new/", {"scopes": [], "a_minute": "60"})
    admin.post(f"{page}keys/new/", {"scopes": ["all"], "a_minute": "x"})
    assert ApiKey.objects.count() == 1
