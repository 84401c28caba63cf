"""The line for real: a SIP caller, Asterisk, the hotline process, and the seat in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions.recordings import play_recording
from mingbai.hotline.enums import CallEnd, Recording
from mingbai.hotline.models import Call
from mingbai.hotline.queries.live import phone_hash
from mingbai.integrations.asterisk.process import Hotline
from mingbai.people import actions as people
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City, make_case
from tests.e2e.conftest import Opened
from tests.e2e.test_desk import enter
from tests.hotline.factories import make_call
from tests.integrations.asterisk.conftest import asterisk, exchange, line_at_work, sipp
from tests.process import wait_until
from tests.sipp import Sipp, pbx
from tests.tones import tones

__all__ = ["asterisk", "exchange", "sipp"]
PHONE = "13812345678"
STATS = """async () => {
  const stats = [...(await window.seatConnection.getStats()).values()];
  const of = (type) => stats.find((one) => one.type === type) || {};
  return [of("inbound-rtp").packetsReceived || 0, of("outbound-rtp").packetsSent || 0];
}"""
WATCHED = (
    "const made = window.RTCPeerConnection; window.RTCPeerConnection = function (...all) {"
    " window.seatConnection = new made(...all); return window.seatConnection; };"
)


@pytest.fixture
def line(exchange: pbx.Pbx, settings: Any, city: City) -> Iterator[Hotline]:
    """The hotline process in a thread of this one, on the exchange."""
    settings.PBX_URL, settings.PBX_PASSWORD = exchange.url, exchange.password
    settings.PBX_WS_URL, settings.PBX_SEATS = exchange.environment["PBX_WS_URL"], 2
    with line_at_work(exchange) as found:
        yield found


def sign_in(page: Page) -> None:
    page.goto("/seat/")
    expect(page.get_by_role("heading", name="交接班")).to_be_visible()
    page.select_option("[name=name]", "seat-1")
    page.click("text=看过交接班，签入")
    expect(page.locator("#softphone[data-registered]")).to_be_attached()
    page.keyboard.press("F10")
    expect(page.locator(".s-strip__state b")).to_have_text("就绪")


def test_a_call_is_answered_in_the_browser_and_its_matter_is_complete(
    city: City, opened: Opened, line: Hotline, sipp: Sipp
) -> None:
    before = make_case()  # the same telephone came with this matter before
    people.grant(
        by=SYSTEM, user=city.alice, role=RoleCode.HOTLINE_AGENT, station=city.stations[CITY]
    )  # who sits on the line works at the centre
    page = enter(opened(1440, permissions=["microphone"]), city.alice)
    page.add_init_script(WATCHED)
    sign_in(page)
    caller = sipp.call(PHONE)
    expect(page.locator("[data-do=answer]")).to_be_visible()
    expect(page.locator(".s-call")).to_contain_text(before.summary[:8])
    page.keyboard.press("F2")
    expect(page.locator(".s-strip__state b")).to_have_text("通话中")
    page.wait_for_function(f"async () => {{ const [a, b] = await ({STATS})(); return a > 100 && b > 100; }}")
    page.fill(".s-call [name=text]", "老板三个月没发工资，问能不能申请法律援助。")
    page.fill(".s-call [name=answer]", "可以先到劳动监察投诉，也可以申请法律援助。")
    page.check(".s-call [name=aid_told]")
    page.keyboard.press("F9")
    caller.wait(10)
    expect(page.locator(".s-strip__state b")).to_have_text("话后整理")
    page.keyboard.press("F8")
    expect(page.locator(".s-given")).to_contain_text("把编号念给他听")
    expect(page.locator(".s-strip__state b")).to_have_text("就绪")
    expect(page.locator("#softphone[data-registered]")).to_be_attached()
    wait_until(lambda: Call.objects.get().recording == Recording.KEPT, seconds=45)
    call, case = Call.objects.get(), Case.objects.exclude(pk=before.pk).get()
    assert (call.case_id, call.worker_id, call.ended_by) == (case.pk, city.owner.pk, CallEnd.AGENT)
    assert call.aid_told_at and call.wrapped_at and (case.channel, case.state) == ("hotline", "closed")
    steps = [event.kind for event in call.events.all()]
    assert steps == ["offered", "queued", "ringing", "answered", "ended"]
    caller_said, agent_said = tones(play_recording(by=city.alice.actor, call=call))
    assert caller_said[600] == 1 and max(caller_said[1234], caller_said[2345]) < 0.05
    assert agent_said[600] < 0.05
    connection.close()


def test_passed_on_by_keyboard_alone_and_a_promise_called_back(
    city: City, opened: Opened, line: Hotline, sipp: Sipp
) -> None:
    people.grant(by=SYSTEM, user=city.alice, role=RoleCode.HOTLINE_AGENT, station=city.stations[CITY])
    promised = make_call("queued", "promised", "ended", why="line", number="13700002222")
    page = enter(opened(1440, permissions=["microphone"]), city.alice)
    page.add_init_script(WATCHED)
    sign_in(page)
    # A call comes in, is answered, asked about first, then left to the third: no mouse.
    sipp.carrier(talk_ms=8_000)
    caller = sipp.call(PHONE)
    expect(page.locator("[data-do=answer]")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.locator(".s-strip__state b")).to_have_text("通话中")
    expect(page.locator("#steer-to")).to_be_visible()
    page.wait_for_function(f"async () => {{ const [a, b] = await ({STATS})(); return a > 50 && b > 50; }}")
    page.keyboard.press("F3")
    expect(page.locator("#steer-to")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("13700002222")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="先问再转")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".s-steer__says")).to_contain_text("已接通")
    page.get_by_role("button", name="转给对方，我退出").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".s-strip__state b")).to_have_text("话后整理")
    call = Call.objects.filter(phone_hash=phone_hash(PHONE)).latest("pk")
    wait_until(lambda: Call.objects.get(pk=call.pk).transferred_at)
    caller.wait(15)
    wait_until(lambda: Call.objects.get(pk=call.pk).ended_by == CallEnd.OTHER)
    # The promise of the night is called back with one key; the browser's telephone takes itself off.
    page.keyboard.press("F10")
    expect(page.locator(".s-strip__state b")).to_have_text("就绪")
    page.locator(f"button[name=call][value='{promised.pk}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".s-strip__state b")).to_have_text("通话中")
    page.keyboard.press("Tab")
    wait_until(lambda: Call.objects.filter(is_out=True, ended_at__isnull=False).exists(), seconds=20)
    back = Call.objects.get(is_out=True)
    assert back.answered_at and (back.case_id, back.ended_by) == (promised.case_id, CallEnd.CALLER)
    connection.close()


def test_the_agent_s_browser_closes_while_talking(
    city: City, opened: Opened, line: Hotline, sipp: Sipp
) -> None:
    people.grant(by=SYSTEM, user=city.alice, role=RoleCode.HOTLINE_AGENT, station=city.stations[CITY])
    page = enter(opened(1440, permissions=["microphone"]), city.alice)
    page.add_init_script(WATCHED)
    sign_in(page)
    caller = sipp.call(PHONE)
    expect(page.locator("[data-do=answer]")).to_be_visible()
    page.keyboard.press("F2")
    wait_until(lambda: Call.objects.filter(answered_at__isnull=False).exists())
    page.context.close()
    # Nothing more is heard of it: the exchange says so, and the caller is first in the queue.
    call = Call.objects.filter(answered_at__isnull=False).latest("pk")
    wait_until(lambda: call.events.filter(kind="requeued").exists(), seconds=50)
    assert caller.poll() is None and line.line.callers[call.channel].is_first
    connection.close()
