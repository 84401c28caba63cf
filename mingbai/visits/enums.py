"""Kinds and states of visits, how an opening repeats, whom the law names first, materials, opinions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VisitKind(TextChoices):
    """One idea in four shapes; an opening is of the last three."""

    WALK_IN = "walk_in", _("窗口来访")
    BOOKING = "booking", _("预约来访")
    RECEPTION = "reception", _("领导接待")
    HOME = "home", _("上门服务")


AT_THE_WINDOW = frozenset({VisitKind.WALK_IN, VisitKind.BOOKING})
"""What the figure of window visits counts."""


class VisitState(TextChoices):
    BOOKED = "booked", _("已预约")
    WAITING = "waiting", _("等候中")
    CALLED = "called", _("已叫号")
    ABSENT = "absent", _("过号")
    SERVED = "served", _("已办")
    NO_SHOW = "no_show", _("没有来")
    CANCELLED = "cancelled", _("已取消")


OPEN_STATES = frozenset({VisitState.BOOKED, VisitState.WAITING, VisitState.CALLED, VisitState.ABSENT})


class Repeat(TextChoices):
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月几号")


class OnDayOff(TextChoices):
    """Where a day of the rule falls on a holiday (a rule of month days: on any day off)."""

    SKIP = "skip", _("不接待")
    NEXT = "next", _("顺延到下一个工作日")
    KEEP = "keep", _("照常接待")


class Priority(TextChoices):
    """Who is put forward by law, by so many minutes as the hall says (`rules.queue`)."""

    NONE = "", _("无")
    ELDER = "elder", _("老年人")
    DISABLED = "disabled", _("残疾人")
    SOLDIER = "soldier", _("军人、军属、退役军人")


class Material(TextChoices):
    GUIDE = "guide", _("指南")
    POSTER = "poster", _("海报")


class OpinionSource(TextChoices):
    RECEPTION = "reception", _("接待日")
    PROPOSAL = "proposal", _("建议、提案")
    PROMISE = "promise", _("答复里答应的事")
    RATING = "rating", _("评价")
