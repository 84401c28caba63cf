"""AidLawyer, Assignment, AidReport, SoleFirm, Approval: who works a matter with aid, who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.legalaid.enums import AssignmentState, ReportKind, Step
from mingbai.legalaid.models.application import OfMatter
from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Organisation, Region
from mingbai.subsidies.enums import Stage as Phase

if TYPE_CHECKING:
    from mingbai.people.models import User


class AidLawyerQuerySet(models.QuerySet["AidLawyer"]):
    def visible_to(self, user: User) -> AidLawyerQuerySet:
        """Of the part of the register that the user keeps or assigns from."""
        return self.filter(worker__in=Worker.objects.visible_to(user))


class AidLawyer(models.Model):
    """A person of the register who takes legal aid: since when in practice, what for, how much at once."""

    worker = models.OneToOneField(Worker, models.CASCADE, verbose_name="人员", related_name="aid")
    practises_since = models.DateField("开始执业日期")
    groups = models.JSONField("擅长", default=list, blank=True, help_text="事项分组；空着是都可以")
    most_open = models.PositiveSmallIntegerField("同时最多承办", default=10)
    is_public_post = models.BooleanField("公职", default=False, help_text="不领劳务费")
    is_active = models.BooleanField("接受指派", default=True)

    objects: ClassVar[models.Manager[AidLawyer]] = AidLawyerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "法律援助人员"
        ordering = ["worker__code"]

    def __str__(self) -> str:
        return str(self.worker)


class Assignment(OfMatter):
    """Who works the matter. `standing`: the candidates as they stood then: the rotation can be checked.

    [{"code", "taken", "open", "far", "fits", "barred": [reasons]}, …] in the order proposed.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"why_sealed": "case", "end_why_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("法律援助指派"), matters="case")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_assignments")
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="承办人", related_name="aid_assignments")
    firm = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="律所", null=True, blank=True, related_name="+"
    )
    group = models.CharField("事项分组", max_length=16, blank=True)
    phase = models.CharField("办案阶段", max_length=16, blank=True, choices=Phase)
    state = models.CharField("状态", max_length=16, choices=AssignmentState, default=AssignmentState.ACTIVE)
    standing = models.JSONField("当时的名单", default=list)
    has_consents = models.BooleanField("双方已书面同意", default=False)
    why_sealed = models.BinaryField("为什么不按顺序", default=b"")
    assigned_by = models.CharField("指派人", max_length=64)
    assigned_at = models.DateTimeField("指派时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_why_sealed = models.BinaryField("为什么结束", default=b"")

    why = Sealed("why_sealed")
    end_why = Sealed("end_why_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "法律援助指派"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=AssignmentState.ACTIVE),
                name="aid_one_lawyer",
                violation_error_message="这件已经有人承办。",
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ACTIVE, ended_at__isnull=True)
                | (~Q(state=AssignmentState.ACTIVE) & Q(ended_at__isnull=False)),
                name="aid_assignment_ended_at",
            ),
        ]
        indexes = [models.Index(fields=["worker", "state", "assigned_at"], name="aid_worker_load")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.worker_id}"


class AidReport(OfMatter):
    """What the lawyer reports of the work (Art. 46), the closing report, and the return visit."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("承办报告"), matters="case", told=("text",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_reports")
    kind = models.CharField("种类", max_length=16, choices=ReportKind)
    step = models.CharField("到了哪一步", max_length=16, choices=Step, blank=True)
    happened_on = models.DateField("日期")
    text_sealed = models.BinaryField("内容", default=b"")
    hours = models.DecimalField("用时（小时）", max_digits=6, decimal_places=1, default=0)
    expenses = models.DecimalField("直接费用（元）", max_digits=9, decimal_places=2, default=0)
    is_happy = models.BooleanField("受援人满意", null=True, blank=True)
    by = models.CharField("报告人", max_length=64)
    at = models.DateTimeField("时间")

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "法律援助报告"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=0), name="aid_report_hours"),
            models.CheckConstraint(condition=Q(expenses__gte=0), name="aid_report_expenses"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind=ReportKind.VISIT), name="aid_visit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()} {self.happened_on}"


class SoleFirm(Dated):
    """A place with one firm only, where both sides may get it with written consents: a dated exception."""

    TABLE = "aid_sole_firm"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "只有一家律所的地方"
        ordering = ["region", "valid_from"]
        constraints = [*dated_constraints("aid_sole_firm")]

    def __str__(self) -> str:
        return str(self.region_id)


class Approval(Dated):
    """A place whose office approves in two steps: who works an application (承办人) does not decide it."""

    TABLE = "aid_approval"

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "由负责人审批的地方"
        ordering = ["region", "valid_from"]
        constraints = [*dated_constraints("aid_approval")]

    def __str__(self) -> str:
        return str(self.region_id)
