"""User and Grant: who signs in, and what they may do where."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.holdings import Held
from mingbai.people.roles import RoleCode
from mingbai.places.models import Region, Station


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
    HELD: ClassVar[Held] = Held(why_not="staff, not a resident")

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

    def standing(self, on: date) -> "GrantQuerySet":
        """What holds on that day or will begin to."""
        return self.filter(
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=on), revoked_at__isnull=True
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
