"""Supervision (督办): a late matter that is asked after, answered with a reason, ended by who oversees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.cases.models import Case
from mingbai.oversight.enums import Rung, SupervisionState
from mingbai.places.dated import Dated, dated_constraints

if TYPE_CHECKING:
    from mingbai.people.models import User


class ClimbRule(Dated):
    """From how many days over its time a matter is supervised, and by whom."""

    TABLE = "climb"

    rung = models.CharField("层级", max_length=1, choices=Rung)
    days = models.PositiveSmallIntegerField("超期天数")

    class Meta:
        verbose_name = verbose_name_plural = "督办规则"
        ordering = ["rung", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0), name="climb_rule_days"),
            *dated_constraints("climb_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rung_display()} {self.days}"


class SupervisionQuerySet(models.QuerySet["Supervision"]):
    def visible_to(self, user: User) -> SupervisionQuerySet:
        """Those of matters that the user sees."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))

    def running(self) -> SupervisionQuerySet:
        return self.exclude(state=SupervisionState.CLOSED)


class Supervision(models.Model):
    """One at a time a matter. The reply has a clock of the trunk; without one it climbs to the city."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="supervisions")
    rung = models.CharField("层级", max_length=1, choices=Rung, default=Rung.COUNTY)
    state = models.CharField("状态", max_length=12, choices=SupervisionState, default=SupervisionState.OPEN)
    reason = models.CharField("为什么督办", max_length=500)
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    answer = models.CharField("答复", max_length=2000, blank=True)
    answered_by = models.CharField("答复人", max_length=64, blank=True)
    answered_code = models.CharField("答复人代码", max_length=64, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    verdict = models.CharField("结束意见", max_length=500, blank=True)
    closed_by = models.CharField("结束人", max_length=64, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects: ClassVar[SupervisionQuerySet] = SupervisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "督办"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SupervisionState.values), name="supervision_state"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state=SupervisionState.CLOSED), name="supervision_one_running"
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.ANSWERED) | ~Q(answer=""), name="supervision_answer"
            ),
            models.CheckConstraint(
                condition=Q(state=SupervisionState.CLOSED, closed_at__isnull=False)
                | (~Q(state=SupervisionState.CLOSED) & Q(closed_at=None)),
                name="supervision_closed",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="supervision_state")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_rung_display()} {self.get_state_display()}"
