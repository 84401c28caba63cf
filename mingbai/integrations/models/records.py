"""ExternalCode and RecordSet: another system's codes beside ours, and each set of records that travelled."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import new_key
from mingbai.core.sealed import Sealed
from mingbai.integrations.partners.enums import Direction


class SetState(models.TextChoices):
    MADE = "made", _("待送")
    SENT = "sent", _("已送到")
    TAKEN = "taken", _("已收下")
    REFUSED = "refused", _("没有收")


class ExternalCode(models.Model):
    """Ours and theirs for one value of one table; `reads`: theirs is read as this one of ours."""

    system = models.SlugField("系统", max_length=32)
    table = models.SlugField("代码表", max_length=32)
    own = models.CharField("我们的代码", max_length=64)
    code = models.CharField("对方代码", max_length=64)
    name = models.CharField("对方名称", max_length=128, blank=True)
    reads = models.BooleanField("收到时读成这一项", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "代码对照"
        ordering = ["system", "table", "own"]
        constraints = [
            models.UniqueConstraint(fields=["system", "table", "own"], name="external_code_own"),
            models.UniqueConstraint(
                fields=["system", "table", "code"],
                condition=models.Q(reads=True),
                name="external_code_theirs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.table} {self.own}={self.code}"


class RecordSet(models.Model):
    """A set that went out or came in, as it travelled; kept so that it can be sent, or read, once more."""

    PERSONAL: ClassVar[dict[str, str]] = {"table_sealed": "record_set"}

    system = models.SlugField("系统", max_length=32)
    direction = models.CharField("方向", max_length=8, choices=Direction)
    number = models.CharField("批号", max_length=64)
    digest = models.CharField("摘要", max_length=64)
    key = models.BinaryField("密钥", default=new_key)
    table_sealed = models.BinaryField("内容", default=b"")
    about = models.TextField("关于", blank=True, help_text="the chains of its matters, a blank around each")
    note = models.TextField("批注", blank=True, help_text="holds no personal data")
    state = models.CharField("状态", max_length=16, choices=SetState)
    rows = models.PositiveIntegerField("条数", default=0)
    counts = models.JSONField("结果", default=dict)
    error = models.CharField("错误", max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    made_at = models.DateTimeField("时间")
    moved_at = models.DateTimeField("最近变化")

    table = Sealed("table_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "交换批次"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "direction", "number"], name="record_set_once")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.direction} {self.number}"
