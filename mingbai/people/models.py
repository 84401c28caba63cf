"""User, Grant, Worker, Duty, Absence, Partner and ApiKey: who acts, and for which part of the tree."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.crypto import new_key
from mingbai.core.sealed import Sealed
from mingbai.people.enums import AbsenceReason, Post, PostType
from mingbai.people.roles import RoleCode
from mingbai.places.enums import Line, Weekday
from mingbai.places.models import Organisation, Region, Station


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        """The sign-ins whose grants lie where this administrator may look."""
        from mingbai.people.perms import users_filter

        return self.filter(users_filter(user)).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    """Only what Django's own commands call; people are made by `people.actions`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do stands in their grants (role × region), nowhere else."""

    PERSONAL: ClassVar[dict[str, str]] = {"name": "staff", "email": "staff"}

    username = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("在用", default=True)
    pin = models.CharField("解锁码", max_length=128, blank=True)
    has_initial_password = models.BooleanField("初始密码待更换", default=False)
    created_at = models.DateTimeField("创建时间", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    # Django and allauth ask these of a user model; there is no superuser and no admin here.
    is_staff = False
    is_superuser = False

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor("user", str(self.pk), self.name, self)


class GrantQuerySet(models.QuerySet["Grant"]):
    def active(self, on: date) -> "GrantQuerySet":
        """What holds on that day: a revoked grant ends at once, an ended one after its last day."""
        return self.filter(
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=on),
            revoked_at__isnull=True,
            valid_from__lte=on,
        )

    def visible_to(self, user: User) -> "GrantQuerySet":
        from mingbai.people.perms import grants_filter

        return self.filter(grants_filter(user))


class Grant(models.Model):
    """A role over a region's subtree, or over one station only, from when to when (both days included)."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="grants")
    role = models.CharField("角色", max_length=24, choices=RoleCode)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划范围")
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", null=True, blank=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        ordering = ["user", "role", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_from__lte=models.F("valid_to")),
                name="grant_order",
                violation_error_message="授权的截止日期不能早于开始日期。",
            ),
            models.CheckConstraint(condition=models.Q(role__in=RoleCode.values), name="grant_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.station_id or self.region_id}"


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
    phone_hash = models.CharField("电话索引", max_length=32, blank=True, db_index=True)
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


class Slip(models.Model):
    """A one-time sign-in printed as a QR code from the register for somebody without a password."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="slips")
    secret_hash = models.CharField("令牌索引", max_length=64, unique=True)
    made_at = models.DateTimeField("制作时间")
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录条"

    def __str__(self) -> str:
        return f"{self.user} {self.expires_at:%Y-%m-%d}"


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: User) -> "PartnerQuerySet":
        from mingbai.people.perms import can
        from mingbai.people.roles import Permission

        return self if can(user, Permission.PARTNERS_EDIT) else self.none()


class Partner(models.Model):
    """Another system that hands matters over and reads their state: 12345, the provincial net."""

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[models.Manager["Partner"]] = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协作单位"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor("partner", self.code, self.name)


class ApiKey(models.Model):
    """A partner's key, shown once and stored hashed."""

    partner = models.ForeignKey(Partner, models.CASCADE, verbose_name="协作单位", related_name="keys")
    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4)
    secret_hash = models.CharField("密钥索引", max_length=64, unique=True)
    made_at = models.DateTimeField("制作时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口密钥"

    def __str__(self) -> str:
        return f"{self.partner} {self.made_at:%Y-%m-%d}"


class Brake(models.Model):
    """Wrong tries against one name, one PIN or one second factor, counted across all processes.

    `key` is a keyed hash: what was typed into the name field may be somebody's password.
    """

    key = models.CharField("对象索引", max_length=32, primary_key=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    since = models.DateTimeField("首次时间")
    until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "尝试次数"
        indexes = [models.Index(fields=["since"], name="brake_since")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.tries}"


class KeptForm(models.Model):
    """What somebody had typed when the session ended or locked; given back once after sign-in, then gone."""

    PERSONAL: ClassVar[dict[str, str]] = {"body_sealed": "kept_form"}

    token_hash = models.CharField("令牌索引", max_length=32, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="kept_forms")
    path = models.CharField("页面", max_length=500)
    key = models.BinaryField("密钥", default=new_key)
    body_sealed = models.BinaryField("内容", default=b"")
    expires_at = models.DateTimeField("保留至", db_index=True)

    body = Sealed("body_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "暂存表单"

    def __str__(self) -> str:
        return f"{self.user_id} {self.path}"
