"""The contract with the text message gateway and the group robot, kept by the fakes and by the clients."""

import io
import socket
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.integrations import http
from mingbai.integrations.http import post
from mingbai.integrations.sms.fake import FakeGateway
from mingbai.integrations.wecom.client import MOST_BYTES, cut
from mingbai.integrations.wecom.fake import FakeRobot
from mingbai.notices import actions
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.notices.rules import Terms
from mingbai.notices.transports import Undeliverable, Unsure
from mingbai.notices.worker import Worker
from tests.notices.test_actions import queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings) -> Iterator[FakeGateway]:
    actions.set_way(by=SYSTEM, transport="sms", terms=Terms())
    with FakeGateway().running() as fake:
        settings.SMS_URL, settings.SMS_KEY, settings.SMS_SIGN = fake.url, fake.key, "抚顺法援"
        yield fake


def settle() -> Notice:
    """Let the worker run until nothing waits, whatever the back-off says."""
    for _round in range(20):
        Notice.objects.update(due_at=timezone.now())
        Worker().send()
        if not Notice.objects.filter(state=NoticeState.QUEUED).exists():
            break
    return Notice.objects.latest("id")


def test_a_message_leaves_with_sign_and_number_and_nothing_else(gateway):
    queue(transport="sms")
    assert settle().state == NoticeState.SENT
    [(phone, text)] = gateway.delivered.values()
    assert phone == "13841300001"
    assert text.startswith("【抚顺法援】") and "2611 2345 6789 4" in text


@pytest.mark.parametrize("fault", [500, 502, 0, b"<html>ok</html>", b"[]", b'{"code": "0"}'])
def test_a_gateway_that_stumbles_sends_once_and_the_second_try_is_marked(gateway, fault):
    gateway.faults = [fault]
    queue(transport="sms")
    notice = settle()
    assert (notice.state, notice.is_maybe_twice, len(gateway.delivered)) == (NoticeState.SENT, True, 1)


def test_too_many_is_patience(gateway):
    gateway.faults = [429, b'{"code": 9}']
    queue(transport="sms")
    notice = settle()
    assert (notice.state, notice.tries, notice.is_maybe_twice) == (NoticeState.SENT, 1, False)


@pytest.mark.parametrize("code", [1, 2, 3])
def test_what_the_gateway_calls_final_is_final(gateway, code):
    gateway.faults = [b'{"code": %d}' % code]
    queue(transport="sms")
    notice = settle()
    assert (notice.state, notice.tries) == (NoticeState.FAILED, 1)


@pytest.mark.parametrize("address", ["024-52345678", "", "1384130000", "a@b.c", "１３８４１３００００１"])
def test_no_mobile_number_gets_no_message(gateway, address):
    queue(transport="sms", address=address)
    assert settle().state == NoticeState.FAILED
    assert gateway.delivered == {}


def test_without_a_gateway_nothing_pretends_to_be_sent(settings):
    actions.set_way(by=SYSTEM, transport="sms", terms=Terms())
    settings.SMS_URL = ""
    queue(transport="sms")
    assert "SMS_URL" in settle().error


# ── robots ──


@pytest.fixture
def robot() -> Iterator[FakeRobot]:
    actions.set_way(by=SYSTEM, transport="wecom", terms=Terms())
    with FakeRobot().running() as fake:
        yield fake


def test_a_robot_says_it_in_its_group(robot):
    queue(transport="wecom", address=robot.url)
    assert settle().state == NoticeState.SENT
    assert robot.said[0].startswith("已收到您的事项\n")


def test_a_robot_over_its_rate_waits_and_loses_nothing(robot):
    robot.per_minute = 3
    for at in range(5):
        queue(event=f"e:{at}", transport="wecom", address=robot.url)
    Worker().send()
    assert len(robot.said) == 3
    waiting = Notice.objects.filter(state=NoticeState.QUEUED)
    assert [notice.tries for notice in waiting] == [0, 0]
    robot.per_minute = 20
    settle()
    assert len(robot.said) == 5


@pytest.mark.parametrize(
    "address",
    ["https://example.com/cgi-bin/webhook", "https://qyapi.weixin.qq.com:8443/x", "http://10.0.0.5/x", "x"],
)
def test_a_robot_stored_earlier_at_another_host_is_not_called(robot, monkeypatch, address):
    called = []
    monkeypatch.setattr("mingbai.integrations.wecom.client.post_json", lambda *words: called.append(words))
    queue(transport="wecom", address=address)
    notice = settle()
    assert notice.state == NoticeState.FAILED and not called


def test_a_robot_that_is_gone_is_a_dead_letter(robot):
    queue(transport="wecom", address=robot.url.replace("good", "gone"))
    assert "93000" in settle().error


@pytest.mark.parametrize("fault", [b"ok", b'{"errcode": -1}', 500, 0])
def test_a_robot_of_nonsense_is_tried_again(robot, fault):
    robot.faults = [fault]
    queue(transport="wecom", address=robot.url)
    assert settle().state == NoticeState.SENT and len(robot.said) == 1


def test_a_long_text_is_cut_between_characters_and_keeps_its_link():
    text = "法" * 1500 + "查看：https://example.gov.cn/a"
    assert len(cut(text).encode()) <= MOST_BYTES
    assert cut(text).endswith("https://example.gov.cn/a") and "\ufffd" not in cut(text)
    assert cut("短") == "短"


# ── the line itself ──


def test_only_https_leaves_the_house():
    for url in ("http://example.com/", "ftp://x/", "file:///etc/passwd", "javascript:1", "", "https://"):
        with pytest.raises(Undeliverable):
            post(url, b"")


@pytest.mark.parametrize(
    "url", ["https://host:99999/", "https://a..b/", "https://[::1/", "https://127.0.0.1/"]
)
def test_an_address_that_is_none_is_undeliverable(url):
    with pytest.raises(Undeliverable):
        post(url, b"")


def test_this_machine_is_no_place_to_send_to_unless_fakes_are_wanted(settings):
    settings.EDGES_ON_LOOPBACK = False
    with pytest.raises(Undeliverable):
        post("http://127.0.0.1:1/", b"")
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as reached, pytest.raises(Undeliverable):
            http._check_peer(reached)


def test_an_answer_that_never_ends_is_broken_off():
    class Slow:
        def read1(self, most):
            return b"x"

    with pytest.raises(Unsure):
        http._body(Slow(), time.monotonic() - 1)
    whole = io.BytesIO(b"x" * (http.MOST_BYTES + 5))
    assert len(http._body(whole, time.monotonic() + 60)) == http.MOST_BYTES


def test_what_never_left_is_no_second_sending():
    with pytest.raises(OSError) as caught:
        post("http://127.0.0.1:1/", b"")
    assert not isinstance(caught.value, Unsure)
