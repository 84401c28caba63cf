"""Resident and Consent: a person we serve, encrypted under a key of their own; may be unknown."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Basis, PhoneOf, Purpose
from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed


class Resident(models.Model):
    """Found again by keyed hash of phone or ID number. Erasure empties `key`; the journal's proof stays.

    One phone serves a family: two residents may share a `phone_hash`. `merged_into` points to the person
    they were found to be; cases keep pointing to the row they came with, so that un-merging is exact.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "name_sealed": "case",
        "phone_sealed": "case",
        "id_number_sealed": "case",
        "phone_hash": "case",
        "id_hash": "case",
        "name_hash": "case",
    }
    HELD: ClassVar[Held] = Held(_("本人"), people="pk", told=("name", "phone", "id_number"))

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {
        "name_hash": ("name", "resident.name"),
        "phone_hash": ("phone", "resident.phone"),
        "id_hash": ("id_number", "resident.id_number"),
    }

    key = models.BinaryField("密钥", default=new_key)
    name_sealed = models.BinaryField("姓名", default=b"")
    phone_sealed = models.BinaryField("电话", default=b"")
    id_number_sealed = models.BinaryField("身份证号", default=b"")
    name_hash = HashField("姓名索引", max_length=32, blank=True)
    phone_hash = HashField("电话索引", max_length=32, blank=True)
    id_hash = HashField("证件索引", max_length=32, blank=True)
    phone_of = models.CharField("电话归属", max_length=16, choices=PhoneOf, default=PhoneOf.OWN)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField("建档时间")
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)

    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")
    id_number = Sealed("id_number_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "群众"
        indexes = [
            # Whole, not "where it is not empty": SQLite cannot see that a parameter is not empty.
            models.Index(fields=["phone_hash"], name="resident_phone"),
            models.Index(fields=["id_hash"], name="resident_id"),
            models.Index(fields=["name_hash"], name="resident_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="resident_not_into_itself",
            )
        ]

    def __str__(self) -> str:
        return f"群众 {self.pk}"


class Consent(models.Model):
    """A consent given (and perhaps withdrawn) for one purpose of one matter, where consent is the ground."""

    case = models.ForeignKey("cases.Case", models.PROTECT, verbose_name="办件", related_name="consents")
    purpose = models.CharField("事项", max_length=16, choices=Purpose)
    basis = models.CharField("依据", max_length=16, choices=Basis, default=Basis.CONSENT)
    notice_version = models.CharField("告知书版本", max_length=16)
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        constraints = [models.UniqueConstraint(fields=["case", "purpose"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_purpose_display()}"
