"""Committee, Member, CommitteeRule: who mediates where, how a committee is made up, what the law counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.mediation.enums import RuleCode
from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Organisation

if TYPE_CHECKING:
    from mingbai.people.models import User


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: User) -> CommitteeQuerySet:
        """Everybody: committees are announced to the public (人民调解法 Art. 10)."""
        return self.all()


class Committee(models.Model):
    """A mediation committee: its organisation is the one of the register; `short` stands in file numbers."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, verbose_name="机构", related_name="committee"
    )
    short = models.CharField("卷宗字号里的简称", max_length=16)
    since = models.DateField("本届推选日期", null=True, blank=True)
    is_mixed = models.BooleanField("多民族居住的地方", default=False)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[CommitteeQuerySet] = CommitteeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "人民调解委员会"
        ordering = ["organisation__name"]
        constraints = [models.UniqueConstraint(fields=["short"], name="committee_short")]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"committee:{self.pk}"


class Member(models.Model):
    """Somebody of the register who sits in a committee, or mediates for it (`is_seat` False)."""

    committee = models.ForeignKey(Committee, models.PROTECT, verbose_name="调委会", related_name="members")
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="人员", related_name="committee_seats")
    is_seat = models.BooleanField("委员", default=True, help_text="不是委员的，是聘任的调解员")
    is_chair = models.BooleanField("主任", default=False)
    is_woman = models.BooleanField("妇女", default=False)
    is_minority = models.BooleanField("人数较少的民族", default=False)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "调委会成员"
        ordering = ["committee", "-is_chair", "-is_seat", "worker__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "worker"],
                condition=Q(until__isnull=True),
                name="member_once",
                violation_error_message="已经在这个调委会里。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.worker_id}"


class CommitteeRule(Dated):
    """A number that the law names for committees; dated, with its source."""

    TABLE = "committee_rule"

    code = models.CharField("哪个数", max_length=16, choices=RuleCode)
    amount = models.PositiveSmallIntegerField("数值")

    class Meta:
        verbose_name = verbose_name_plural = "调委会规则"
        ordering = ["code", "valid_from"]
        constraints = [
            *dated_constraints("committee_rule"),
            models.CheckConstraint(condition=Q(code__in=RuleCode.values), name="committee_rule_code"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.amount}"
