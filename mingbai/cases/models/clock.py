"""DeadlineRule, Clock, Extension and RoutingRule: dated rules with a source, and their clocks."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from mingbai.cases.enums import Channel, ClockEnd, Event, ExtensionState, Strength, Unit
from mingbai.cases.models.case import Case
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.enums import Tier
from mingbai.places.models import Region


class DeadlineRule(Dated):
    """A period with its source and dates of validity. Of those with one code the most specific applies."""

    TABLE = "deadline"

    code = models.SlugField("规则", max_length=32)
    name = models.CharField("名称", max_length=64)
    kind = models.CharField("类别", max_length=16, blank=True)
    wage_only = models.BooleanField("仅欠薪求助", default=False)
    urgent_only = models.BooleanField("仅紧急", default=False)
    stage = models.CharField("环节", max_length=32, blank=True)
    starts_on = models.CharField("起算", max_length=24, choices=Event)
    stops_on = models.CharField("终止", max_length=24, choices=Event)
    strength = models.CharField("性质", max_length=16, choices=Strength, default=Strength.SERVICE)
    amount = models.PositiveSmallIntegerField("期限")
    unit = models.CharField("单位", max_length=16, choices=Unit)
    first_day_counts = models.BooleanField("当日计入", default=False)
    end_moves = models.BooleanField("末日遇休息日顺延", default=True)
    pauses = models.BooleanField("待补充时暂停", default=True)
    extension_most = models.PositiveSmallIntegerField("最多延期", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "时限规则"
        ordering = ["code", "kind", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="deadline_rule_amount"),
            *dated_constraints("deadline_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}{self.get_unit_display()}"


class ClockQuerySet(models.QuerySet["Clock"]):
    """Late and soon are said here alone: lists, board, metrics and warnings ask the same."""

    def running(self) -> "ClockQuerySet":
        """Not ended, and not standing still because the resident owes something."""
        return self.filter(done_at=None, is_paused=False)

    def late(self, now: datetime) -> "ClockQuerySet":
        return self.running().filter(due_at__lt=now)

    def over(self) -> "ClockQuerySet":
        """Those that ran out, running or ended."""
        return self.filter(OVER)

    def soon(self, now: datetime) -> "ClockQuerySet":
        return self.running().filter(soon_at__lte=now, due_at__gte=now)


OVER = models.Q(raised_at__isnull=False) | models.Q(done_at__gt=models.F("due_at"))
"""A clock that ran out, while it ran or when it ended: few, so they have an index of their own."""


class Clock(models.Model):
    """A running (or ended) period of one matter; `pauses` is JSON [[from, to | null], …] in ISO times."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="clocks")
    rule = models.ForeignKey(DeadlineRule, models.PROTECT, verbose_name="规则")
    subject = models.CharField(
        "对象", max_length=48, blank=True, help_text="handover:12, helper:3; empty: the case"
    )
    started_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("到期")
    soon_at = models.DateTimeField("临期提醒")
    pauses = models.JSONField("暂停", default=list)
    is_paused = models.BooleanField("正在暂停", default=False)
    extra = models.PositiveSmallIntegerField("延期", default=0)
    until = models.DateField(
        "定好的日期",
        null=True,
        blank=True,
        help_text="a day set in place of the period's end",
    )
    is_estimated = models.BooleanField("按推算日历", default=False)
    warned_at = models.DateTimeField("已提醒", null=True, blank=True)
    raised_at = models.DateTimeField("已上报", null=True, blank=True)
    done_at = models.DateTimeField("结束", null=True, blank=True)
    end = models.CharField("结果", max_length=16, choices=ClockEnd, blank=True)

    objects: ClassVar[ClockQuerySet] = ClockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, end="")
                | (models.Q(done_at__isnull=False) & ~models.Q(end="")),
                name="clock_end",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="clock_due", condition=models.Q(done_at__isnull=True)),
            models.Index(
                fields=["soon_at"],
                name="clock_soon",
                condition=models.Q(done_at__isnull=True, warned_at__isnull=True, is_paused=False),
            ),
            models.Index(
                fields=["due_at"],
                name="clock_late",
                condition=models.Q(done_at__isnull=True, raised_at__isnull=True, is_paused=False),
            ),
            models.Index(fields=["case", "rule"], name="clock_over", condition=OVER),
            models.Index(
                fields=["case"],
                name="clock_estimated",
                condition=models.Q(done_at__isnull=True, is_estimated=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule_id} {self.due_at:%Y-%m-%d %H:%M}"


class Extension(models.Model):
    """Asked before the due time, granted once up to the rule's cap."""

    clock = models.ForeignKey(Clock, models.PROTECT, verbose_name="时限", related_name="extensions")
    amount = models.PositiveSmallIntegerField("延长")
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=16, choices=ExtensionState, default=ExtensionState.ASKED)
    asked_by = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.CharField("审批人", max_length=64, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    answer = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        constraints = [
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(state__in=[ExtensionState.ASKED, ExtensionState.GRANTED]),
                name="extension_once",
                violation_error_message="每个时限只能延期一次。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} +{self.amount}"


class RoutingRule(Dated):
    """The lowest tier that a matter of this kind and channel may reach; the most specific rule applies."""

    TABLE = "routing"

    kind = models.CharField("类别", max_length=16, blank=True)
    channel = models.CharField("渠道", max_length=16, choices=Channel, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="仅限区划", null=True, blank=True)
    urgent_only = models.BooleanField("仅紧急", default=False)
    lowest_tier = models.CharField("最低层级", max_length=20, choices=Tier)

    class Meta:
        verbose_name = verbose_name_plural = "分派规则"
        ordering = ["kind", "channel", "valid_from"]
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="routing_rule_source")]

    def __str__(self) -> str:
        return f"{self.kind or '*'} {self.channel or '*'} → {self.get_lowest_tier_display()}"
