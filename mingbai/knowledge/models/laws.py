"""Law and Article: statutes by article, each with the days on which it holds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.knowledge.rules.numerals import article_name
from mingbai.places.models import Region


class LawQuerySet(models.QuerySet["Law"]):
    def visible_to(self, user: object) -> LawQuerySet:
        """Everybody: laws are published."""
        return self.all()


class Law(models.Model):
    """A statute under its full title. The parts (编) of one code are one law."""

    title = models.CharField("名称", max_length=200, unique=True)
    aliases = models.JSONField("简称", default=list, blank=True)
    adoption = models.TextField("通过和修正", blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="适用区划", null=True, blank=True, related_name="laws"
    )
    """None: everywhere. A region here is one of ours; another province's law is marked by `elsewhere`."""
    elsewhere = models.CharField("外地法规所属", max_length=32, blank=True)
    version_on = models.DateField("版本日期", null=True, blank=True)
    imported_at = models.DateTimeField("导入时间")

    objects: ClassVar[LawQuerySet] = LawQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "法律法规"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible_to(self, user: object) -> ArticleQuerySet:
        """Everybody: laws are published, also as they once read."""
        return self.all()

    def in_force(self, on: date) -> ArticleQuerySet:
        """The wording of that day; `valid_to` is its last day."""
        begun = Q(valid_from=None) | Q(valid_from__lte=on)
        return self.filter(begun, Q(valid_to=None) | Q(valid_to__gte=on))


class Article(models.Model):
    """One wording of one article. An amendment closes it and opens the next one."""

    law = models.ForeignKey(Law, models.PROTECT, verbose_name="法律", related_name="articles")
    part = models.CharField("编", max_length=64, blank=True)
    chapter = models.CharField("章节", max_length=200, blank=True)
    number = models.PositiveIntegerField("条")
    suffix = models.PositiveSmallIntegerField("之", default=0)
    text = models.TextField("条文")
    valid_from = models.DateField("施行日期", null=True, blank=True)
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "法条"
        ordering = ["law", "number", "suffix", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["law", "number", "suffix"],
                condition=Q(valid_to__isnull=True),
                name="article_one_current",
                violation_error_message="同一法律的同一条只能有一个现行文本。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_from__lte=F("valid_to")),
                name="article_order",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="article_number"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def name(self) -> str:
        """第一千零七十九条"""
        return article_name(self.number, self.suffix)

    @property
    def ref(self) -> str:
        """中华人民共和国民法典第一千零七十九条"""
        return f"{self.law.title}{self.name}"
