"""What the law and the province give aid for: matters, groups of people, the line of hardship; dated rows."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from mingbai.legalaid.enums import Ground, Group, Role
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Region


class Matter(Dated):
    """A matter that aid is given for (法律援助法 Arts. 22-33; a province or a city adds its own)."""

    TABLE = "aid_matter"

    code = models.SlugField("代码", max_length=32)
    group = models.CharField("分组", max_length=16, choices=Group)
    name = models.CharField("事项", max_length=120, help_text="法律怎么说")
    plain = models.CharField("大白话", max_length=120, help_text="群众怎么说")
    ground = models.CharField("条件", max_length=16, choices=Ground)
    position = models.PositiveSmallIntegerField("次序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "法律援助事项"
        ordering = ["group", "position", "code", "valid_from"]
        constraints = [
            *dated_constraints("aid_matter"),
            models.CheckConstraint(condition=Q(group__in=Group.values), name="aid_matter_group"),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="aid_matter_ground"),
        ]

    def __str__(self) -> str:
        return self.name


class Belonging(Dated):
    """A group of people whom the law asks for less: Art. 25 (the organ asks), Art. 42 (no check)."""

    TABLE = "aid_belonging"

    code = models.SlugField("代码", max_length=32)
    role = models.CharField("作用", max_length=16, choices=Role)
    name = models.CharField("人员", max_length=120)
    plain = models.CharField("大白话", max_length=120)
    only_for = models.JSONField("仅限事项", default=list, blank=True, help_text="事项代码；空着是都适用")
    paper = models.CharField("用什么证明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "法律援助特定人员"
        ordering = ["role", "position", "code", "valid_from"]
        constraints = [
            *dated_constraints("aid_belonging"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="aid_belonging_role"),
        ]

    def __str__(self) -> str:
        return self.name


class FilePart(Dated):
    """A paper that the file of a closed matter must hold (归档目录), by form and source of the matter."""

    TABLE = "aid_file_part"

    code = models.SlugField("代码", max_length=32)
    name = models.CharField("材料", max_length=120)
    forms = models.JSONField("仅限援助形式", default=list, blank=True, help_text="空着是都要")
    sources = models.JSONField("仅限来源", default=list, blank=True, help_text="空着是都要")
    signs = models.JSONField("系统里已有的", default=list, blank=True)
    words = models.JSONField("文件名里的词", default=list, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "法律援助归档材料"
        ordering = ["position", "code", "valid_from"]
        constraints = [*dated_constraints("aid_file_part")]

    def __str__(self) -> str:
        return self.name


class HardshipLine(Dated):
    """Up to what income a month and head a household is in hardship there (Art. 34: the province sets it)."""

    TABLE = "aid_line"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="适用区划", related_name="+")
    amount = models.DecimalField(
        "每人每月收入（元）", max_digits=9, decimal_places=2, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = verbose_name_plural = "经济困难标准"
        ordering = ["region", "valid_from"]
        constraints = [
            *dated_constraints("aid_line"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="aid_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.amount}"
