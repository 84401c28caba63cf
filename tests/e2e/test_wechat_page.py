"""The ask page as WeChat opens it: its browser, its widths, from a message to the number."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT
from mingbai.integrations.models import WeChatMessage
from mingbai.integrations.wechat.actions import receive, token_for
from mingbai.integrations.wechat.fake import FakeWeChat
from mingbai.integrations.wechat.xml import parse
from tests.cases.factories import NORTH, TOWN, City
from tests.e2e.conftest import Opened
from tests.e2e.test_public import TOO_SMALL, violations

AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.50(0x18003231) NetType/4G Language/zh_CN"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(400) + b"\xff\xd9"


@pytest.mark.parametrize("width", [320, 375, 430])
def test_a_message_becomes_a_matter_at_the_widths_of_wechat(city: City, opened: Opened, width: int) -> None:
    fake, said = FakeWeChat(), "老板欠我三个月工资😀"
    receive(by=RESIDENT, fields=parse(fake.message("oFollower1", int(time.time()), Content=said)))
    token = token_for(by=RESIDENT, message=WeChatMessage.objects.get())
    page = opened(width, user_agent=AGENT, is_mobile=True, has_touch=True).new_page()
    page.goto(f"/wechat/ask/{token}/")
    expect(page.locator("[name=text]")).to_have_value(said)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == [] and page.evaluate(TOO_SMALL, 44) == []
    page.select_option("[name=county]", NORTH)
    page.wait_for_selector(f"[name=town] option[value='{TOWN}']", state="attached")
    photo: Any = {"name": "合同.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
    page.locator("input[type=file]").first.set_input_files(photo)
    page.fill("[name=phone]", "13812345678")
    page.check("[name=agree_handle]")
    page.click("main form button.btn-primary")
    expect(page.locator(".c-plate__number").first).to_be_visible()
    case = Case.objects.get()
    assert (case.channel, case.text) == ("wechat", said) and case.attachments.count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
