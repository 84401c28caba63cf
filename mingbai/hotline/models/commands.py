"""SeatCommand: what a seat wants of its call. ExpectedCall: a call that another hotline announces."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.hotline.enums import CommandState, Target, Unreached, Want
from mingbai.hotline.models.calls import Call
from mingbai.people.models import Partner, Worker
from mingbai.places.models import Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class SeatCommandQuerySet(models.QuerySet["SeatCommand"]):
    def visible_to(self, user: User) -> SeatCommandQuerySet:
        """Those of the calls that one sees."""
        return self.filter(call__in=Call.objects.visible_to(user))


class SeatCommand(models.Model):
    """What somebody at a seat wanted of their call, and what became of it: who, to whom, when.

    The page asks, the hotline process follows (it alone speaks with the exchange) and says what came of it.
    `to` is the seat's name, the station's code or "12345"; `number` what is dialled, sealed like a caller's.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"number_sealed": "hotline_call"}
    HELD: ClassVar[Held] = Held(_("席位指令"), matters="call__case", told=("number",), own=True)

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="+")
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="通话", related_name="commands")
    seat = models.CharField("席位", max_length=16)
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="提出人", related_name="+")
    what = models.CharField("要求", max_length=16, choices=Want)
    target = models.CharField("对象", max_length=16, choices=Target, blank=True, default=Target.NONE)
    to = models.CharField("对象代码", max_length=16, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    number_sealed = models.BinaryField("号码", default=b"")
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField("结果", max_length=16, choices=CommandState, default=CommandState.ASKED)
    why = models.CharField("原因", max_length=16, choices=Unreached, blank=True, default=Unreached.NONE)
    moved_at = models.DateTimeField("最近变化", null=True, blank=True)

    number = Sealed("number_sealed")

    objects: ClassVar[SeatCommandQuerySet] = SeatCommandQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "席位指令"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=Want.values), name="seat_command_what"),
            models.CheckConstraint(condition=Q(target__in=Target.values), name="seat_command_target"),
            models.CheckConstraint(condition=Q(state__in=CommandState.values), name="seat_command_state"),
            models.CheckConstraint(condition=Q(why__in=Unreached.values), name="seat_command_why"),
        ]
        indexes = [
            models.Index(
                fields=["station"], condition=Q(state=CommandState.ASKED), name="seat_command_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.what}"


class ExpectedCallQuerySet(models.QuerySet["ExpectedCall"]):
    def visible_to(self, user: User) -> ExpectedCallQuerySet:
        """Nobody looks at these: the call that comes shows what was announced."""
        return self.none()


class ExpectedCall(models.Model):
    """Another hotline puts a caller through in a moment, and says about which of its orders.

    Good for some minutes; the numbers are destroyed with those of old calls.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"phone_hash": "hotline_call"}
    HELD: ClassVar[Held] = Held(_("预告来电"), matters="call__case")

    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name="协作单位", related_name="+")
    phone_hash = models.CharField("主叫索引", max_length=32)
    order_number = models.CharField("对方工单号", max_length=64)
    at = models.DateTimeField("预告时间")
    call = models.ForeignKey(
        Call, models.PROTECT, verbose_name="来电", null=True, blank=True, related_name="+"
    )

    objects: ClassVar[ExpectedCallQuerySet] = ExpectedCallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "预告来电"
        indexes = [models.Index(fields=["phone_hash", "at"], name="expected_call_phone")]

    def __str__(self) -> str:
        return self.order_number
