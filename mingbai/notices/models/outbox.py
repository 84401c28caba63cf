"""Notice (the outbox), Way and Wording (how it goes out), Job (periodic work)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.core import literal  # noqa: F401  the lookup of an index's condition
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.notices.enums import NoticeState, Urgency


class Notice(models.Model):
    """One message to one address by one transport; `event` makes one notice per event and person."""

    PERSONAL: ClassVar[dict[str, str]] = {"address_sealed": "notice", "context_sealed": "notice"}
    HELD: ClassVar[Held] = Held(_("通知"), chains="to", told=("address", "context"), own=True)

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
    is_maybe_twice = models.BooleanField(
        "可能发过两次", default=False, help_text="a try ended without a word, and another was made"
    )
    gathered_in = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="并入的汇总", null=True, blank=True, related_name="gathered"
    )

    address = Sealed("address_sealed")
    context = Sealed("context_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [models.UniqueConstraint(fields=["event", "to", "transport"], name="notice_once")]
        indexes = [
            # Not partial: SQLite uses no partial index whose condition comes as a parameter.
            models.Index(fields=["state", "due_at"], name="notice_queue"),
            models.Index(fields=["about"], name="notice_about"),
            models.Index(
                fields=["transport", "-made_at"],
                name="notice_dead",
                condition=models.Q(state__literally=["failed"]),
            ),
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


class Way(models.Model):
    """One transport: how many leave in a minute, when it is quiet, and what left in this minute.

    A row is made with the transport's own defaults (`rules.WAYS`) when it first sends.
    """

    transport = models.CharField("渠道", max_length=16, primary_key=True)
    per_minute = models.PositiveIntegerField("每分钟最多", null=True, blank=True)
    quiet_from = models.TimeField("安静时段自", null=True, blank=True)
    quiet_to = models.TimeField("安静时段至", null=True, blank=True)
    counted_from = models.DateTimeField("本分钟自", null=True, blank=True)
    counted = models.PositiveIntegerField("本分钟已发", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "发送渠道"
        ordering = ["transport"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="way_quiet_both",
                violation_error_message="安静时段要有起有止。",
            )
        ]

    def __str__(self) -> str:
        return self.transport


class Wording(models.Model):
    """What a template says instead of its file, and how soon it goes out; its fields are the file's."""

    template = models.CharField("模板", max_length=64, primary_key=True)
    subject = models.CharField("标题", max_length=100, blank=True)
    body = models.TextField("内容", blank=True)
    urgency = models.CharField("何时发", max_length=16, choices=Urgency, blank=True)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "通知用语"
        ordering = ["template"]

    def __str__(self) -> str:
        return self.template
