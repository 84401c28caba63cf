"""DayRecord: one thing done at a service day; who it was done for stands in its matter alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.cases.models import Case
from mingbai.core.literal import KeyField
from mingbai.people.models import Worker
from mingbai.servicedays.enums import RecordFlag, RecordKind
from mingbai.servicedays.models.needs import Need
from mingbai.servicedays.models.plans import ServiceDay

if TYPE_CHECKING:
    from mingbai.people.models import User


class DayRecordQuerySet(models.QuerySet["DayRecord"]):
    def visible_to(self, user: User) -> DayRecordQuerySet:
        """Records of the days in the user's reach, and of those where they were in the team."""
        from mingbai.servicedays.perms import records_filter

        return self.filter(records_filter(user))


class DayRecord(models.Model):
    """A contact (人次) of a day; `case` is the matter that it answered or opened.

    `client_key` is made by the phone at the stand: a record sent three times is one. `flag` marks what was
    kept although the day was cancelled or closed. `has_text` is False where a ledger told no words.
    """

    day = models.ForeignKey(ServiceDay, models.PROTECT, verbose_name="服务日", related_name="records")
    kind = models.CharField("事项", max_length=24, choices=RecordKind)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="办件", null=True, blank=True, related_name="day_records"
    )
    need = models.ForeignKey(
        Need, models.PROTECT, verbose_name="需求", null=True, blank=True, related_name="records"
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="办理人", null=True, blank=True, related_name="day_records"
    )
    guides = models.PositiveIntegerField("指南份数", default=0)
    posters = models.PositiveIntegerField("海报份数", default=0)
    has_text = models.BooleanField("记有诉求", default=True)
    client_key = KeyField("客户端编号", max_length=64, blank=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    flag = models.CharField("待核对", max_length=16, choices=RecordFlag, default=RecordFlag.NONE, blank=True)
    at = models.DateTimeField("时间")
    written_by = models.CharField("记录人", max_length=64)
    written_at = models.DateTimeField("记录时间")

    objects: ClassVar[DayRecordQuerySet] = DayRecordQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "服务日记录"
        ordering = ["day", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RecordKind.values), name="day_record_kind"),
            models.CheckConstraint(
                condition=Q(kind=RecordKind.MATERIALS, case__isnull=True)
                | (~Q(kind=RecordKind.MATERIALS) & Q(case__isnull=False, guides=0, posters=0)),
                name="day_record_case_or_materials",
            ),
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(client_key=""), name="day_record_client_key"
            ),
        ]
        indexes = [
            models.Index(fields=["day", "kind"], name="day_record_figures"),
            models.Index(fields=["flag"], name="day_record_flag", condition=~Q(flag="")),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.get_kind_display()}"
