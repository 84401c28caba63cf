"""Follower, BindCode and WeChatMessage: who writes to the official account, and what came."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed


class Follower(models.Model):
    """An account that writes to us, found by the keyed hash of its openid; a phone is bound to one."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "openid_sealed": "wechat",
        "phone_sealed": "wechat",
        "phone_hash": "wechat",
    }
    HELD: ClassVar[Held] = Held(_("微信"), phones="wechat.phone", told=("phone",), own=True)

    openid_hash = HashField("账号索引", max_length=32, primary_key=True)
    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"phone_hash": ("phone", "wechat.phone")}

    key = models.BinaryField("密钥", default=new_key)
    openid_sealed = models.BinaryField("账号", default=b"")
    phone_sealed = models.BinaryField("电话", default=b"")
    phone_hash = HashField("电话索引", max_length=32, null=True, blank=True, unique=True)
    is_following = models.BooleanField("关注中", default=True)
    wrote_at = models.DateTimeField("最近来信")
    bound_at = models.DateTimeField("绑定时间", null=True, blank=True)

    openid = Sealed("openid_sealed")
    phone = Sealed("phone_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "微信关注者"

    def __str__(self) -> str:
        return self.openid_hash[:8]


class BindCode(models.Model):
    """The one-time code that binds a phone to an account; only its hash is kept."""

    PERSONAL: ClassVar[dict[str, str]] = {"phone_sealed": "wechat", "phone_hash": "wechat"}
    HELD: ClassVar[Held] = Held(_("微信绑定"), phones="wechat.phone", told=("phone",), own=True)

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"phone_hash": ("phone", "wechat.phone")}

    follower = models.ForeignKey(Follower, models.CASCADE, verbose_name="关注者", related_name="codes")
    key = models.BinaryField("密钥", default=new_key)
    phone_sealed = models.BinaryField("电话", default=b"")
    phone_hash = HashField("电话索引", max_length=32, db_index=True)
    code_hash = HashField("验证码索引", max_length=32)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    made_at = models.DateTimeField("时间")

    phone = Sealed("phone_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "微信绑定验证码"

    def __str__(self) -> str:
        return f"{self.follower} {self.made_at:%Y-%m-%d %H:%M}"


class WeChatMessage(models.Model):
    """What came, once for each `came_as` (the platform's own number, or sender and time): retries are known.

    `case` is the matter it became, after region and consent were given on the linked page.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "wechat"}
    HELD: ClassVar[Held] = Held(_("微信来信"), matters="case", told=("text",), own=True)

    came_as = models.CharField("消息标识", max_length=64, unique=True)
    follower = models.ForeignKey(Follower, models.PROTECT, verbose_name="关注者", related_name="messages")
    kind = models.CharField("类型", max_length=16)
    media = models.CharField("媒体编号", max_length=128, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    text_sealed = models.BinaryField("内容", default=b"")
    reply = models.TextField("回复", blank=True, help_text="holds no personal data")
    risks = models.CharField("提示", max_length=100, blank=True)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="办件", null=True, blank=True, related_name="wechat_messages"
    )
    is_fetched = models.BooleanField("媒体已取", default=False)
    is_settled = models.BooleanField("已处理", default=False)
    at = models.DateTimeField("时间")

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "微信来信"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["-at"], name="wechat_waiting", condition=models.Q(is_settled=False, case=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
