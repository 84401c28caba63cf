"""Slip, Brake and KeptForm: what sign-in needs beside the password."""

from typing import ClassVar

from django.db import models

from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.people.models.users import User


class Slip(models.Model):
    """A one-time sign-in printed as a QR code from the register for somebody without a password."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="slips")
    secret_hash = HashField("令牌索引", max_length=64, unique=True)
    made_at = models.DateTimeField("制作时间")
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录条"

    def __str__(self) -> str:
        return f"{self.user} {self.expires_at:%Y-%m-%d}"


class Brake(models.Model):
    """Wrong tries against one name, one PIN or one second factor, counted across all processes.

    `key` is a keyed hash: what was typed into the name field may be somebody's password.
    """

    key = models.CharField("对象索引", max_length=32, primary_key=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    since = models.DateTimeField("首次时间")
    until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "尝试次数"
        indexes = [models.Index(fields=["since"], name="brake_since")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.tries}"


class KeptForm(models.Model):
    """What somebody had typed when the session ended or locked; given back once after sign-in, then gone."""

    PERSONAL: ClassVar[dict[str, str]] = {"body_sealed": "kept_form"}
    HELD: ClassVar[Held] = Held(why_not="a clerk's unsent form: nobody knows yet whose, ended in 12 hours")

    token_hash = HashField("令牌索引", max_length=32, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="kept_forms")
    path = models.CharField("页面", max_length=500)
    key = models.BinaryField("密钥", default=new_key)
    body_sealed = models.BinaryField("内容", default=b"")
    expires_at = models.DateTimeField("保留至", db_index=True)

    body = Sealed("body_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "暂存表单"

    def __str__(self) -> str:
        return f"{self.user_id} {self.path}"
