"""Endpoints, keys, names of states, what waits on whom, and a station's poster, through their pages."""

from typing import Any

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.integrations.models import Endpoint, StateName
from mingbai.integrations.partners.actions import queue
from mingbai.integrations.partners.enums import DeliveryState
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, SOUTH, City
from tests.people.factories import make_user
from tests.web.api.calls import body
from tests.web.desk.pages import errors, signed_in, words
from tests.web.manage.pages import post, verbs

pytestmark = pytest.mark.django_db
TERMS = {"name": "市平台", "code": "city", "url": "https://city.invalid/hook", "events": ["case.created"]}


@pytest.fixture
def admin(city: City) -> User:
    return make_user(RoleCode.SYSTEM_ADMIN, region=city.regions[CITY], username="admin")


def make(user: User, **changes: Any) -> Any:
    return signed_in(user).post("/manage/exchange/endpoints/new/", TERMS | changes, follow=True)


def test_an_endpoint_from_making_to_the_end(city: City, admin: User) -> None:
    assert "https" in errors(make(admin, url="http://x"))
    assert "事件" in errors(make(admin, events=[]))
    assert "市平台" in words(make(admin))
    assert "重复" in errors(make(admin))
    found = Endpoint.objects.get()
    secret = post(admin, "exchange/endpoints/city/keys/new/").content.decode()
    assert "whsec_" in secret
    assert "whsec_" not in signed_in(admin).get("/manage/exchange/endpoints/city/").content.decode()
    queue(by=SYSTEM, endpoint=found, source="x", event="case.created", about="case:1", body={})
    found.deliveries.update(state=DeliveryState.FAILED, error="HTTP 422")
    assert "HTTP 422" in words(signed_in(admin).get("/manage/exchange/endpoints/city/"))
    post(admin, "exchange/endpoints/city/resend/")
    assert found.deliveries.get().state == DeliveryState.QUEUED
    post(admin, f"exchange/endpoints/city/keys/{found.keys.get().pk}/")
    post(admin, "exchange/endpoints/city/end/")
    assert verbs("endpoint:city") == [
        "endpoint.made",
        "endpoint.key_made",
        "endpoint.resent",
        "endpoint.key_retired",
        "endpoint.ended",
    ]


def test_the_states_of_a_partner_are_a_table(city: City, admin: User) -> None:
    url = f"partners/{city.partner.code}/states/"
    assert "05" in words(post(admin, url, state="answered", code="05", name="已反馈"))
    post(admin, url, state="answered", code="06", name="反馈")
    assert StateName.objects.get().code == "06"
    post(admin, url, state="answered", code="")
    assert not StateName.objects.exists()
    assert errors(post(admin, url, state="exploded", code="1"))


def test_what_waits_on_whom_names_nobody(city: City, admin: User, django_assert_max_num_queries) -> None:
    from mingbai.integrations.partners.actions import take_in
    from mingbai.web.api.cases import intake_of
    from mingbai.web.api.orders import OrderIn

    for at in range(12):
        sent = OrderIn(**body(partner_number=f"A-{at}", text=f"第{at}件"))
        take_in(by=SYSTEM, partner=city.partner, intake=intake_of(city.partner, sent, None))
    client = signed_in(admin)
    with django_assert_max_num_queries(20):
        page = client.get("/manage/exchange/")
    assert "A-3" in words(page) and "等我们 12 件" in words(page)
    assert "赵福山" not in page.content.decode()
    assert "A-3" not in words(client.get("/manage/exchange/?waits_on=them"))


def test_a_poster_opens_the_ask_page_with_its_place(city: City, keeper: User) -> None:
    page = signed_in(keeper).get(f"/manage/stations/{city.stations[SOUTH].code}/poster/")
    assert f"?place={SOUTH}" in page.content.decode() and "c-qr" in page.content.decode()
    ask = signed_in(keeper).get(f"/ask/?place={SOUTH}").content.decode()
    assert f'value="{SOUTH}" selected' in ask
    assert signed_in(keeper).get("/ask/?place=nonsense<script>").status_code == 200
