"""Rate, Piece and Sheet: what work is paid, each piece of it, and the monthly sheet it is paid by."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Region
from mingbai.subsidies.enums import Area, Grade, PieceState, Stage, Work

if TYPE_CHECKING:
    from mingbai.people.models import User


def _yuan(label: str) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=9, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )


def _percent(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=100, validators=[MaxValueValidator(300)])


class Rate(Dated):
    """What one sort of work is paid in a place from a day on. Of the rows that fit, the nearest place
    applies, then the one that says most (kind, stage, area).
    """

    TABLE = "rate"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="+")
    work = models.CharField("工作", max_length=16, choices=Work)
    kind = models.CharField("种类", max_length=32, blank=True, help_text="空着是不分")
    stage = models.CharField("阶段或难度", max_length=16, choices=Stage, blank=True)
    area = models.CharField("地域", max_length=16, choices=Area, blank=True)
    fee = _yuan("劳务费（元）")
    direct = _yuan("直接费用（元）")
    per_extra = _yuan("每增加一人（元）")
    most_extra = models.PositiveSmallIntegerField("最多增加几人", default=0)
    excellent = _percent("优秀按百分之几")
    good = _percent("良好按百分之几")
    failed = _percent("不合格按百分之几")

    class Meta:
        verbose_name = verbose_name_plural = "补贴标准"
        ordering = ["region", "work", "kind", "stage", "area", "valid_from"]
        constraints = [
            *dated_constraints("rate"),
            models.CheckConstraint(condition=Q(work__in=Work.values), name="rate_work"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="rate_stage"),
            models.CheckConstraint(condition=Q(area__in=Area.values), name="rate_area"),
            models.CheckConstraint(
                condition=Q(fee__gte=0, direct__gte=0, per_extra__gte=0), name="rate_not_negative"
            ),
            models.UniqueConstraint(
                fields=["region", "work", "kind", "stage", "area"],
                condition=Q(valid_to=None),
                name="rate_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_work_display()} {self.fee}"


class Sheet(models.Model):
    """What a place pays for one month; never changed once it is made."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="+")
    month = models.PositiveIntegerField("月份", help_text="yyyymm")
    count = models.PositiveIntegerField("件数")
    total = models.DecimalField("合计（元）", max_digits=12, decimal_places=2)
    made_by = models.CharField("制表人", max_length=64)
    made_at = models.DateTimeField("制表时间")

    class Meta:
        verbose_name = verbose_name_plural = "补贴发放表"
        ordering = ["-month", "region", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "month"],
                name="sheet_once",
                violation_error_message="这个月的发放表已经做过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month}"

    @property
    def chain(self) -> str:
        return f"sheet:{self.pk}"


class PieceQuerySet(models.QuerySet["Piece"]):
    def visible_to(self, user: User) -> PieceQuerySet:
        """One's own, and those of the places whose subsidies one keeps."""
        from mingbai.subsidies.perms import pieces_filter

        return self.filter(pieces_filter(user))


class Piece(models.Model):
    """One payable piece of work of one person. `event` names it: it exists once, and stands in one sheet.

    Rate and place are frozen when it is promised (at the assignment); without a rate it waits for one.
    `about`: the chain of its matter. `share`: how much of it was done, in percent. `parts`: how many share
    it equally, `part` which of them this is, from 0. `minutes`: of duty, so far that day. `corrects`: a piece
    that stands in a sheet already; this one pays the difference, or takes it back, in a later sheet, with
    `paid_before` what was paid for it until now.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="人员", related_name="pieces")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="由谁发放", related_name="+")
    work = models.CharField("工作", max_length=16, choices=Work)
    kind = models.CharField("种类", max_length=32, blank=True)
    stage = models.CharField("阶段或难度", max_length=16, choices=Stage, blank=True)
    area = models.CharField("地域", max_length=16, choices=Area, blank=True)
    event = models.CharField("事由", max_length=64, unique=True)
    about = models.CharField("关于", max_length=48, blank=True)
    rate = models.ForeignKey(
        Rate, models.PROTECT, verbose_name="标准", null=True, blank=True, related_name="+"
    )
    frozen_on = models.DateField("标准按哪天")
    is_public_post = models.BooleanField("公职", default=False)
    extra = models.PositiveSmallIntegerField("增加人数", default=0)
    grade = models.CharField("质量", max_length=16, choices=Grade, blank=True)
    share = models.PositiveSmallIntegerField("完成百分之几", default=100, validators=[MaxValueValidator(100)])
    parts = models.PositiveSmallIntegerField("几人平分", default=1)
    part = models.PositiveSmallIntegerField("第几份", default=0)
    minutes = models.PositiveSmallIntegerField("值班分钟", default=0)
    corrects = models.ForeignKey(
        "self", models.PROTECT, verbose_name="更正哪一件", null=True, blank=True, related_name="corrections"
    )
    paid_before = models.DecimalField("此前已发（元）", max_digits=9, decimal_places=2, default=0)
    state = models.CharField("状态", max_length=16, choices=PieceState, default=PieceState.PROMISED)
    done_on = models.DateField("完成日期", null=True, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2, default=0)
    why = models.CharField("说明", max_length=300, blank=True)
    sheet = models.ForeignKey(
        Sheet, models.PROTECT, verbose_name="发放表", null=True, blank=True, related_name="pieces"
    )

    objects: ClassVar[PieceQuerySet] = PieceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "补贴计件"
        ordering = ["done_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=PieceState.SHEETED, sheet__isnull=False)
                | (~Q(state=PieceState.SHEETED) & Q(sheet__isnull=True)),
                name="piece_paid_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PieceState.EARNED, PieceState.SHEETED]) | Q(done_on__isnull=False),
                name="piece_done_on",
            ),
            models.CheckConstraint(
                condition=~Q(state=PieceState.SHEETED) | Q(rate__isnull=False), name="piece_has_rate"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(corrects__isnull=False), name="piece_amount"
            ),
            models.CheckConstraint(condition=Q(part__lt=F("parts")), name="piece_part"),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False, state=PieceState.EARNED),
                name="piece_one_open_correction",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "region", "done_on"], name="piece_due"),
            models.Index(fields=["worker", "done_on"], name="piece_own"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.get_work_display()} {self.amount}"

    @property
    def chain(self) -> str:
        return f"piece:{self.pk}"
