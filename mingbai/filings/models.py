"""FilingField, FilingCode, Filing: another system's columns and codes; how a record stands there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.literal import KeyField
from mingbai.core.sealed import Sealed
from mingbai.filings.enums import FilingState
from mingbai.places.dated import DatedQuerySet, dated_constraints


class FilingField(models.Model):
    """One column of another system: what it is called there, where it stands, which field of ours it is."""

    system = models.SlugField("系统", max_length=32)
    code = models.SlugField("我们的字段", max_length=32)
    column = models.CharField("对方的列名", max_length=64)
    position = models.PositiveSmallIntegerField("次序", default=100)
    is_used = models.BooleanField("报送", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送字段"
        ordering = ["system", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="filing_field_own"),
            models.UniqueConstraint(
                fields=["system", "column"], condition=Q(is_used=True), name="filing_field_theirs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.column}"


class Filing(models.Model):
    """How one matter stands with one system. `differs` names the columns; `theirs` holds their words, JSON.

    `about` is the chain of the matter. The values that the other system holds end with the matter.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"theirs_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("报送"), chains="about", told=("theirs",), own=True)

    system = models.SlugField("系统", max_length=32)
    about = models.CharField("关于", max_length=48)
    number = KeyField("对方的编号", max_length=64, blank=True)
    state = models.CharField("状态", max_length=16, choices=FilingState, default=FilingState.NOT_SENT)
    sent_at = models.DateTimeField("报送时间", null=True, blank=True)
    came_at = models.DateTimeField("核对时间", null=True, blank=True)
    differs = models.JSONField("不一致的列", default=list)
    key = models.BinaryField("密钥", default=new_key)
    theirs_sealed = models.BinaryField("对方的内容", default=b"")

    theirs = Sealed("theirs_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "报送记录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "about"], name="filing_once"),
            models.UniqueConstraint(
                fields=["system", "number"], condition=~Q(number=""), name="filing_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=FilingState.DIFFERS) | ~Q(differs=[]), name="filing_says_what_differs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.about}"


class FilingCode(models.Model):
    """What one value of ours is called there from a day on; a value without a row is not known there yet.

    Codes hold on the day on which a record is sent or compared; what was sent before is not changed by them.
    """

    system = models.SlugField("系统", max_length=32)
    field = models.SlugField("我们的字段", max_length=32)
    own = models.SlugField("我们的值", max_length=48)
    code = models.CharField("对方的代码", max_length=64)
    source = models.CharField("依据", max_length=300)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects: ClassVar[DatedQuerySet[FilingCode]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "报送代码"
        ordering = ["system", "field", "own", "valid_from"]
        constraints = [
            *dated_constraints("filing_code"),
            models.UniqueConstraint(
                fields=["system", "field", "own"], condition=Q(valid_to=None), name="filing_code_one_open"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="filing_code_said"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.field} {self.own} {self.code}"
