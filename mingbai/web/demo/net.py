"""One net in the demo: followers write to the official account through the fake platform, 12345 passes orders
on, and managers and advisers have their groups."""

import json
import random
import time
from datetime import datetime, timedelta

from django.utils import timezone

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel, Purpose
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import RESIDENT
from mingbai.integrations.models import WeChatMessage
from mingbai.integrations.partners.actions import EndpointTerms, make_endpoint, take_in
from mingbai.integrations.partners.enums import Way
from mingbai.integrations.wechat.actions import link_case, receive
from mingbai.integrations.wechat.crypto import Envelope
from mingbai.integrations.wechat.fake import FakeWeChat
from mingbai.integrations.wechat.xml import parse
from mingbai.notices.actions.groups import GroupTerms, make_group
from mingbai.notices.models import Notice
from mingbai.people.actions.partners import make_partner
from mingbai.places.queries import register
from mingbai.web.demo.city import CITY, COUNTY, DEMO
from mingbai.web.demo.texts import GIVEN, STORIES, SURNAMES

LETTERS, ORDERS = 9, 6
_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
_WAITING = ("邻居占了我家的地，我该找谁？", "老人赡养费谁来出😔", "我不想活了，欠的钱还不上")
"""Letters that became nothing yet: the duty list shows them, the last one in red."""


def live(rng: random.Random) -> None:
    """Letters of the last days, most of them matters; orders of 12345; two groups."""
    make_group(by=DEMO, terms=GroupTerms("全市管理群", "management", CITY))
    make_group(by=DEMO, terms=GroupTerms("全市法律指导群", "guidance", CITY))
    _letters(rng)
    _orders(rng)


def _letters(rng: random.Random) -> None:
    fake = FakeWeChat(aes_key=_KEY)
    now = timezone.now()
    for number in range(LETTERS):
        at, story = now - timedelta(hours=6 * (LETTERS - number)), rng.choice(STORIES)
        said = _says(fake, f"oDemo{number}", story.text, at)
        if number == 0:
            _bind(fake, f"oDemo{number}", f"1{rng.choice('3578')}{rng.randrange(10**9):09d}", at)
        _become(rng, WeChatMessage.objects.get(pk=said), at)
    for number, text in enumerate(_WAITING):
        _says(fake, f"oDemoWaiting{number}", text, now - timedelta(minutes=40 * (number + 1)))


def _says(fake: FakeWeChat, openid: str, text: str, at: datetime) -> int:
    """Over the whole wire: signed and encrypted as the platform does it, opened as our gate does it."""
    query, sealed = fake.signed(fake.message(openid, int(at.timestamp()), Content=text), int(time.time()))
    envelope = Envelope(fake.token, fake.aes_key, fake.app_id)
    fields = parse(envelope.open(parse(sealed)["Encrypt"]).encode())
    receive(by=RESIDENT, fields=fields, now=at)
    return WeChatMessage.objects.latest("id").pk


def _bind(fake: FakeWeChat, openid: str, phone: str, at: datetime) -> None:
    _says(fake, openid, f"绑定 {phone}", at)
    code = json.loads(Notice.objects.filter(template="bind_code").latest("id").context)["code"]
    _says(fake, openid, f"验证码 {code}", at)


def _become(rng: random.Random, message: WeChatMessage, at: datetime) -> None:
    """The follower has opened the link, said where, and agreed."""
    intake = Intake(
        kind="consultation",
        channel=Channel.WECHAT,
        text=message.text,
        region=rng.choice(sorted(register().subtree(COUNTY))),
        speaker=Person(name=rng.choice(SURNAMES) + rng.choice(GIVEN)),
        consents=(Purpose.HANDLE,),
        source="wechat",
        idempotency_key=f"wechat:{message.pk}",
        opened_at=at,
    )
    link_case(by=RESIDENT, message=message, case=open_case(by=RESIDENT, intake=intake).case)


def _orders(rng: random.Random) -> None:
    partner = make_partner(by=DEMO, code="12345", name="12345 政务服务便民热线")
    net = make_partner(by=DEMO, code="provincial_net", name="省公共法律服务网")
    terms = EndpointTerms("province", "省网成批交换", "", (), net, Way.SETS)
    make_endpoint(by=DEMO, terms=terms)  # by files: nothing of the demo leaves the house
    places = sorted(register().subtree(COUNTY))
    for number in range(ORDERS):
        intake = Intake(
            kind="consultation",
            channel=Channel.PARTNER,
            text=rng.choice(STORIES).text,
            region=rng.choice(places),
            speaker=Person(phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"),
            partner_number=f"GD-{timezone.localdate():%Y%m%d}-{number + 1:04d}",
            opened_at=timezone.now() - timedelta(hours=5 * number + 1),
        )
        take_in(by=partner.actor, partner=partner, intake=intake)
