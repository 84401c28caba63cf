"""The demo's net: the fake platform drives the account over the whole wire."""

import random

import pytest

from mingbai.cases.models import Case
from mingbai.integrations.models import Follower, Order, WeChatMessage
from mingbai.web.demo import net
from tests.cases.factories import make_city
from tests.web.desk.pages import signed_in, words

pytestmark = pytest.mark.django_db


def test_letters_become_matters_orders_wait_and_the_urgent_one_is_seen():
    city = make_city()
    net.live(random.Random(7))
    assert Case.objects.filter(channel="wechat", wechat_messages__isnull=False).count() == net.LETTERS
    assert Order.objects.filter(direction="in", state="offered").count() == net.ORDERS
    assert Follower.objects.exclude(phone_hash=None).count() == 1
    waiting = WeChatMessage.objects.filter(case=None, is_settled=False)
    assert waiting.count() == 3 and waiting.exclude(risks="").count() == 1
    page = words(signed_in(city.users["system_admin"]).get("/manage/exchange/"))
    assert "GD-" in page
