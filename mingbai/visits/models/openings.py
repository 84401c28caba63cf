"""Opening and Break: who receives where, when, for which lines; and when not. Slots come from them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.visits.enums import OnDayOff, Repeat, VisitKind

if TYPE_CHECKING:
    from mingbai.people.models import User


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, user: User) -> OpeningQuerySet:
        """The openings of the stations in the user's reach."""
        from mingbai.visits.perms import stations_seen

        return self.filter(station_id__in=stations_seen(user))

    def within(self, first: date, last: date) -> OpeningQuerySet:
        """Those whose rule holds on some day of a period; a rule that ended shortly before may be put off
        into it, so that a margin is kept for `rules.slots` to decide."""
        from mingbai.visits.rules.slots import FURTHEST

        return self.filter(Q(last_on=None) | Q(last_on__gte=first - FURTHEST), first_on__lte=last)


class Opening(models.Model):
    """A repeating rule by which somebody receives. Times are local; the last slot ends by `ends`.

    `lines` is a list of line codes, empty for all that the station offers; `weekdays` 0 (Monday) to 6,
    `month_days` 1 to 31 (31: the last day of a shorter month); `every` n-th week, counted from `first_on`.
    """

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="openings")
    kind = models.CharField("种类", max_length=16, choices=VisitKind, default=VisitKind.BOOKING)
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="接待人", null=True, blank=True, related_name="openings"
    )
    receives = models.CharField("谁接待", max_length=64)
    lines = models.JSONField("业务", default=list)
    room = models.CharField("在哪里", max_length=100, blank=True)
    repeat = models.CharField("重复", max_length=16, choices=Repeat, default=Repeat.WEEKLY)
    weekdays = models.JSONField("星期", default=list)
    month_days = models.JSONField("几号", default=list)
    every = models.PositiveSmallIntegerField("每几周", default=1)
    on_day_off = models.CharField("遇休息日", max_length=16, choices=OnDayOff, default=OnDayOff.SKIP)
    first_on = models.DateField("自")
    last_on = models.DateField("至", null=True, blank=True)
    starts = models.TimeField("开始")
    ends = models.TimeField("结束")
    minutes = models.PositiveSmallIntegerField(
        "每人几分钟", default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    capacity = models.PositiveSmallIntegerField(
        "同时几人", default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    ahead_days = models.PositiveSmallIntegerField("最早提前几天约", default=30)
    is_public = models.BooleanField("群众可自己预约", default=True)

    objects: ClassVar[OpeningQuerySet] = OpeningQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "开放时段"
        ordering = ["station", "kind", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=VisitKind.values) & ~Q(kind=VisitKind.WALK_IN), name="opening_kind"
            ),
            models.CheckConstraint(condition=Q(repeat__in=Repeat.values), name="opening_repeat"),
            models.CheckConstraint(condition=Q(on_day_off__in=OnDayOff.values), name="opening_on_day_off"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="opening_hours"),
            models.CheckConstraint(
                condition=Q(
                    minutes__gte=5, minutes__lte=480, capacity__gte=1, capacity__lte=50, every__gte=1
                ),
                name="opening_numbers",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="opening_order"
            ),
        ]
        indexes = [models.Index(fields=["station", "kind"], name="opening_station")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.receives} {self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"opening:{self.pk}"


class Break(models.Model):
    """Days (or hours of them) on which one opening does not receive, with the reason people read.

    Leave of a worker stands in the register of people, a shut station at the station; both count too.
    """

    opening = models.ForeignKey(Opening, models.CASCADE, verbose_name="开放时段", related_name="breaks")
    first_on = models.DateField("自")
    last_on = models.DateField("至")
    starts = models.TimeField("从几点", null=True, blank=True)
    ends = models.TimeField("到几点", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "停止接待"
        ordering = ["first_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="break_order"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False, starts__lt=F("ends")),
                name="break_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.first_on}-{self.last_on}"
