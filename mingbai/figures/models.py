"""What others publish, and the letters as they were issued."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Region


class PeerMonth(models.Model):
    """One city's hotline in one month, as the province published it (not ours to count)."""

    month = models.PositiveIntegerField("月份", help_text="yyyymm")
    city = models.CharField("城市代码", max_length=12)
    offered = models.PositiveIntegerField("呼入量")
    answered = models.PositiveIntegerField("接通量")
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "各市热线月报"
        ordering = ["month", "city"]
        constraints = [
            models.UniqueConstraint(fields=["month", "city"], name="peer_month_once"),
            models.CheckConstraint(
                condition=Q(answered__lte=F("offered")),
                name="peer_month_answered",
                violation_error_message="接通量大于呼入量。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.city}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"peer:{self.month}-{self.city}"


class OpenRule(Dated):
    """From how many on a count is published; smaller ones are withheld, and what would give them away."""

    TABLE = "open"

    least = models.PositiveSmallIntegerField("少于几个不公开")

    class Meta:
        verbose_name = verbose_name_plural = "公开规则"
        ordering = ["valid_from"]
        constraints = [
            *dated_constraints("open_rule"),
            models.CheckConstraint(condition=Q(least__gte=2, least__lte=100), name="open_rule_least"),
        ]

    def __str__(self) -> str:
        return f"{self.least}"


class IssuedLetter(models.Model):
    """A report as it was issued: it never changes. What was counted later shows beside it.

    `figures`: {key: {"value", "numerator", "denominator"}}; `definitions`: {key: words}; `paragraphs`: the
    text with {key} where a figure stands; `position`: the last journal entry it could count.
    """

    number = models.CharField("文号", max_length=64, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区", related_name="+")
    year = models.PositiveSmallIntegerField("年份")
    first = models.DateField("自")
    last = models.DateField("至")
    title = models.CharField("标题", max_length=200)
    paragraphs = models.JSONField("正文", default=list)
    figures = models.JSONField("数字", default=dict)
    definitions = models.JSONField("口径", default=dict)
    position = models.BigIntegerField("日志位置")
    issued_by = models.CharField("签发人", max_length=64)
    issued_at = models.DateTimeField("签发时间")

    objects: ClassVar[models.Manager["IssuedLetter"]]

    class Meta:
        verbose_name = verbose_name_plural = "已发报告"
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["region", "-issued_at"], name="letter_region")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"letter:{self.pk}"
