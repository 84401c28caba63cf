"""Notice (the outbox) and Job (periodic work), claimed by `manage.py work`, taken again from a killed one."""

from typing import ClassVar

from django.db import models

from mingbai.core.crypto import new_key
from mingbai.core.sealed import Sealed
from mingbai.notices.enums import NoticeState


class Notice(models.Model):
    """One message to one address by one transport; `event` makes one notice per event and person."""

    PERSONAL: ClassVar[dict[str, str]] = {"address_sealed": "notice", "context_sealed": "notice"}

    event = models.CharField("事件", max_length=120)
    to = models.CharField("收件人", max_length=64)
    about = models.CharField(
        "关于", max_length=48, blank=True, help_text="the chain of the matter it tells of"
    )
    transport = models.CharField("渠道", max_length=16)
    template = models.CharField("模板", max_length=64)
    key = models.BinaryField("密钥", default=new_key)
    address_sealed = models.BinaryField("地址", default=b"")
    context_sealed = models.BinaryField("内容", default=b"")
    state = models.CharField("状态", max_length=16, choices=NoticeState, default=NoticeState.QUEUED)
    made_at = models.DateTimeField("生成时间")
    due_at = models.DateTimeField("最早发送")
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    claimed_by = models.CharField("处理进程", max_length=64, blank=True)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    error = models.CharField("错误", max_length=300, blank=True)

    address = Sealed("address_sealed")
    context = Sealed("context_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [models.UniqueConstraint(fields=["event", "to", "transport"], name="notice_once")]
        indexes = [
            # Not partial: SQLite uses no partial index whose condition comes as a parameter.
            models.Index(fields=["state", "due_at"], name="notice_queue"),
            models.Index(fields=["about"], name="notice_about"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.to}"


class Job(models.Model):
    """When a periodic job runs next, and who runs it now."""

    name = models.CharField("名称", max_length=64, primary_key=True)
    next_at = models.DateTimeField("下次运行")
    claimed_by = models.CharField("处理进程", max_length=64, blank=True)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    last_ok_at = models.DateTimeField("上次成功", null=True, blank=True)
    error = models.CharField("上次错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "定时任务"

    def __str__(self) -> str:
        return self.name
