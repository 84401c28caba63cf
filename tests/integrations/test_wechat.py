"""The official account as a follower meets it, driven by the fake platform, plain and encrypted."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.crypto import keyed_hash
from mingbai.integrations.models import Follower, WeChatMessage
from mingbai.integrations.partners.news import tell_followers
from mingbai.integrations.wechat.actions import MOST_TRIES, forget_old
from mingbai.integrations.wechat.fake import FakeWeChat
from mingbai.integrations.wechat.media import fetch
from mingbai.integrations.wechat.xml import MOST_BYTES
from mingbai.journal.queries import history
from mingbai.notices import actions as outbox
from mingbai.notices.actions.groups import GroupTerms, make_group
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.notices.rules import Terms
from mingbai.notices.worker import Worker
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, TOWN_SOUTH, City, make_city, make_opened
from tests.notices.test_actions import CONTEXT, queue
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPENID, OTHER = "oFollower1", "oFollower2"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200 + b"\xff\xd9"


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def wechat(request, settings, city) -> Iterator[FakeWeChat]:
    cache.clear()
    for transport in ("wechat", "resident", "sms"):
        outbox.set_way(by=SYSTEM, transport=transport, terms=Terms())
    fake = FakeWeChat(aes_key=request.param)
    settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY = fake.token, fake.aes_key
    settings.WECHAT_APP_ID, settings.WECHAT_SECRET = fake.app_id, "secret"
    settings.WECHAT_TEMPLATE_ID = ""
    with fake.running():
        settings.WECHAT_API = fake.url
        yield fake


@pytest.fixture
def plain(settings, city) -> FakeWeChat:
    fake = FakeWeChat()
    settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY = fake.token, ""
    return fake


def deliver(fake, body, *, at=None, nonce=""):
    query, body = fake.signed(body, at or int(time.time()), nonce)
    return Client().post("/wechat/", body, content_type="text/xml", query_params=query)


def says(fake, text, openid=OPENID, **fields):
    """What a follower reads after they wrote this."""
    answer = deliver(fake, fake.message(openid, int(time.time()), Content=text, **fields))
    assert answer.status_code == 200
    return fake.heard(answer.content)


def link_in(said):
    return "/wechat/" + said.split("/wechat/")[1].strip()


FORM = {
    "county": "unknown", "tell_by": "follow", "agree_handle": "on", "key": "0" * 32, "may_be_told": "speaker",
}  # fmt: skip


def test_the_platform_verifies_our_server(wechat):
    query, _body = wechat.signed(b"", int(time.time()))
    answer = Client().get("/wechat/", query | {"echostr": "5729014"})
    assert answer.content == b"5729014"
    assert Client().get("/wechat/", query | {"signature": "x" * 40}).status_code == 403


def test_without_an_account_the_address_does_not_exist(settings):
    settings.WECHAT_TOKEN = ""
    assert Client().get("/wechat/").status_code == 404


def test_a_plain_message_becomes_a_matter_after_place_and_consent(wechat):
    link = link_in(says(wechat, "老板欠我三个月工资😀"))
    page = Client().get(link)
    assert "老板欠我三个月工资😀" in page.content.decode()
    client = Client()
    assert errors(client.post(link, FORM | {"text": "老板欠我三个月工资", "agree_handle": ""}))
    assert not Case.objects.exists()
    done = client.post(link, FORM | {"text": "老板欠我三个月工资"}, follow=True)
    case = Case.objects.get()
    assert (case.channel, case.text) == (Channel.WECHAT, "老板欠我三个月工资")
    assert case.number[:4] in words(done)
    again = client.post(link, FORM | {"text": "老板欠我三个月工资"})
    assert Case.objects.count() == 1 and "/done/" in again.url
    assert Client().post(link, FORM | {"text": "x"}).url == "/follow/", "the link alone shows no code"
    assert "no-store" in page.headers["Cache-Control"]
    assert link.rpartition("/ask/")[2] not in WeChatMessage.objects.get().reply
    assert WeChatMessage.objects.get().case == case


def test_the_platforms_retries_give_one_message_and_the_same_answer(wechat):
    body = wechat.message(OPENID, int(time.time()), Content="欠薪")
    said = [wechat.heard(deliver(wechat, body).content) for _retry in range(3)]
    heard = {re.sub(r"ask/\S+", "", str(one)) for one in said}
    assert len(heard) == 1 and WeChatMessage.objects.count() == 1


def test_forged_old_and_unsigned_requests_are_refused(wechat):
    body, now = wechat.message(OPENID, int(time.time()), Content="x"), int(time.time())
    for at in (now - 600, now + 600):
        assert deliver(wechat, body, at=at).status_code == 403
    query, sealed = wechat.signed(body, now)
    for wrong in ({"signature": "0" * 40}, {"timestamp": ""}, {"timestamp": "１２３"}, {"nonce": "other"}):
        answer = Client().post("/wechat/", sealed, content_type="text/xml", query_params=query | wrong)
        assert answer.status_code == 403, wrong
    assert Client().post("/wechat/", sealed, content_type="text/xml").status_code == 403
    assert not WeChatMessage.objects.exists()


def test_an_account_with_a_key_takes_nothing_in_the_clear(settings, city):
    fake = FakeWeChat()
    settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY, settings.WECHAT_APP_ID = fake.token, KEY, fake.app_id
    assert deliver(fake, fake.message(OPENID, 1, Content="x")).status_code == 403
    forged = FakeWeChat(aes_key="B" * 43)
    assert deliver(forged, forged.message(OPENID, 1, Content="x")).status_code == 403


def test_too_large_bombs_and_nonsense_leave_no_trace(plain):
    assert deliver(plain, b"<xml>" + b"x" * 10_000_000 + b"</xml>").status_code == 413
    assert deliver(plain, b"<xml>" + b"x" * (MOST_BYTES - 11) + b"</xml>").status_code == 400
    for body in (
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
        b"{}",
        b"<xml/>",
    ):
        assert deliver(plain, body).status_code == 400, body
    assert not WeChatMessage.objects.exists() and not Follower.objects.exists()


@pytest.mark.parametrize("kind", ["image", "voice", "sticker_from_2030", "link", "", "我" * 300])
def test_every_sort_of_message_is_kept_and_answered(plain, kind):
    assert deliver(plain, plain.message(OPENID, 1, MsgType=kind, MediaId="m1")).status_code == 200
    assert WeChatMessage.objects.count() == 1


def test_an_emoji_alone_and_a_very_long_text_are_kept(plain):
    assert "收到了" in says(plain, "👵🏻")
    says(plain, "字" * 9000)
    assert sorted(len(one.text) for one in WeChatMessage.objects.all()) == [2, 5000]


def test_urgent_words_alert_the_duty_station_at_once(plain, city):
    make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="duty", email="duty@example.com")
    group = make_group(by=SYSTEM, terms=GroupTerms("市管理群", "management", CITY))
    said = says(plain, "我不想活了，准备喝农药")
    assert "110" in said
    notice = Notice.objects.get(template="wechat_urgent", to__startswith="user:")
    assert "农药" not in notice.context and "农药" not in group.posts.get().text
    duty = User.objects.get(username="duty")
    page = signed_in(duty)
    assert "农药" in words(page.get("/desk/wechat/"))
    [looked] = [one for one in history("wechat") if one.verb == "wechat.looked"]
    assert looked.actor == duty.actor.code and str(WeChatMessage.objects.get().pk) in looked.data
    for role in (RoleCode.LEADER, RoleCode.QUALITY):
        other = make_user(role, region=city.regions[CITY], username=role.value)
        for path in (
            "",
            f"{WeChatMessage.objects.get().pk}/take/",
            f"{WeChatMessage.objects.get().pk}/settle/",
        ):
            assert signed_in(other).get(f"/desk/wechat/{path}").status_code == 403


# ── where a matter stands ──


def opened(**more):
    return make_opened(text="拖欠工资", region=TOWN_SOUTH, phone="13812345678", **more).case


def test_a_number_and_four_digits_answer_the_state(plain):
    case = opened()
    assert "待受理" in says(plain, f"查询 {case.number} 5678")
    assert "不对" in says(plain, f"查询 {case.number} 0000")
    assert "手机后四位" in says(plain, f"查询 {case.number}")
    assert "请点这里" in says(plain, "查询我的工资有没有人管")


def test_wrong_tries_lock_the_number_here_as_everywhere(plain):
    case = opened()
    for _wrong in range(5):
        says(plain, f"查询 {case.number} 0000")
    assert "分钟后再试" in says(plain, f"查询 {case.number} 5678")


# ── binding ──


def bind(fake, phone="13812345678", openid=OPENID):
    says(fake, f"绑定 {phone}", openid)
    code = Notice.objects.filter(template="bind_code").latest("id")
    return says(fake, f"验证码 {json.loads(code.context)['code']}", openid)


def test_a_bound_phone_needs_no_digits_any_more(plain):
    case = opened()
    assert "绑定好了" in bind(plain)
    assert "待受理" in says(plain, f"查询 {case.number}")


def test_a_phone_bound_anew_leaves_the_account_before(plain):
    bind(plain)
    bind(plain, openid=OTHER)
    phones = {one.openid: one.phone for one in Follower.objects.all()}
    assert phones == {OPENID: "", OTHER: "13812345678"}


def test_an_account_lets_its_phone_go(plain):
    case = opened()
    assert "没有绑定" in says(plain, "解绑")
    bind(plain)
    assert "解绑好了" in says(plain, "解绑")
    assert "手机后四位" in says(plain, f"查询 {case.number}")
    assert not Follower.objects.exclude(phone_hash=None).exists()
    assert [one.verb for one in history("wechat")][-1] == "wechat.unbound"
    says(plain, "绑定 13812345678")
    says(plain, "解除绑定")
    code = json.loads(Notice.objects.filter(template="bind_code").latest("id").context)["code"]
    assert "过期" in says(plain, f"验证码 {code}"), "a code from before binds nothing"
    assert "请点这里" in says(plain, "解绑合同怎么写，老板欠我工资"), "a sentence is a question, not an order"


def test_codes_are_few_and_tries_are_counted(plain):
    says(plain, "绑定 13812345678")
    for _wrong in range(MOST_TRIES):
        assert "不对" in says(plain, "验证码 000000x")
    assert "过期" in says(plain, "验证码 000000")
    for _again in range(3):
        last = says(plain, "绑定 13812345678")
    assert "频繁" in last
    assert "频繁" in says(plain, "绑定 13812345678", OTHER)
    assert says(plain, "绑定 不是号码", "oThird") and "过期" in says(plain, "验证码 1", "oThird")


# ── answers back ──


def settle():
    for _round in range(5):
        Notice.objects.update(due_at=timezone.now())
        Worker().send()
    return Notice.objects.latest("id")


def tell(**more):
    return queue(event="case:9:answered", transport="resident", template="case_answered", **more)


def test_an_answer_goes_to_wechat_where_the_phone_is_bound_and_is_a_text_message_elsewhere(wechat, settings):
    bind(wechat)
    tell(address="13812345678")
    assert settle().state == NoticeState.SENT
    [message] = wechat.told
    assert message["touser"] == OPENID and CONTEXT["number"] in message["text"]["content"]
    settings.SMS_URL = ""
    tell(address="13900000000", to="resident:2")
    assert "SMS_URL" in settle().error


def test_after_48_hours_only_the_registered_template(wechat, settings):
    says(wechat, "你好")
    Follower.objects.update(wrote_at=timezone.now() - timedelta(hours=49))
    queue(transport="wechat", address=OPENID)
    assert "no template" in settle().error
    settings.WECHAT_TEMPLATE_ID = "tpl"
    queue(event="e:2", transport="wechat", address=OPENID)
    assert settle().state == NoticeState.SENT
    assert wechat.told[-1]["template_id"] == "tpl"


@pytest.mark.parametrize("fault", [40001, 45009, -1, b"<html>", b"[]"])
def test_a_platform_that_stumbles_is_tried_again(wechat, fault):
    says(wechat, "你好")
    wechat.faults = [fault]
    queue(transport="wechat", address=OPENID)
    assert settle().state == NoticeState.SENT and len(wechat.told) == 1


def test_who_left_the_account_is_not_written_to(wechat):
    says(wechat, "", MsgType="event", Event="subscribe")
    deliver(wechat, wechat.message(OPENID, 5, MsgType="event", Event="unsubscribe"))
    queue(transport="wechat", address=OPENID)
    assert "follow" in settle().error


def test_a_photo_becomes_a_paper_of_the_matter(wechat):
    wechat.media["m1"] = JPEG
    said = deliver(wechat, wechat.message(OPENID, 7, MsgType="image", MediaId="m1"))
    Client().post(link_in(wechat.heard(said.content)), FORM | {"text": "见照片"})
    wechat.faults = [b'{"errcode": -1}']
    assert fetch(timezone.now()) == 0, "the platform is busy: later"
    assert fetch(timezone.now()) == 1
    assert fetch(timezone.now()) == 0
    assert Case.objects.get().attachments.get().content_type == "image/jpeg"


@pytest.mark.parametrize("head", [b"#!AMR\n", b"#!AMR-WB\n"])
def test_a_voice_becomes_a_paper_that_can_be_fetched_again(plain, settings, city, head):
    voice = head + bytes(range(1, 200))
    settings.WECHAT_APP_ID, settings.WECHAT_SECRET = plain.app_id, "secret"
    cache.clear()
    with plain.running():
        settings.WECHAT_API = plain.url
        plain.media["v1"] = voice
        heard = {"Recognition": "老板欠我工资", "Format": "amr"}
        body = plain.message(OPENID, 7, MsgType="voice", MediaId="v1", **heard)
        Client().post(link_in(plain.heard(deliver(plain, body).content)), FORM | {"text": "老板欠我工资"})
        assert fetch(timezone.now()) == 1
    paper = Case.objects.get().attachments.get()
    assert paper.content_type == "audio/amr"
    case = Case.objects.get()
    keeper = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="keeper")
    answer = signed_in(keeper).get(f"/desk/cases/{case.number}/files/{paper.pk}/")
    assert b"".join(answer) == voice
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_what_the_platform_calls_a_voice_and_is_none_is_no_paper(plain, settings):
    settings.WECHAT_APP_ID, settings.WECHAT_SECRET = plain.app_id, "secret"
    cache.clear()
    with plain.running():
        settings.WECHAT_API = plain.url
        plain.media["v1"] = b"MZ" + bytes(200)
        body = plain.message(OPENID, 7, MsgType="voice", MediaId="v1")
        Client().post(link_in(plain.heard(deliver(plain, body).content)), FORM | {"text": "见语音"})
        fetch(timezone.now())
    assert not Case.objects.get().attachments.exists() and WeChatMessage.objects.get().is_fetched


def test_the_menu_is_set_by_a_command(wechat, settings, capsys):
    call_command("wechat_menu")
    assert [one["name"] for one in wechat.menu["button"]] == ["我要问", "查进度", "找站点"]
    wechat.faults = [48001]
    with pytest.raises(CommandError, match="48001"):
        call_command("wechat_menu")


def test_a_writer_without_a_phone_hears_once_that_there_is_an_answer(wechat):
    link = link_in(says(wechat, "老板欠我工资"))
    Client().post(link, FORM | {"text": "老板欠我工资"})
    case = Case.objects.get()
    assert tell_followers() == 0, "nothing was answered yet"
    work.answer(case=case, by=SYSTEM, text="可以申请劳动仲裁。")
    assert (tell_followers(), tell_followers()) == (1, 0)
    settle()
    content = wechat.told[-1]["text"]["content"]
    assert str(case) in content and "仲裁" not in content
    assert "已答复" in says(wechat, f"查询 {case.number} {case.follow_code}")


# ── pages and keeping ──


def test_the_duty_person_takes_a_message_down_or_settles_it(plain, city):
    client = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="duty"))
    says(plain, "邻居占了我家地")
    says(plain, "谢谢")
    first, second = WeChatMessage.objects.order_by("id")
    take = f"/desk/wechat/{first.pk}/take/"
    client.post(take, {"county": "unknown", "text": "邻居占了我家地"})
    assert Case.objects.get().channel == Channel.WECHAT
    assert client.get(take).status_code == 404
    client.post(f"/desk/wechat/{second.pk}/settle/", {"note": "道谢"})
    assert "没有等着" in words(client.get("/desk/wechat/"))
    assert signed_in(city.supervisor).get("/desk/wechat/").status_code == 403


def test_words_are_forgotten_after_a_year_and_never_stand_in_the_clear(plain):
    says(plain, "老板欠我工资")
    row = WeChatMessage.objects.get()
    assert "欠我工资".encode() not in bytes(row.text_sealed)
    assert OPENID not in row.follower.openid_hash and row.follower.pk == keyed_hash(
        OPENID, what="wechat.openid"
    )
    assert forget_old(by=SYSTEM, now=timezone.now() + timedelta(days=366)) == 1
    assert WeChatMessage.objects.get().text == ""


def test_a_forged_link_leads_to_the_ordinary_page(plain):
    assert Client().get("/wechat/ask/" + "x" * 43 + "/").url == "/ask/"


def test_who_leaves_takes_the_phone_along_and_who_is_silent_for_a_year_is_forgotten(plain):
    says(plain, "你好")
    row = Follower.objects.get()
    row.phone, row.phone_hash, row.bound_at = "13812345678", "x" * 32, timezone.now()
    row.save()
    deliver(plain, plain.message(OPENID, 5, MsgType="event", Event="unsubscribe"))
    row.refresh_from_db()
    assert (row.phone, row.phone_hash, row.bound_at, row.is_following) == ("", None, None, False)
    forget_old(by=SYSTEM, now=timezone.now() + timedelta(days=366))
    assert Follower.objects.get().openid == ""
    says(plain, "又来了")
    assert Follower.objects.get().openid == OPENID and Follower.objects.get().is_following


def test_with_a_matter_its_letter_its_calls_and_what_was_told_of_it_go(plain, city):
    from mingbai.cases.actions.residents import erase_matter
    from mingbai.hotline.actions import recordings, switch
    from mingbai.hotline.models import Call
    from mingbai.integrations.models import Delivery, Endpoint
    from mingbai.integrations.partners.actions import queue as send
    from mingbai.integrations.partners.enums import DeliveryState
    from mingbai.notices.actions.groups import ask_group
    from mingbai.notices.models import Question
    from tests.hotline.factories import make_call

    case = make_opened(text="老板欠我工资", region=TOWN_SOUTH).case
    says(plain, "老板欠我工资")
    WeChatMessage.objects.update(case=case)
    call = make_call("answered", "ended")
    switch.expect_recording(by=SYSTEM, key=call.channel)
    recordings.keep_recording(by=SYSTEM, call=Call.objects.get(), content=b"RIFF1234")
    Call.objects.update(case=case)
    endpoint = Endpoint.objects.create(code="x", name="x", url="https://x.invalid/", events=[])
    send(by=SYSTEM, endpoint=endpoint, source="t", event="e", about=case.chain, body={"name": "孙桂芳"})
    Delivery.objects.update(state=DeliveryState.SENT)
    group = make_group(by=SYSTEM, terms=GroupTerms("指导群", "guidance", CITY))
    ask_group(by=SYSTEM, group=group, about=case.chain, text="怎么办")
    erase_matter(case=case, by=SYSTEM, at=timezone.now(), reason="本人要求")
    call.refresh_from_db()
    assert (call.phone, call.phone_hash, call.recording) == ("", "", "deleted")
    assert bytes(call.recording_key) == b"" == bytes(call.key)
    for words_of in (
        WeChatMessage.objects.get().text,
        Delivery.objects.get().body,
        Question.objects.get().text,
    ):
        assert words_of == ""
