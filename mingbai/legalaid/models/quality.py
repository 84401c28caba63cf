"""Criterion, GradeLine and Assessment: how well a matter with aid was worked, and what followed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.legalaid.enums import AssessState, Picked
from mingbai.legalaid.models.application import OfMatter
from mingbai.legalaid.models.handling import Assignment
from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.subsidies.enums import Grade

if TYPE_CHECKING:
    from mingbai.people.models import User


class Criterion(Dated):
    """One line of the sheet of a quality review, from a day on."""

    TABLE = "aid_criterion"

    code = models.SlugField("代码", max_length=32)
    name = models.CharField("评估项目", max_length=120)
    most = models.PositiveSmallIntegerField("满分", validators=[MinValueValidator(1), MaxValueValidator(100)])
    hint = models.CharField("怎样得分", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "质量评估项目"
        ordering = ["position", "code", "valid_from"]
        constraints = [
            *dated_constraints("aid_criterion"),
            models.CheckConstraint(condition=Q(most__gte=1, most__lte=100), name="aid_criterion_most"),
        ]

    def __str__(self) -> str:
        return self.name


class GradeLine(Dated):
    """From how many percent of the points on a matter has a grade; below the lowest line it has failed."""

    TABLE = "aid_grade_line"

    grade = models.CharField("等次", max_length=16, choices=Grade)
    least = models.PositiveSmallIntegerField("得分率不低于（%）", validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = verbose_name_plural = "质量等次"
        ordering = ["-least", "grade", "valid_from"]
        constraints = [
            *dated_constraints("aid_grade_line"),
            models.CheckConstraint(
                condition=Q(grade__in=[Grade.EXCELLENT, Grade.GOOD, Grade.PASSED]),
                name="aid_grade_line_grade",
            ),
            models.CheckConstraint(condition=Q(least__lte=100), name="aid_grade_line_least"),
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()} {self.least}%"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Those one has to make, those of one's own work once they are made, those of one's office."""
        from mingbai.legalaid.perms import assessments_filter

        return self.filter(assessments_filter(user))


class Assessment(OfMatter):
    """One quality review of one person's work in one closed matter, by somebody of another firm.

    `sheet`: [{"code", "name", "most", "points"}] as it held on the day of the review. `seed`: by which the
    lot can be drawn again.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "text_sealed": "case",
        "objection_sealed": "case",
        "answer_sealed": "case",
    }
    HELD: ClassVar[Held] = Held(_("质量评估"), matters="case")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_assessments")
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, verbose_name="承办", related_name="assessment"
    )
    reviewer = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="评估人", related_name="aid_assessments"
    )
    picked = models.CharField("怎样选的", max_length=16, choices=Picked)
    seed = models.CharField("抽签种子", max_length=64, blank=True)
    picked_by = models.CharField("选件人", max_length=64)
    picked_at = models.DateTimeField("选件时间")
    state = models.CharField("状态", max_length=16, choices=AssessState, default=AssessState.OPEN)
    sheet = models.JSONField("评分", default=list)
    grade = models.CharField("等次", max_length=16, choices=Grade, blank=True)
    text_sealed = models.BinaryField("评语", default=b"")
    rated_at = models.DateTimeField("评定时间", null=True, blank=True)
    object_by = models.DateTimeField("异议截止", null=True, blank=True)
    objection_sealed = models.BinaryField("异议", default=b"")
    objected_at = models.DateTimeField("异议时间", null=True, blank=True)
    answer_sealed = models.BinaryField("复核意见", default=b"")
    grade_before = models.CharField("原等次", max_length=16, choices=Grade, blank=True)
    judged_by = models.CharField("复核人", max_length=64, blank=True)
    judged_at = models.DateTimeField("复核时间", null=True, blank=True)

    text = Sealed("text_sealed")
    objection = Sealed("objection_sealed")
    answer = Sealed("answer_sealed")

    objects: ClassVar[AssessmentQuerySet] = AssessmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "质量评估"
        ordering = ["-picked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AssessState.OPEN, grade="", rated_at__isnull=True)
                | (~Q(state=AssessState.OPEN) & ~Q(grade="") & Q(rated_at__isnull=False)),
                name="aid_assessment_rated",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssessState.SETTLED) | Q(judged_at__isnull=False),
                name="aid_assessment_judged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_state_display()}"

    @property
    def points(self) -> int:
        return sum(row["points"] for row in self.sheet)

    @property
    def most(self) -> int:
        return sum(row["most"] for row in self.sheet)
