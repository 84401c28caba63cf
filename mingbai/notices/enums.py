"""States of a notice in the outbox, and how soon it goes out."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeState(TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    CANCELLED = "cancelled", _("已取消")
    GATHERED = "gathered", _("已并入汇总")


class Urgency(TextChoices):
    """How soon what a template says goes out."""

    URGENT = "urgent", _("马上发，不管安静时段")
    NORMAL = "normal", _("照常发，安静时段过后再发")
    DIGEST = "digest", _("并入每天的汇总")


class GroupKind(TextChoices):
    """Whom a group holds."""

    MANAGEMENT = "management", _("管理群")
    GUIDANCE = "guidance", _("指导群")
