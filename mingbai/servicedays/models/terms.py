"""The office's numbers as dated rows, communities that host days, what a person may be asked, shut ways."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Region
from mingbai.servicedays.enums import RuleCode

MOST = 1000


class DayRule(Dated):
    """One number of the office, from when to when, with its source; a county's own goes before the city's."""

    TABLE = "service_day"

    code = models.CharField("规则", max_length=24, choices=RuleCode)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="仅限区划", null=True, blank=True, related_name="+"
    )
    amount = models.PositiveIntegerField("数值", validators=[MaxValueValidator(MOST)])

    class Meta:
        verbose_name = verbose_name_plural = "服务日规则"
        ordering = ["code", "region", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(code__in=RuleCode.values), name="day_rule_code"),
            *dated_constraints("day_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.amount}"


class Host(models.Model):
    """A large community that holds days of its own; needs there are counted there, not at its township."""

    region = models.OneToOneField(
        Region, models.PROTECT, verbose_name="社区", primary_key=True, related_name="hosts_days"
    )
    room = models.CharField("地点", max_length=200, help_text="哪间屋子，怎么走")
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "承办社区"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__lte=F("until")), name="host_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.room}"


class Limit(models.Model):
    """How far one person may be asked, where it is not as the rules say for all."""

    worker = models.OneToOneField(
        Worker, models.CASCADE, verbose_name="人员", primary_key=True, related_name="day_limit"
    )
    is_sent = models.BooleanField("可以派出", default=True)
    leaves_duty = models.BooleanField("值班日也可派出", default=False)
    most_days = models.PositiveSmallIntegerField("每月最多天数", null=True, blank=True)
    capacity = models.PositiveSmallIntegerField("每天接待件数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "派出限制"
        constraints = [
            models.CheckConstraint(
                condition=(Q(most_days=None) | Q(most_days__lte=31))
                & (Q(capacity=None) | Q(capacity__lte=100)),
                name="limit_bounds",
                violation_error_message="每月最多 31 天，每天最多 100 件。",
            )
        ]

    def __str__(self) -> str:
        return str(self.worker_id)


class Block(models.Model):
    """Days on which no service day can be held at a place: the road is closed, the hall is taken."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地点", related_name="day_blocks")
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "不能办的日子"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="block_order",
                violation_error_message="结束日期不能早于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.starts_on}-{self.ends_on}"
