"""What goes out to the platform: answers to followers, media that they sent, the menu.

Within 48 hours of a follower's last message a text may be sent to them (客服消息); after that only the
template message that the city has registered (模板消息). The access token is the platform's, lives two hours
and is shared by all processes through the cache of each: a new one makes the old end after five minutes.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from mingbai.core.crypto import keyed_hash
from mingbai.integrations.http import Answer, get, post_json
from mingbai.integrations.models import Follower
from mingbai.integrations.sms import client as sms
from mingbai.notices.models import Notice
from mingbai.notices.transports import Later, Undeliverable, Unsure, words_of

WINDOW = timedelta(hours=48)
_TOKEN, _TOKEN_SECONDS = "wechat.token", 3600
_BAD_TOKEN = frozenset({40001, 40014, 42001})
_OVER_RATE = frozenset({45009, 45047})
_OUT_OF_WINDOW = 45015
_BUSY = -1


def send(notice: Notice) -> None:
    """The transport: `address` is the openid."""
    follower = Follower.objects.filter(openid_hash=keyed_hash(notice.address, what="wechat.openid")).first()
    if follower is None or not follower.is_following:
        raise Undeliverable("does not follow the account")
    words = words_of(notice)
    if timezone.now() - follower.wrote_at < WINDOW:
        text = {"touser": notice.address, "msgtype": "text", "text": {"content": words.body}}
        if _call("/cgi-bin/message/custom/send", text) != _OUT_OF_WINDOW:
            return
    _template(notice.address, words.subject, words.body)


def _template(openid: str, subject: str, body: str) -> None:
    if not settings.WECHAT_TEMPLATE_ID:
        raise Undeliverable("more than 48 hours, and no template is registered")
    data = {"thing1": {"value": subject[:20]}, "thing2": {"value": body[:20]}}
    message = {"touser": openid, "template_id": settings.WECHAT_TEMPLATE_ID, "data": data}
    message["url"] = f"{settings.PUBLIC_URL}/follow/"
    if _call("/cgi-bin/message/template/send", message) == _OUT_OF_WINDOW:
        raise Undeliverable("outside of the window")


def resident(notice: Notice) -> None:
    """The transport of residents: WeChat where the phone is bound to a follower, a text message elsewhere."""
    bound = Follower.objects.filter(
        phone_hash=keyed_hash(notice.address, what="wechat.phone"), is_following=True
    ).first()
    if bound is None:
        return sms.send(notice)
    phone = notice.address
    notice.address = bound.openid
    try:
        return send(notice)
    except Undeliverable:
        notice.address = phone
        return sms.send(notice)


def _call(path: str, content: dict[str, Any]) -> int:
    """0, or 45015 (outside of the window). Raises Undeliverable, Later, Unsure, OSError."""
    for is_last in (False, True):
        answer = post_json(f"{settings.WECHAT_API}{path}?access_token={quote(_token())}", content)
        code = _code(answer)
        if code in (0, _OUT_OF_WINDOW):
            return code
        if code in _BAD_TOKEN and not is_last:
            cache.delete(_TOKEN)
            continue
        if code in _OVER_RATE:
            raise Later(60, f"errcode {code}")
        if code == _BUSY:
            raise ConnectionError("the platform is busy")
        raise Undeliverable(f"errcode {code}")
    raise ConnectionError("no token")


def _code(answer: Answer) -> int:
    said = answer.json()
    code = said.get("errcode", 0 if "msgid" in said else None) if isinstance(said, dict) else None
    if answer.status != 200 or not isinstance(code, int):
        raise Unsure(f"the platform answered {answer.status} and nothing we understand")
    return code


def _token() -> str:
    found = cache.get(_TOKEN)
    if found:
        return str(found)
    query = {
        "grant_type": "client_credential",
        "appid": settings.WECHAT_APP_ID,
        "secret": settings.WECHAT_SECRET,
    }
    said = get(f"{settings.WECHAT_API}/cgi-bin/token?{urlencode(query)}").json()
    if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
        raise ConnectionError("the platform gave no token")
    cache.set(_TOKEN, said["access_token"], _TOKEN_SECONDS)
    return str(said["access_token"])


def media(number: str) -> bytes:
    """A photo or voice that a follower sent; the platform keeps it three days. Raises as `_call`."""
    query = urlencode({"access_token": _token(), "media_id": number})
    answer = get(f"{settings.WECHAT_API}/cgi-bin/media/get?{query}")
    if answer.status != 200 or answer.body[:1] == b"{":
        raise ConnectionError(f"no media: {answer.body[:80]!r}")
    return answer.body


def set_menu() -> None:
    """Ask, follow, call: the account's own menu."""
    base = settings.PUBLIC_URL
    buttons = [
        {"type": "view", "name": "我要问", "url": f"{base}/ask/"},
        {"type": "click", "name": "查进度", "key": "follow"},
        {"type": "view", "name": "找站点", "url": f"{base}/stations/"},
    ]
    _call("/cgi-bin/menu/create", json.loads(json.dumps({"button": buttons})))
