"""Quality inspection: the dated score sheet, one draw of a period, one inspection of a call or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.hotline.enums import InspectionState
from mingbai.hotline.models.calls import Call
from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class ScoreSheet(Dated):
    """What calls and answers are judged by, from when to when, with its source.

    `lines`: a list of {"name", "points", "text"} whose points make 100. A sheet is not changed: the next one
    begins on a day, and what was scored keeps the sheet it was scored by.
    """

    lines = models.JSONField("项目", default=list)
    valid_from = models.DateField("施行日期", unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "质检评分表"
        ordering = ["valid_from"]
        constraints = dated_constraints("score_sheet")

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"


class DrawQuerySet(models.QuerySet["Draw"]):
    def visible_to(self, user: User) -> DrawQuerySet:
        """Those of the stations whose quality the user inspects."""
        from mingbai.hotline.perms import draws_filter

        return self.filter(draws_filter(user))


class Draw(models.Model):
    """One random sample: a station, a period, a share, a seed. A day is drawn once, so nobody is choosy.

    `calls` and `answers`: out of how many. `seed` came from the machine's random source and stays: with it
    `rules.quality.sample` gives the same keys again (`queries.quality.drawn_again`).
    """

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="draws")
    first = models.DateField("起")
    last = models.DateField("止")
    share = models.PositiveSmallIntegerField("比例（%）")
    seed = models.CharField("随机种子", max_length=64)
    calls = models.PositiveIntegerField("来电总数")
    answers = models.PositiveIntegerField("答复总数")
    drawn_by = models.CharField("抽检人", max_length=64)
    drawn_at = models.DateTimeField("抽检时间")

    objects: ClassVar[DrawQuerySet] = DrawQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "抽检"
        ordering = ["-first", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "first"], name="draw_once"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="draw_order"),
            models.CheckConstraint(condition=Q(share__gte=5, share__lte=100), name="draw_share"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.first:%Y-%m-%d}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"draw:{self.pk}"


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User) -> InspectionQuerySet:
        """Those of the user's own work once they are scored, and of stations whose quality they inspect."""
        from mingbai.hotline.perms import inspections_filter

        return self.filter(inspections_filter(user))


class Inspection(models.Model):
    """One drawn call, or one drawn answer in writing, of one person.

    `points` stand in the order of the sheet's lines. Remark, objection and reply may name who called: they
    are sealed under the row's key and destroyed after two years (`forget_inspections`); points stay.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "remark_sealed": "hotline_inspection",
        "objection_sealed": "hotline_inspection",
        "reply_sealed": "hotline_inspection",
    }
    HELD: ClassVar[Held] = Held(_("质检"), matters="case call__case", own=True)

    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name="抽检", related_name="inspections")
    call = models.ForeignKey(
        Call, models.PROTECT, verbose_name="来电", null=True, blank=True, related_name="inspections"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="答复", null=True, blank=True, related_name="inspections"
    )
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="谁办的", related_name="inspections")
    state = models.CharField("状态", max_length=12, choices=InspectionState, default=InspectionState.OPEN)
    sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, verbose_name="评分表", null=True, blank=True, related_name="+"
    )
    points = models.JSONField("得分", default=list, blank=True)
    total = models.PositiveSmallIntegerField("总分", null=True, blank=True)
    first_total = models.PositiveSmallIntegerField("异议前总分", null=True, blank=True)
    scored_by = models.CharField("质检人", max_length=64, blank=True)
    scored_code = models.CharField("质检人代码", max_length=64, blank=True)
    scored_at = models.DateTimeField("质检时间", null=True, blank=True)
    objected_at = models.DateTimeField("异议时间", null=True, blank=True)
    settled_by = models.CharField("复核人", max_length=64, blank=True)
    settled_at = models.DateTimeField("复核时间", null=True, blank=True)
    seen_at = models.DateTimeField("本人看过", null=True, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    remark_sealed = models.BinaryField("评语", default=b"")
    objection_sealed = models.BinaryField("异议", default=b"")
    reply_sealed = models.BinaryField("复核意见", default=b"")

    remark = Sealed("remark_sealed")
    objection = Sealed("objection_sealed")
    reply = Sealed("reply_sealed")

    objects: ClassVar[InspectionQuerySet] = InspectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "质检"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False, case=None) | Q(call=None, case__isnull=False),
                name="inspection_of_one_thing",
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(call__isnull=False), name="inspection_call"),
            models.UniqueConstraint(fields=["draw", "case"], name="inspection_case"),
            models.CheckConstraint(condition=Q(state__in=InspectionState.values), name="inspection_state"),
            models.CheckConstraint(
                condition=Q(state=InspectionState.OPEN, total=None)
                | (~Q(state=InspectionState.OPEN) & Q(total__gte=0, total__lte=100)),
                name="inspection_scored_has_total",
            ),
        ]
        indexes = [models.Index(fields=["worker", "scored_at"], name="inspection_worker")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.get_state_display()}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"inspection:{self.pk}"
