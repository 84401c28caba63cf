"""Endpoint, EndpointKey, Delivery, Order, Exchange and StateName: the exchange with other systems."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.literal import KeyField
from mingbai.core.sealed import Sealed
from mingbai.integrations.partners.enums import DeliveryState, Direction, OrderState, Verb, Way
from mingbai.integrations.partners.rules import Tracks
from mingbai.people.models import Partner


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def live(self) -> Self:
        """In use, and its partner not shut out."""
        own = models.Q(partner=None) | models.Q(partner__is_active=True)
        return self.filter(own, is_active=True)


class Endpoint(models.Model):
    """Where we send: a partner's orders, or what the city's own system wants to hear of (`events`).

    `way`: each message by itself, or gathered into sets that go as files or to an address of theirs.
    """

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name="协作单位", null=True, blank=True, related_name="endpoints"
    )
    url = models.CharField("地址", max_length=500, blank=True)
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.HOOK)
    events = models.JSONField("事件", default=list)
    is_active = models.BooleanField("在用", default=True)
    cursor = models.BigIntegerField("读到", default=0)
    last_seq = models.PositiveBigIntegerField("末条序号", default=0)
    tries = models.PositiveSmallIntegerField("连续失败", default=0)
    next_at = models.DateTimeField("下次发送", null=True, blank=True)
    error = models.CharField("上次错误", max_length=300, blank=True)

    objects: ClassVar[EndpointQuerySet] = EndpointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "推送地址"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class EndpointKey(models.Model):
    """A signing key with a name; a new one is made beside the old, the old one retired when both know it."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, verbose_name="推送地址", related_name="keys")
    name = models.CharField("密钥名", max_length=16, unique=True)
    key = models.BinaryField("密钥", default=new_key)
    signing_secret = models.BinaryField("签名密钥", default=b"")
    made_at = models.DateTimeField("制作时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    secret = Sealed("signing_secret")

    class Meta:
        verbose_name = verbose_name_plural = "签名密钥"
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to an endpoint, in its place (`seq`); `source` is the change it tells of, told once."""

    PERSONAL: ClassVar[dict[str, str]] = {"body_sealed": "delivery"}
    HELD: ClassVar[Held] = Held(_("送交协作单位"), chains="about", own=True)

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, verbose_name="推送地址", related_name="deliveries")
    seq = models.PositiveBigIntegerField("序号")
    source = models.CharField("来源", max_length=48)
    event = models.CharField("事件", max_length=32)
    about = models.CharField("关于", max_length=48)
    key = models.BinaryField("密钥", default=new_key)
    body_sealed = models.BinaryField("内容", default=b"")
    state = models.CharField("状态", max_length=16, choices=DeliveryState, default=DeliveryState.QUEUED)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    status = models.PositiveSmallIntegerField("对方回应", null=True, blank=True)
    error = models.CharField("错误", max_length=300, blank=True)
    made_at = models.DateTimeField("时间")
    sent_at = models.DateTimeField("送到时间", null=True, blank=True)

    body = Sealed("body_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "推送"
        ordering = ["endpoint", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "seq"], name="delivery_seq"),
            models.UniqueConstraint(fields=["endpoint", "source"], name="delivery_once"),
        ]
        indexes = [models.Index(fields=["endpoint", "state", "seq"], name="delivery_queue")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.seq}"


class Order(models.Model):
    """A matter that another system gave us, or we gave them: both numbers, and what each side said last."""

    direction = models.CharField("方向", max_length=8, choices=Direction)
    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name="协作单位", related_name="orders")
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="orders")
    their_number = KeyField("对方编号", max_length=64, blank=True)
    state = models.CharField("状态", max_length=16, choices=OrderState, default=OrderState.OFFERED)
    waits_on = models.CharField("等谁", max_length=8, blank=True)
    handler = models.CharField("承办方", max_length=16, default=OrderState.OFFERED)
    answer = models.PositiveIntegerField("末次反馈序号", default=0)
    withdrawn = models.BooleanField("已撤回", default=False)
    judged = models.PositiveIntegerField("回访的反馈", default=0)
    happy = models.BooleanField("回访满意", default=False)
    last_in = models.PositiveIntegerField("收到末条", default=0)
    last_out = models.PositiveIntegerField("发出末条", default=0)
    accept_by = models.DateTimeField("接收期限", null=True, blank=True)
    made_at = models.DateTimeField("时间")
    moved_at = models.DateTimeField("最近变化")

    class Meta:
        verbose_name = verbose_name_plural = "往来工单"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "their_number"], condition=~models.Q(their_number=""), name="order_theirs"
            ),
            models.UniqueConstraint(fields=["partner", "case"], name="order_once"),
        ]
        indexes = [models.Index(fields=["waits_on", "moved_at"], name="order_waiting")]

    def __str__(self) -> str:
        return f"{self.partner} {self.their_number or self.case_id}"

    @property
    def tracks(self) -> Tracks:
        return Tracks(self.handler, self.answer, self.withdrawn, self.judged, self.happy)


class Exchange(models.Model):
    """One thing said about an order, by whom, and what came of it; no words of anybody."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name="工单", related_name="exchanges")
    is_ours = models.BooleanField("我方")
    verb = models.CharField("事项", max_length=16, choices=Verb)
    seq = models.PositiveIntegerField("序号")
    outcome = models.CharField("结果", max_length=32)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "往来记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.order} {self.verb} {self.seq}"


class StateName(models.Model):
    """What a partner calls a state: their own code and word, entered by hand."""

    partner = models.ForeignKey(Partner, models.CASCADE, verbose_name="协作单位", related_name="state_names")
    state = models.CharField("状态", max_length=16, choices=OrderState)
    code = models.CharField("对方代码", max_length=32)
    name = models.CharField("对方名称", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "状态对照"
        ordering = ["partner", "state"]
        constraints = [models.UniqueConstraint(fields=["partner", "state"], name="state_name_once")]

    def __str__(self) -> str:
        return f"{self.partner} {self.state} {self.code}"
