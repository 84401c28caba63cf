"""Plan, ServiceDay, TeamMember and PlanRun: a month's days, who goes, and the computing of a proposal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.people.models import Worker
from mingbai.places.models import Region, Station
from mingbai.servicedays.enums import DayState, PlanState, RunKind, RunState, Skill

if TYPE_CHECKING:
    from mingbai.people.models import User


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> PlanQuerySet:
        """The plans of the regions where this user plans or reads the board."""
        from mingbai.servicedays.perms import plans_filter

        return self.filter(plans_filter(user))


class Plan(models.Model):
    """One month of a region. `version` grows with each change: who edits an older one is told so.

    `baseline` holds what was needed when it was published ([[place, skill, count, urgent], …]); `changes`
    says in words what a replacement did to the plan before it.
    """

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="day_plans")
    month = models.PositiveIntegerField("月份", help_text="yyyymm")
    state = models.CharField("状态", max_length=16, choices=PlanState, default=PlanState.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    replaces = models.ForeignKey(
        "self", models.PROTECT, verbose_name="替换", null=True, blank=True, related_name="replaced_by"
    )
    baseline = models.JSONField("公布时的需求", default=list)
    changes = models.JSONField("改动", default=list)
    made_by = models.CharField("编制人", max_length=64)
    made_at = models.DateTimeField("编制时间")
    published_by = models.CharField("公布人", max_length=64, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)

    objects: ClassVar[PlanQuerySet] = PlanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "服务日计划"
        ordering = ["-month", "region", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state"),
            models.CheckConstraint(condition=Q(month__gte=200001, month__lte=299912), name="plan_month"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False)
                | Q(state__in=[PlanState.DRAFT.value, PlanState.DROPPED.value]),
                name="plan_published_at",
            ),
            *(
                models.UniqueConstraint(
                    fields=["region", "month"], condition=Q(state=state), name=f"plan_one_{state.value}"
                )
                for state in (PlanState.DRAFT, PlanState.PUBLISHED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"plan:{self.pk}"


class ServiceDayQuerySet(models.QuerySet["ServiceDay"]):
    def visible_to(self, user: User) -> ServiceDayQuerySet:
        """What is published is for everybody; a draft for who plans or reads the board there."""
        from mingbai.servicedays.perms import days_filter

        return self.filter(days_filter(user))

    def announced(self) -> ServiceDayQuerySet:
        return self.filter(state=DayState.PLANNED)

    def below(self, region: Region) -> ServiceDayQuerySet:
        return self.filter(Q(region=region.pk) | Q(region__path__startswith=f"{region.path}."))

    def within(self, first: date, last: date) -> ServiceDayQuerySet:
        return self.filter(on__gte=first, on__lte=last)


class ServiceDay(models.Model):
    """A service day at one place; an imported one has no plan and bears the ledger's number."""

    plan = models.ForeignKey(
        Plan, models.PROTECT, verbose_name="计划", null=True, blank=True, related_name="days"
    )
    number = models.CharField("台账编号", max_length=32, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地点", related_name="service_days")
    station = models.ForeignKey(
        Station, models.PROTECT, verbose_name="承办站点", null=True, blank=True, related_name="service_days"
    )
    room = models.CharField("具体地点", max_length=200, blank=True)
    on = models.DateField("日期")
    starts = models.TimeField("自", null=True, blank=True)
    ends = models.TimeField("至", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=DayState, default=DayState.DRAFT)
    why = models.JSONField("理由", default=list, help_text="sentences of the proposal")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    closed_at = models.DateTimeField("收班时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    reason = models.CharField("取消原因", max_length=300, blank=True)
    imported_from = models.CharField("导入自", max_length=64, blank=True)

    objects: ClassVar[ServiceDayQuerySet] = ServiceDayQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "公共法律服务日"
        ordering = ["on", "region", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DayState.values), name="service_day_state"),
            models.CheckConstraint(
                condition=Q(state=DayState.HELD, closed_at__isnull=False)
                | (~Q(state=DayState.HELD) & Q(closed_at__isnull=True)),
                name="service_day_closed_at",
                violation_error_message="收班时间与状态不一致。",
            ),
            models.CheckConstraint(
                condition=Q(state=DayState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=DayState.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="service_day_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(starts__lt=F("ends")),
                name="service_day_hours",
                violation_error_message="结束时间须晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=DayState.DRAFT) | Q(plan__isnull=False), name="service_day_draft_of_plan"
            ),
            models.UniqueConstraint(
                fields=["plan", "region", "on"],
                condition=~Q(state=DayState.CANCELLED),
                name="service_day_once",
                violation_error_message="这一天在这里已经有一场。",
            ),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="service_day_number"),
        ]
        indexes = [
            models.Index(fields=["state", "on"], name="service_day_next"),
            models.Index(fields=["region", "on"], name="service_day_place"),
            models.Index(fields=["on"], name="service_day_on"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.on}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"serviceday:{self.pk}"


class TeamMember(models.Model):
    """Who works which skill at a service day, and when they signed in there."""

    day = models.ForeignKey(ServiceDay, models.CASCADE, verbose_name="服务日", related_name="team")
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="人员", related_name="service_days")
    skill = models.CharField("专长", max_length=16, choices=Skill)
    came_at = models.DateTimeField("签到时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务日人员"
        ordering = ["day", "skill", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(skill__in=Skill.values), name="team_member_skill"),
            models.UniqueConstraint(
                fields=["day", "worker"],
                name="team_member_once",
                violation_error_message="这个人已经在这一天的队伍里。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.worker_id} {self.skill}"


class PlanRun(models.Model):
    """One computing of a proposal, claimed by a worker; what it has found so far survives its death.

    `result` = {"service_days": …} in the referee's format, with `why` per day; `notes` are sentences on
    what the month lacks and where a distance could not be known.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="计划", related_name="runs")
    city = models.CharField("市", max_length=12)
    month = models.PositiveIntegerField("月份", help_text="yyyymm")
    kind = models.CharField("种类", max_length=16, choices=RunKind, default=RunKind.PLAN)
    state = models.CharField("状态", max_length=16, choices=RunState, default=RunState.QUEUED)
    seconds = models.PositiveSmallIntegerField("时限（秒）", default=30)
    version = models.PositiveIntegerField("计划版本", help_text="the plan's when it was asked for")
    asked_by = models.CharField("发起人", max_length=64)
    asked_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    alive_at = models.DateTimeField("最近有动静", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    objective = models.FloatField("目标值", null=True, blank=True)
    bound = models.FloatField("下界", null=True, blank=True)
    greedy = models.FloatField("初始解", null=True, blank=True)
    result = models.JSONField("方案", default=dict)
    notes = models.JSONField("说明", default=list)
    error = models.CharField("错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排计划任务"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="plan_run_state"),
            models.UniqueConstraint(
                fields=["city", "month"],
                condition=Q(state__in=[RunState.QUEUED.value, RunState.RUNNING.value]),
                name="plan_run_one",
                violation_error_message="这个月正在排计划。",
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="plan_run_queue")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.get_state_display()}"

    @property
    def gap(self) -> float | None:
        """How far the objective lies above the bound, as a share of the bound; None while unknown."""
        if self.objective is None or not self.bound:
            return None
        return max(0.0, self.objective / self.bound - 1)
