"""VillageVisit: one visit to a village; what villages are owed, who advises them, who was taught what."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from mingbai.core.literal import KeyField
from mingbai.oversight.enums import QuotaCode, VillageClass, VisitKind
from mingbai.people.models import Worker
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.models import Region

if TYPE_CHECKING:
    from mingbai.people.models import User


class VillageVisitQuerySet(models.QuerySet["VillageVisit"]):
    def visible_to(self, user: User) -> VillageVisitQuerySet:
        """One's own, and those of the villages in one's reach."""
        from mingbai.oversight.perms import visits_filter

        return self.filter(visits_filter(user))

    def counted(self) -> VillageVisitQuerySet:
        """What was not struck out."""
        return self.filter(struck_at=None)


class VillageVisit(models.Model):
    """One visit of an adviser or worker to a village. It tells of no person: a matter is a case of its own.

    The one row from which quota, subsidy, figures and the station's score are counted. `client_key` is made
    by the phone, so that a form sent three times is one. A mistaken row is struck out, never changed.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="谁去的", related_name="village_visits")
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="村（社区）", related_name="village_visits"
    )
    on = models.DateField("日期")
    kind = models.CharField("做了什么", max_length=16, choices=VisitKind)
    hours = models.DecimalField("小时", max_digits=3, decimal_places=1)
    people = models.PositiveSmallIntegerField("服务人次")
    client_key = KeyField("客户端编号", max_length=64, blank=True)
    written_by = models.CharField("登记人", max_length=64)
    written_at = models.DateTimeField("登记时间")
    struck_at = models.DateTimeField("作废时间", null=True, blank=True)
    struck_by = models.CharField("作废人", max_length=64, blank=True)
    struck_for = models.CharField("作废理由", max_length=300, blank=True)

    objects: ClassVar[VillageVisitQuerySet] = VillageVisitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "到村服务"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="village_visit_kind"),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=24), name="village_visit_hours"),
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(client_key=""), name="village_visit_client_key"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "on"], name="village_visit_region"),
            models.Index(fields=["worker", "on"], name="village_visit_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.on} {self.get_kind_display()}"

    @property
    def chain(self) -> str:
        return f"village_visit:{self.pk}"


class Village(models.Model):
    """Of which class a village is, where somebody has said so: what it is owed depends on it."""

    region = models.OneToOneField(
        Region, models.PROTECT, verbose_name="村（社区）", primary_key=True, related_name="village"
    )
    village_class = models.CharField("类别", max_length=8, choices=VillageClass)

    class Meta:
        verbose_name = verbose_name_plural = "村居类别"
        ordering = ["region"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.get_village_class_display()}"


class AdviserTerm(models.Model):
    """Who advises a village, from when to when: one lawyer may have several villages."""

    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="法律顾问", related_name="adviser_terms")
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="村（社区）", related_name="adviser_terms"
    )
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "村居法律顾问聘期"
        ordering = ["region", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")), name="adviser_term_order"
            ),
            models.UniqueConstraint(
                fields=["worker", "region"], condition=Q(until=None), name="adviser_term_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.region_id}"


class QuotaRule(Dated):
    """What a village of a class ("": any) is owed, from when to when, with its source."""

    TABLE = "village_quota"

    code = models.CharField("要求", max_length=16, choices=QuotaCode)
    village_class = models.CharField("村居类别", max_length=8, choices=VillageClass, blank=True)
    amount = models.PositiveSmallIntegerField("数值", validators=[MaxValueValidator(200)])

    class Meta:
        verbose_name = verbose_name_plural = "到村要求"
        ordering = ["code", "village_class", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(code__in=QuotaCode.values), name="quota_rule_code"),
            *dated_constraints("quota_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.amount}"


class Training(models.Model):
    """What one 法律明白人 was taught, and whether they passed (2021 六部门《培养工作规范（试行）》)."""

    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="法律明白人", related_name="trainings")
    on = models.DateField("日期")
    topic = models.CharField("内容", max_length=120)
    hours = models.DecimalField("学时", max_digits=3, decimal_places=1)
    passed = models.BooleanField("考核合格", null=True, blank=True)
    certificate = KeyField("证书编号", max_length=40, blank=True)
    written_by = models.CharField("登记人", max_length=64)
    written_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "法律明白人培训"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=24), name="training_hours"),
            models.CheckConstraint(
                condition=Q(certificate="") | Q(passed=True),
                name="training_certificate",
                violation_error_message="考核合格才有证书。",
            ),
            models.UniqueConstraint(
                fields=["certificate"], condition=~Q(certificate=""), name="training_certificate_once"
            ),
        ]
        indexes = [models.Index(fields=["worker", "on"], name="training_worker")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.on} {self.topic}"
