"""Agreement, Term, Signature: what the parties agreed on, what is to be done, and whose mark it bears."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.mediation.enums import AgreementState, Confirmation, Form, Mark, Role, TermState
from mingbai.mediation.models.matters import OfMatter, Party
from mingbai.people.models import Worker


class Agreement(OfMatter):
    """One version. From the first signature on it is as it is: `digest` (SM3) is of the signed words, and
    every later mark is set under the same words. `confirm_by` is the last day of the joint application.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "facts_sealed": "case",
        "duty_sealed": "case",
        "content_sealed": "case",
        "void_why_sealed": "case",
        "court_text_sealed": "case",
    }
    HELD: ClassVar[Held] = Held(
        _("调解协议"), matters="case", told=("facts", "duty", "content", "court_text")
    )

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="agreements")
    version = models.PositiveSmallIntegerField("第几稿")
    form = models.CharField("形式", max_length=16, choices=Form)
    state = models.CharField("状态", max_length=16, choices=AgreementState, default=AgreementState.DRAFT)
    on_paper = models.BooleanField("必须纸面签字", default=False)
    facts_sealed = models.BinaryField("主要事实和争议事项", default=b"")
    duty_sealed = models.BinaryField("各方责任", default=b"")
    content_sealed = models.BinaryField("协议内容", default=b"")
    amount = models.DecimalField("涉及金额（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    unfit = models.JSONField("法院不予确认的内容", default=list)
    digest = models.CharField("签字时的摘要", max_length=64, blank=True)
    drafted_by = models.CharField("起草人", max_length=64)
    drafted_at = models.DateTimeField("起草时间")
    effective_at = models.DateTimeField("生效时间", null=True, blank=True)
    void_why_sealed = models.BinaryField("为什么没有签成", default=b"")
    confirm_by = models.DateField("最晚哪天共同申请司法确认", null=True, blank=True)
    confirmation = models.CharField(
        "司法确认", max_length=16, choices=Confirmation, default=Confirmation.NONE, blank=True
    )
    court = models.CharField("法院", max_length=100, blank=True)
    court_number = models.CharField("案号", max_length=64, blank=True)
    filed_on = models.DateField("交法院的日期", null=True, blank=True)
    decided_on = models.DateField("裁定日期", null=True, blank=True)
    court_text_sealed = models.BinaryField("法院的意见", default=b"")

    facts = Sealed("facts_sealed")
    duty = Sealed("duty_sealed")
    content = Sealed("content_sealed")
    void_why = Sealed("void_why_sealed")
    court_text = Sealed("court_text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "调解协议"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="agreement_version"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=AgreementState.DRAFT), name="agreement_one_draft"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=AgreementState.EFFECTIVE), name="agreement_one_effective"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AgreementState.EFFECTIVE, AgreementState.REPLACED])
                & Q(effective_at__isnull=False)
                | ~Q(state__in=[AgreementState.EFFECTIVE, AgreementState.REPLACED])
                & Q(effective_at__isnull=True),
                name="agreement_effective_at",
            ),
            models.CheckConstraint(
                condition=Q(confirmation="") | Q(effective_at__isnull=False),
                name="agreement_confirmed_effective",
            ),
        ]
        indexes = [models.Index(fields=["effective_at"], name="agreement_figures")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_form_display()} {self.version}"


class Term(models.Model):
    """One thing that is to be done under an agreement, and whether it was."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case", "note_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("协议条款"), matters="agreement__case", told=("text", "note"))

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name="协议", related_name="terms")
    who = models.ForeignKey(
        Party, models.PROTECT, verbose_name="谁来做", null=True, blank=True, related_name="+"
    )
    text_sealed = models.BinaryField("做什么、怎么做", default=b"")
    due_on = models.DateField("最晚哪天", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=TermState, default=TermState.OPEN)
    settled_on = models.DateField("哪天履行的", null=True, blank=True)
    note_sealed = models.BinaryField("说明", default=b"")

    text = Sealed("text_sealed")
    note = Sealed("note_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "协议的履行"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=TermState.OPEN, settled_on__isnull=True)
                | (~Q(state=TermState.OPEN) & Q(settled_on__isnull=False)),
                name="term_settled_on",
            )
        ]
        indexes = [models.Index(fields=["due_on", "state"], name="term_figures")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.due_on}"

    @property
    def key(self) -> bytes:
        return bytes(self.agreement.case.key)

    @property
    def subject(self) -> str:
        """What its clock is about."""
        return f"med_term:{self.pk}"


class Signature(models.Model):
    """A mark under an agreement: of a party, a mediator, or the committee's seal. `how` it was made."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name="协议", related_name="signatures")
    role = models.CharField("身份", max_length=16, choices=Role)
    party = models.ForeignKey(
        Party, models.PROTECT, verbose_name="当事人", null=True, blank=True, related_name="+"
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="调解员", null=True, blank=True, related_name="+"
    )
    mark = models.CharField("怎样签的", max_length=16, choices=Mark)
    digest = models.CharField("签的是哪些文字", max_length=64)
    by = models.CharField("登记人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "协议签章"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.PARTY, party__isnull=False, worker__isnull=True)
                | Q(role=Role.MEDIATOR, party__isnull=True, worker__isnull=False)
                | Q(role=Role.SEAL, party__isnull=True, worker__isnull=True),
                name="signature_whose",
            ),
            models.UniqueConstraint(
                fields=["agreement", "party"], condition=Q(party__isnull=False), name="signature_party_once"
            ),
            models.UniqueConstraint(
                fields=["agreement", "worker"],
                condition=Q(worker__isnull=False),
                name="signature_worker_once",
            ),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(role=Role.SEAL), name="signature_one_seal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.get_role_display()}"
