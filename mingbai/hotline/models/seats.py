"""Seat: a place where calls are answered and who sits there; Pulse: whether the line is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.hotline.enums import Busy, PauseReason, SeatState, Voice
from mingbai.hotline.models.calls import Call
from mingbai.people.models import Worker
from mingbai.places.models import Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, user: User) -> SeatQuerySet:
        """The seats of the user's stations."""
        from mingbai.hotline.perms import seats_filter

        return self.filter(seats_filter(user))

    def staffed(self) -> SeatQuerySet:
        return self.exclude(state=SeatState.OFF)


class Seat(models.Model):
    """One place of a line. `name` is the exchange's word for it ("seat-1", "phone-2"; any where no voice).

    `state` is what whoever sits there said, `busy` what the line makes of it. The password of the browser's
    telephone is made from `signed_in_at`, so that it is another one each time and stands nowhere.
    """

    PERSONAL: ClassVar[dict[str, str]] = {}

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="seats")
    name = models.CharField("席位", max_length=16)
    voice = models.CharField("话机", max_length=16, choices=Voice, default=Voice.BROWSER)
    worker = models.OneToOneField(
        Worker, models.PROTECT, verbose_name="值班人员", null=True, blank=True, related_name="seat"
    )
    state = models.CharField("状态", max_length=16, choices=SeatState, default=SeatState.OFF)
    reason = models.CharField("小休原因", max_length=16, choices=PauseReason, blank=True)
    busy = models.CharField("占用", max_length=16, choices=Busy, blank=True, default=Busy.FREE)
    call = models.ForeignKey(
        Call, models.PROTECT, verbose_name="当前来电", null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField("起始时间", null=True, blank=True)
    signed_in_at = models.DateTimeField("签入时间", null=True, blank=True)

    objects: ClassVar[SeatQuerySet] = SeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "席位"
        ordering = ["station", "name"]
        constraints = [
            models.UniqueConstraint(fields=["station", "name"], name="seat_once"),
            models.CheckConstraint(condition=Q(voice__in=Voice.values), name="seat_voice"),
            models.CheckConstraint(condition=Q(busy__in=Busy.values), name="seat_busy"),
            models.CheckConstraint(
                condition=Q(state=SeatState.OFF, worker__isnull=True, signed_in_at__isnull=True)
                | Q(state__in=[SeatState.READY, SeatState.PAUSE], worker__isnull=False),
                name="seat_staffed_or_off",
            ),
            models.CheckConstraint(
                condition=Q(state=SeatState.PAUSE) | Q(reason=""), name="seat_reason_of_pause"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"seat:{self.pk}"


class Pulse(models.Model):
    """When the hotline process of a line was last alive, and whether it had the exchange on the line."""

    PERSONAL: ClassVar[dict[str, str]] = {}

    station = models.OneToOneField(
        Station, models.PROTECT, verbose_name="站点", primary_key=True, related_name="pulse"
    )
    at = models.DateTimeField("最近一次")
    has_exchange = models.BooleanField("电话交换机在线", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "热线进程心跳"

    def __str__(self) -> str:
        return f"{self.station_id} {self.at:%H:%M:%S}"
