"""Worker, Skill, Duty and Absence: the register of people who serve, and their roster."""

from typing import Any, ClassVar

from django.db import models

from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.people.enums import AbsenceReason, Post, PostType
from mingbai.people.models.users import User
from mingbai.places.enums import Line, Weekday
from mingbai.places.models import Organisation, Region, Station


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, user: User) -> "WorkerQuerySet":
        """The part of the register that this user keeps, or assigns work from."""
        from mingbai.people.perms import workers_filter

        return self.filter(workers_filter(user))

    def active(self) -> "WorkerQuerySet":
        return self.filter(is_active=True)


class Worker(models.Model):
    """Anyone on the register of service people (台账), with or without a sign-in."""

    PERSONAL: ClassVar[dict[str, str]] = {"name": "staff", "phone_sealed": "staff", "phone_hash": "staff"}
    HELD: ClassVar[Held] = Held(why_not="staff, not a resident")

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"phone_hash": ("phone", "worker.phone")}

    code = models.CharField("编号", max_length=32, unique=True)
    name = models.CharField("姓名", max_length=64)
    post = models.CharField("岗位", max_length=24, choices=Post)
    post_type = models.CharField("用工类型", max_length=16, choices=PostType, blank=True)
    is_full_time = models.BooleanField("专职", default=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所属区划")
    station = models.ForeignKey(
        Station, models.PROTECT, verbose_name="所在站点", null=True, blank=True, related_name="workers"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="所属机构", null=True, blank=True, related_name="workers"
    )
    user = models.OneToOneField(
        User, models.SET_NULL, verbose_name="登录用户", null=True, blank=True, related_name="worker"
    )
    licence_no = models.CharField("执业证号", max_length=32, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    phone_sealed = models.BinaryField("电话", default=b"")
    phone_hash = HashField("电话索引", max_length=32, blank=True, db_index=True)
    is_active = models.BooleanField("在岗", default=True)

    phone = Sealed("phone_sealed")

    objects: ClassVar[models.Manager["Worker"]] = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务人员"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=models.Q(post__in=Post.values), name="worker_post")]
        indexes = [models.Index(fields=["region", "post"], name="worker_region_post")]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """What a worker can do: a line, and a topic of it where that matters."""

    worker = models.ForeignKey(Worker, models.CASCADE, verbose_name="人员", related_name="skills")
    line = models.CharField("业务", max_length=16, choices=Line)
    topic = models.CharField("专长", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专长"
        constraints = [models.UniqueConstraint(fields=["worker", "line", "topic"], name="skill_once")]

    def __str__(self) -> str:
        return f"{self.worker} {self.get_line_display()}{self.topic}"


class RosterQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> "RosterQuerySet":
        """Duties and absences of the workers whom this user sees."""
        from mingbai.people.perms import workers_filter

        return self.filter(worker__in=Worker.objects.filter(workers_filter(user)))


class Duty(models.Model):
    """Who serves where and when: weekly (weekday) or on one date."""

    worker = models.ForeignKey(Worker, models.CASCADE, verbose_name="人员", related_name="duties")
    station = models.ForeignKey(Station, models.CASCADE, verbose_name="站点", related_name="duties")
    line = models.CharField("业务", max_length=16, choices=Line, blank=True)
    weekday = models.CharField("星期", max_length=1, choices=Weekday, blank=True)
    date = models.DateField("日期", null=True, blank=True)
    starts = models.TimeField("自")
    ends = models.TimeField("至")

    objects: ClassVar[models.Manager["Duty"]] = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "排班"
        ordering = ["station", "date", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(weekday="") & models.Q(date__isnull=False))
                | (~models.Q(weekday="") & models.Q(date__isnull=True)),
                name="duty_weekly_or_dated",
                violation_error_message="排班须选择星期或日期之一。",
            ),
            models.CheckConstraint(condition=models.Q(starts__lt=models.F("ends")), name="duty_order"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.date or self.get_weekday_display()} {self.starts:%H:%M}"


class Absence(models.Model):
    """Who is away, and who stands in: a single person on leave must not stall a matter."""

    worker = models.ForeignKey(Worker, models.CASCADE, verbose_name="人员", related_name="absences")
    stand_in = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="代班人", null=True, blank=True, related_name="stands_in"
    )
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    reason = models.CharField("原因", max_length=16, choices=AbsenceReason, default=AbsenceReason.LEAVE)

    objects: ClassVar[models.Manager["Absence"]] = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on")), name="absence_order"
            ),
            models.CheckConstraint(
                condition=models.Q(stand_in__isnull=True) | ~models.Q(stand_in=models.F("worker")),
                name="absence_other_stands_in",
                violation_error_message="代班人不能是本人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.starts_on}-{self.ends_on}"
