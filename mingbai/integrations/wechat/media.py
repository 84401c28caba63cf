"""Photos and voices of messages that became matters are fetched as papers, while the platform keeps them."""

import io
from datetime import datetime, timedelta

import structlog

from mingbai.cases.actions.files import attach
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.integrations.models import WeChatMessage
from mingbai.integrations.wechat.client import media
from mingbai.notices.transports import Unsure

log = structlog.get_logger(__name__)
KEPT_THERE = timedelta(days=3)
_NAMES = {"image": "微信照片.jpg", "voice": "微信语音.amr", "video": "微信视频.mp4"}


def fetch(now: datetime) -> int:
    """Return how many were fetched. One that fails is tried at the next round, as long as it is there."""
    wanted = WeChatMessage.objects.filter(is_fetched=False, case__isnull=False, at__gt=now - KEPT_THERE)
    rows = wanted.exclude(media="").select_related("case").order_by("at", "id")[:20]
    return sum(_one(row) for row in rows)


def _one(row: WeChatMessage) -> bool:
    try:
        content = media(row.media)
    except (OSError, Unsure) as error:
        log.warning("wechat.media", message=row.pk, error=str(error))
        return False
    name = _NAMES.get(row.kind, "微信附件.jpg")
    try:
        assert row.case is not None
        attach(
            case=row.case, by=RESIDENT, name=name, stream=io.BytesIO(content), size=len(content),
            by_resident=True,
        )  # fmt: skip
    except Refused as refused:  # of a type we do not keep, or the matter has ended
        log.warning("wechat.media", message=row.pk, error=refused.code)
    WeChatMessage.objects.filter(pk=row.pk).update(is_fetched=True)
    return True
