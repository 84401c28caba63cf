"""Call records of other exchanges: what their columns mean, and which record became which call."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingbai.hotline.models import Call
from mingbai.integrations.models.partners import Endpoint
from mingbai.places.models import Station


class RecordSource(models.Model):
    """One exchange that is not ours: `columns` maps our words to its columns (hotline/rules/records.py).

    With an endpoint it may send records itself, signed under that endpoint's keys. `measures_wait` false:
    its times of answer are those of a machine, so no waiting of its calls is measured.
    """

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="record_sources")
    columns = models.JSONField("列", default=dict)
    answered_words = models.JSONField("接通怎么写", default=list, blank=True)
    measures_wait = models.BooleanField("测了等待时间", default=True)
    endpoint = models.ForeignKey(
        Endpoint,
        models.PROTECT,
        verbose_name="签名地址",
        null=True,
        blank=True,
        related_name="record_sources",
    )
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "话单来源"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(endpoint__isnull=False), name="record_source_of_endpoint"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"record_source:{self.code}"


class CallRecord(models.Model):
    """One record by the number its exchange gave it: the same again is nothing, other content changes it."""

    PERSONAL: ClassVar[dict[str, str]] = {}

    source = models.ForeignKey(RecordSource, models.PROTECT, verbose_name="话单来源", related_name="records")
    uid = models.CharField("唯一编号", max_length=128)
    digest = models.CharField("摘要", max_length=64)
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="来电", related_name="records")
    landed_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "话单"
        constraints = [models.UniqueConstraint(fields=["source", "uid"], name="call_record_once")]

    def __str__(self) -> str:
        return self.uid
