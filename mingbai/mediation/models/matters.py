"""Mediation and Party: the line's row of a case, and who is in the dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.blind import HashField
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.mediation.enums import (
    Consent,
    Dispute,
    Grade,
    How,
    Outcome,
    PartyKind,
    Side,
    Source,
    Stage,
)
from mingbai.mediation.models.committees import Committee

if TYPE_CHECKING:
    from mingbai.people.models import User


class OfMatter(models.Model):
    """Rows whose personal text is encrypted under their case's key, and end with it."""

    class Meta:
        abstract = True

    case: Any

    @property
    def key(self) -> bytes:
        return bytes(self.case.key)


class MediationQuerySet(models.QuerySet["Mediation"]):
    def visible_to(self, user: User) -> MediationQuerySet:
        """Those whose matter the user may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"), case__kind="mediation")


class Mediation(models.Model):
    """One mediation, with one case: its stage, who asked for it and who may be told are the case's.

    `outcome` is how it came out the last time, `ended_at` when; `file_year` and `file_seq` number its file
    within the committee.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, verbose_name="办件", primary_key=True, related_name="mediation"
    )
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.REQUEST)
    organ = models.CharField("移交单位", max_length=100, blank=True)
    organ_number = models.CharField("移交单位的编号", max_length=64, blank=True)
    dispute = models.CharField("纠纷类型", max_length=16, choices=Dispute, blank=True)
    grade = models.CharField("难易", max_length=16, choices=Grade, default=Grade.ORDINARY)
    committee = models.ForeignKey(
        Committee,
        models.PROTECT,
        verbose_name="调委会",
        null=True,
        blank=True,
        related_name="mediations",
    )
    wants_doorstep = models.BooleanField("希望上门", default=False)
    begun_at = models.DateTimeField("开始调解", null=True, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, default=Outcome.NONE, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    file_year = models.PositiveSmallIntegerField("卷宗年份", null=True, blank=True)
    file_seq = models.PositiveIntegerField("卷宗号", null=True, blank=True)

    objects: ClassVar[models.Manager[Mediation]] = MediationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人民调解"
        constraints = [
            models.CheckConstraint(condition=Q(source__in=Source.values), name="mediation_source"),
            models.CheckConstraint(condition=Q(dispute__in=["", *Dispute.values]), name="mediation_dispute"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="mediation_ended_at",
            ),
            models.UniqueConstraint(
                fields=["committee", "file_year", "file_seq"],
                condition=Q(file_seq__isnull=False),
                name="mediation_file_number",
            ),
        ]
        indexes = [models.Index(fields=["ended_at", "outcome"], name="mediation_figures")]

    def __str__(self) -> str:
        return f"调解 {self.case_id}"

    @property
    def stage(self) -> str:
        """The trunk keeps it: its clocks start and end by it."""
        return self.case.stage if self.case.stage in Stage.values else ""


class Party(OfMatter):
    """One of any number: a person or an organisation, with what they say to being mediated.

    Somebody who was put down by mistake has `left_at`; nobody is deleted. The hashes find the same name or
    number in another matter (conflicts of interest) and end with the matter.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "name_sealed": "case",
        "code_sealed": "case",
        "phone_sealed": "case",
        "address_sealed": "case",
        "guardian_sealed": "case",
        "agent_sealed": "case",
        "why_sealed": "case",
        "name_hash": "case",
    }
    HELD: ClassVar[Held] = Held(_("调解当事人"), matters="case")

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"name_hash": ("name", "resident.name")}

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="mediation_parties")
    side = models.CharField("哪一方", max_length=16, choices=Side)
    kind = models.CharField("个人或单位", max_length=16, choices=PartyKind, default=PartyKind.PERSON)
    name_sealed = models.BinaryField("姓名或名称", default=b"")
    code_sealed = models.BinaryField("证件号码", default=b"")
    phone_sealed = models.BinaryField("电话", default=b"")
    address_sealed = models.BinaryField("住址", default=b"")
    guardian_sealed = models.BinaryField("监护人", default=b"")
    agent_sealed = models.BinaryField("代理人", default=b"")
    why_sealed = models.BinaryField("说了什么", default=b"")
    name_hash = HashField("姓名索引", max_length=32, blank=True)
    consent = models.CharField("愿不愿意", max_length=16, choices=Consent, default=Consent.OPEN, blank=True)
    consent_how = models.CharField("怎样说的", max_length=16, choices=How, blank=True)
    consent_at = models.DateTimeField("什么时候说的", null=True, blank=True)
    told_rights_at = models.DateTimeField("告知权利义务", null=True, blank=True)
    added_at = models.DateTimeField("登记时间")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)

    name = Sealed("name_sealed")
    code = Sealed("code_sealed")
    phone = Sealed("phone_sealed")
    address = Sealed("address_sealed")
    guardian = Sealed("guardian_sealed")
    agent = Sealed("agent_sealed")
    why = Sealed("why_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "纠纷当事人"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="party_side"),
            models.CheckConstraint(
                condition=Q(consent="", consent_at__isnull=True)
                | (~Q(consent="") & Q(consent_at__isnull=False)),
                name="party_consent_at",
            ),
        ]
        indexes = [models.Index(fields=["name_hash"], name="mediation_party_name")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_side_display()}"
