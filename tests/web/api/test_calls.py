"""A call that another hotline announces a moment before it puts it through."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import arrivals
from mingbai.hotline.models import ExpectedCall
from tests.hotline.factories import make_call
from tests.web.api.calls import PHONE, post, problem

URL = "/api/v1/calls/expected"
ORDER = "12345-20261130-000187"


def test_the_next_call_of_this_caller_is_about_this_order_once(partner: Client):
    answer = post(partner, URL, phone="138 1234 5678", order=ORDER)
    assert answer.status_code == 200 and answer.json()["order"] == ORDER
    first, second = make_call(number=PHONE, at=timezone.now()), make_call(number=PHONE, at=timezone.now())
    assert arrivals.bring_order(by=SYSTEM, key=first.channel, order="") is not None
    assert arrivals.bring_order(by=SYSTEM, key=second.channel, order="") is None
    first.refresh_from_db()
    assert first.order_number == ORDER and ExpectedCall.objects.get().call_id == first.pk


def test_said_again_it_is_renewed_and_old_it_is_forgotten(partner: Client):
    for _n in range(2):
        post(partner, URL, phone=PHONE, order=ORDER)
    ExpectedCall.objects.update(at=timezone.now() - timedelta(minutes=11))
    call = make_call(number=PHONE, at=timezone.now())
    assert arrivals.bring_order(by=SYSTEM, key=call.channel, order="") is None
    assert (
        post(partner, URL, phone=PHONE, order=ORDER).status_code == 200 and ExpectedCall.objects.count() == 1
    )
    assert arrivals.bring_order(by=SYSTEM, key=call.channel, order="") is not None


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"phone": PHONE}, {"order": ORDER}, {"phone": PHONE, "order": ""},
        {"phone": PHONE, "order": "x" * 65}, {"phone": PHONE, "order": "a\r\nX-Evil: 1"},
        {"phone": PHONE, "order": "工单"}, {"phone": [], "order": ORDER}, {"phone": "1" * 41, "order": ORDER},
    ],
)  # fmt: skip
def test_what_is_no_announcement_is_refused(partner: Client, sent: dict[str, str]):
    problem(post(partner, URL, **sent), 422, "invalid")
    assert not ExpectedCall.objects.exists()


def test_a_caller_without_a_possible_number_and_a_stranger_are_refused(partner: Client, client: Client):
    assert post(partner, URL, phone="abc", order=ORDER).json()["code"] == "bad_phone"
    assert post(client, URL, phone=PHONE, order=ORDER).status_code == 401
