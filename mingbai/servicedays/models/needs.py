"""Need: who is missing where, since when, for how many; bound to its matter where there is one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.literal import KeyField
from mingbai.core.sealed import Sealed
from mingbai.places.models import Region
from mingbai.servicedays.enums import NeedSource, NeedState, Skill
from mingbai.servicedays.models.plans import ServiceDay

if TYPE_CHECKING:
    from mingbai.people.models import User

MOST_PEOPLE = 200


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: User) -> NeedQuerySet:
        """The needs below the user's stations and regions: every list begins here."""
        from mingbai.servicedays.perms import needs_filter

        return self.filter(needs_filter(user))

    def open(self) -> NeedQuerySet:
        return self.filter(state=NeedState.OPEN)

    def waiting_order(self) -> NeedQuerySet:
        """Urgent first, then who has waited longest."""
        return self.order_by("-is_urgent", "since", "id")

    def older_than(self, day: date) -> NeedQuerySet:
        return self.filter(since__lt=day)


class Need(models.Model):
    """`count` people who wait for one skill at a place; `served` of them have been seen.

    `region` is where they live, `spot` the township or hosting community that counts and serves them;
    `city` and `county` are the spot's, kept by actions, since sums and lists filter by them. `client_key`
    is made by the device that wrote it down: the same one sent again is the same need.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "name_sealed": "service_need",
        "phone_sealed": "service_need",
        "text_sealed": "service_need",
        "phone_hash": "service_need",
        "name_hash": "service_need",
    }
    HELD: ClassVar[Held] = Held(
        _("服务日的需求"), matters="case", phones="resident.phone", told=("name", "phone", "text"), own=True
    )

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {
        "name_hash": ("name", "resident.name"),
        "phone_hash": ("phone", "resident.phone"),
    }

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在地", related_name="+")
    spot = models.ForeignKey(Region, models.PROTECT, verbose_name="计入地点", related_name="day_needs")
    city = models.CharField("市", max_length=12)
    county = models.CharField("县区", max_length=12, blank=True)
    skill = models.CharField("专长", max_length=16, choices=Skill)
    is_urgent = models.BooleanField("紧急", default=False)
    count = models.PositiveSmallIntegerField("人数", default=1)
    served = models.PositiveSmallIntegerField("已服务人数", default=0)
    since = models.DateField("从何时起")
    source = models.CharField("来源", max_length=16, choices=NeedSource)
    state = models.CharField("状态", max_length=16, choices=NeedState, default=NeedState.OPEN)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="办件", null=True, blank=True, related_name="day_needs"
    )
    day = models.ForeignKey(
        ServiceDay,
        models.PROTECT,
        verbose_name="预约的服务日",
        null=True,
        blank=True,
        related_name="reservations",
    )

    key = models.BinaryField("密钥", default=new_key)
    name_sealed = models.BinaryField("姓名", default=b"")
    phone_sealed = models.BinaryField("电话", default=b"")
    text_sealed = models.BinaryField("说明", default=b"")
    phone_hash = HashField("电话索引", max_length=32, blank=True)
    name_hash = HashField("姓名索引", max_length=32, blank=True)

    client_key = KeyField("客户端编号", max_length=64, blank=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    taken_by = models.CharField("登记人", max_length=64)
    taken_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    reason = models.CharField("结束原因", max_length=300, blank=True)

    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")
    text = Sealed("text_sealed")

    objects: ClassVar[NeedQuerySet] = NeedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "服务日需求"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NeedState.values), name="need_state"),
            models.CheckConstraint(condition=Q(skill__in=Skill.values), name="need_skill"),
            models.CheckConstraint(condition=Q(source__in=NeedSource.values), name="need_source"),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MOST_PEOPLE, served__lte=F("count")),
                name="need_count",
                violation_error_message="人数为 1 到 200。",
            ),
            models.CheckConstraint(
                condition=Q(state=NeedState.OPEN, ended_at__isnull=True)
                | (~Q(state=NeedState.OPEN) & Q(ended_at__isnull=False)),
                name="need_ended_at",
            ),
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(client_key=""), name="need_client_key"
            ),
            models.UniqueConstraint(
                fields=["case", "skill"], condition=Q(state=NeedState.OPEN), name="need_of_case_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "city", "county", "spot", "skill"], name="need_sums"),
            models.Index(fields=["state", "spot", "is_urgent", "since"], name="need_list"),
            models.Index(fields=["state", "ended_at"], name="need_ended"),
            models.Index(fields=["phone_hash"], name="need_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.spot_id} {self.get_skill_display()} {self.count}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"need:{self.pk}"

    @property
    def waiting(self) -> int:
        """How many people still wait."""
        return self.count - self.served if self.state == NeedState.OPEN else 0
