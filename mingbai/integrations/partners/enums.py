"""Vocabularies of the exchange of work orders."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    IN = "in", _("转来")
    OUT = "out", _("转出")


class OrderState(TextChoices):
    """What both sides call it; partners' own codes stand in an editable table."""

    OFFERED = "offered", _("待接收")
    ACCEPTED = "accepted", _("已受理")
    WORKING = "working", _("办理中")
    ANSWERED = "answered", _("已反馈")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class Verb(TextChoices):
    """What one side says to the other: the first four are the handler's, the last two the giver's."""

    ACCEPT = "accept", _("受理")
    DECLINE = "decline", _("退回")
    PROGRESS = "progress", _("进展")
    ANSWER = "answer", _("反馈")
    CALL_BACK = "call_back", _("回访")
    WITHDRAW = "withdraw", _("撤回")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("待送")
    SENT = "sent", _("已送到")
    REFUSED = "refused", _("对方不认")
    FAILED = "failed", _("送不到")


class HookEvent(TextChoices):
    """What the city's own systems can hear of."""

    CREATED = "case.created", _("新办件")
    STATE = "case.state", _("状态变化")
    RATED = "case.rated", _("评价")
    ORDER = "order", _("工单往来")


class Way(TextChoices):
    HOOK = "hook", _("逐条推送")
    SETS = "sets", _("成批交换")
