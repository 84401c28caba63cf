"""Application, Decision and Objection: what is asked for, decided, and said against the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.blind import HashField
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.legalaid.enums import (
    FOUR_EYES,
    Claim,
    DecisionKind,
    DecisionState,
    EndGround,
    Form,
    Hurry,
    Judgement,
    Mandate,
    PlaceOf,
    Shown,
    Source,
    Stage,
)
from mingbai.places.models import Organisation

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


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> ApplicationQuerySet:
        """Those whose matter the user may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"), case__kind="legal_aid")


class Application(OfMatter):
    """One application, with one case: its stage, who speaks, who is the party and who may be told are the
    case's. Written when the case is opened; what is not known yet is asked for in the review.

    `means_sealed`: JSON {"income": "1200.50" | "", "heads": 3 | 0, "text": "…"}, a month and head, as stated.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "means_sealed": "case",
        "opponent_sealed": "case",
        "opponent_hash": "case",
    }
    HELD: ClassVar[Held] = Held(_("法律援助申请"), matters="case", told=("means", "opponent"))

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"opponent_hash": ("opponent", "resident.name")}

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="办件", related_name="aid")
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.OWN)
    matter = models.CharField("事项代码", max_length=32, blank=True)
    form = models.CharField("援助形式", max_length=16, choices=Form, blank=True)
    claim = models.CharField("依据的条件", max_length=16, choices=Claim, blank=True)
    belonging = models.CharField("特定人员代码", max_length=32, blank=True)
    shown = models.CharField("怎样证明", max_length=16, choices=Shown, default=Shown.NONE, blank=True)
    place_of = models.CharField("按什么定管辖", max_length=16, choices=PlaceOf, blank=True)
    body = models.CharField("办案机关", max_length=100, blank=True)
    mandate = models.CharField("谁来申请", max_length=16, choices=Mandate, default=Mandate.SELF)
    hurry = models.CharField("紧急情形", max_length=16, choices=Hurry, default=Hurry.NO, blank=True)
    is_grave = models.BooleanField("可能判处无期徒刑、死刑或死刑复核", default=False)
    organ = models.CharField("通知或转来的机关", max_length=100, blank=True)
    handed_at = models.DateTimeField("交给机关、值班律师的时间", null=True, blank=True)
    means_sealed = models.BinaryField("经济状况", default=b"")
    opponent_sealed = models.BinaryField("对方", default=b"")
    opponent_hash = HashField("对方索引", max_length=32, blank=True)
    opponent_firm = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="对方的律所", null=True, blank=True, related_name="+"
    )
    stated_at = models.DateTimeField("填报时间", null=True, blank=True)

    means = Sealed("means_sealed")
    opponent = Sealed("opponent_sealed")

    objects: ClassVar[models.Manager[Application]] = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "法律援助申请"
        constraints = [
            models.CheckConstraint(condition=Q(source__in=Source.values), name="aid_source"),
            models.CheckConstraint(condition=Q(claim__in=["", *Claim.values]), name="aid_claim"),
            models.CheckConstraint(
                condition=~Q(claim=Claim.BELONGING) | ~Q(shown=Shown.COMMITMENT),
                name="aid_belonging_is_shown",
                violation_error_message="承诺可以代替经济困难的证明，不能代替特定人员的证明。",
            ),
        ]
        indexes = [models.Index(fields=["opponent_hash"], name="aid_opponent")]

    def __str__(self) -> str:
        return f"法律援助 {self.case_id}"

    @property
    def stage(self) -> str:
        """The trunk keeps it: its clocks start and end by it."""
        return self.case.stage if self.case.stage in Stage.values else ""


class Decision(OfMatter):
    """What was decided, by whom, why, and what can be done against it. Never edited: another one follows.

    `reason_sealed` is read by the applicant; `made_by` and `proposed_by` are actor codes.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"reason_sealed": "case", "note_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("法律援助决定"), matters="case", told=("reason", "note"))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_decisions")
    kind = models.CharField("决定", max_length=16, choices=DecisionKind)
    state = models.CharField("状态", max_length=16, choices=DecisionState)
    ground = models.CharField("终止情形", max_length=16, choices=EndGround, blank=True)
    hurry = models.CharField("紧急情形", max_length=16, choices=Hurry, blank=True)
    office = models.CharField("转交给", max_length=200, blank=True)
    laws = models.JSONField("依据", default=list)
    reason_sealed = models.BinaryField("理由", default=b"")
    note_sealed = models.BinaryField("复核意见", default=b"")
    stage_before = models.CharField("原环节", max_length=32, blank=True)
    proposed_by = models.CharField("提出人代码", max_length=64, blank=True)
    proposed_name = models.CharField("提出人", max_length=64, blank=True)
    proposed_at = models.DateTimeField("提出时间", null=True, blank=True)
    made_by = models.CharField("决定人代码", max_length=64, blank=True)
    made_name = models.CharField("决定人", max_length=64, blank=True)
    made_at = models.DateTimeField("决定时间", null=True, blank=True)

    reason = Sealed("reason_sealed")
    note = Sealed("note_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "法律援助决定"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(FOUR_EYES), state=DecisionState.MADE)
                | (~Q(proposed_by="") & ~Q(made_by=F("proposed_by"))),
                name="aid_four_eyes",
                violation_error_message="不予援助、终止援助须由另一人复核后作出。",
            ),
            models.CheckConstraint(
                condition=Q(state=DecisionState.PROPOSED, made_at__isnull=True)
                | (~Q(state=DecisionState.PROPOSED) & Q(made_at__isnull=False)),
                name="aid_decision_made_at",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=DecisionState.PROPOSED), name="aid_one_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"


class Objection(OfMatter):
    """An objection to the bureau against a refusal or a termination, and what the bureau says (Art. 49)."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case", "answer_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("法律援助异议"), matters="case", told=("text", "answer"))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_objections")
    decision = models.ForeignKey(Decision, models.PROTECT, verbose_name="决定", related_name="objections")
    text_sealed = models.BinaryField("异议", default=b"")
    filed_by = models.CharField("提出人", max_length=64)
    filed_at = models.DateTimeField("提出时间")
    outcome = models.CharField("结果", max_length=16, choices=Judgement, default=Judgement.OPEN, blank=True)
    answer_sealed = models.BinaryField("审查意见", default=b"")
    judged_by = models.CharField("审查人", max_length=64, blank=True)
    judged_at = models.DateTimeField("审查时间", null=True, blank=True)

    text = Sealed("text_sealed")
    answer = Sealed("answer_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "法律援助异议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], name="aid_objection_once", violation_error_message="已经提出过异议。"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", judged_at__isnull=True)
                | (~Q(outcome="") & Q(judged_at__isnull=False)),
                name="aid_objection_judged_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_outcome_display()}"
