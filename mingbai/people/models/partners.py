"""Partner and ApiKey: other systems and how they prove who they are."""

import uuid
from typing import ClassVar

from django.db import models

from mingbai.core.actor import Actor
from mingbai.people.enums import all_scopes
from mingbai.people.models.users import User


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: User) -> "PartnerQuerySet":
        """Keys read the partner's matters in the whole city: kept by who keeps the city."""
        from mingbai.people.perms import can_keep_partners

        return self if can_keep_partners(user) else self.none()


class Partner(models.Model):
    """Another system that hands matters over and reads their state: 12345, the provincial net."""

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[models.Manager["Partner"]] = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协作单位"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor("partner", self.code, self.name)


class ApiKey(models.Model):
    """A partner's key, shown once and stored hashed."""

    partner = models.ForeignKey(Partner, models.CASCADE, verbose_name="协作单位", related_name="keys")
    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4)
    secret_hash = models.CharField("密钥索引", max_length=64, unique=True)
    made_at = models.DateTimeField("制作时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    scopes = models.JSONField("能做什么", default=all_scopes)
    a_minute = models.PositiveIntegerField("每分钟最多", default=0, help_text="0: as many as come")
    counted_from = models.DateTimeField("这一分钟", null=True, blank=True)
    counted = models.PositiveIntegerField("这一分钟次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "接口密钥"

    def __str__(self) -> str:
        return f"{self.partner} {self.made_at:%Y-%m-%d}"
