"""Which message a link means, by what a message is known again, and what nobody has dealt with."""

from collections.abc import Mapping
from datetime import timedelta

from django.core import signing
from django.db.models import QuerySet

from mingbai.core.crypto import keyed_hash
from mingbai.integrations.models import WeChatMessage

SALT = "wechat.ask"
LINK_DAYS = timedelta(days=7)


def came_as(fields: Mapping[str, str]) -> str:
    """The platform's number of a message; events have none and are known by sender, time and event."""
    if number := fields.get("MsgId", "").strip():
        return f"msg:{number[:56]}"
    parts = (fields.get(name, "") for name in ("FromUserName", "CreateTime", "Event", "EventKey"))
    return f"event:{keyed_hash('|'.join(parts), what='wechat.event')}"


def message_of(token: str) -> WeChatMessage | None:
    """The message of a link; None for a forged or an old one."""
    try:
        number = signing.loads(token, salt=SALT, max_age=LINK_DAYS)
    except signing.BadSignature:
        return None
    return WeChatMessage.objects.select_related("follower", "case").filter(pk=number).first()


def waiting() -> QuerySet[WeChatMessage]:
    """What came and became nothing yet, the newest first."""
    return WeChatMessage.objects.filter(is_settled=False, case=None).order_by("-at", "-id")
