"""Call and CallEvent: every incoming call is one row, answered or not, and each thing that happened to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.blind import HashField
from mingbai.core.crypto import new_key
from mingbai.core.elapsed import Elapsed
from mingbai.core.holdings import Held
from mingbai.core.literal import KeyField
from mingbai.core.sealed import Sealed
from mingbai.hotline.enums import UNMEASURED, CallEnd, CallSource, NoMatter, Recording, Step
from mingbai.people.models import Worker
from mingbai.places.models import Region, Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> CallQuerySet:
        """Calls to the lines of the user's stations, and from the regions in their reach."""
        from mingbai.hotline.perms import calls_filter

        return self.filter(calls_filter(user))

    def within(self, first: date, last: date) -> CallQuerySet:
        """Those that came in on these days, both counted; local days."""
        return self.filter(on__gte=first, on__lte=last)

    def answered(self) -> CallQuerySet:
        return self.filter(answered_at__isnull=False)

    def on_the_line(self) -> CallQuerySet:
        """Calls of the exchange that have not ended, through the index of those alone (`call_open`)."""
        return self.filter(source__literally=[CallSource.SWITCH], ended_at=None)

    def incoming(self) -> CallQuerySet:
        """What figures of the line count: not the calls that we made."""
        return self.filter(is_out=False)


class Call(models.Model):
    """One call (次). Without `answered_at` the caller hung up before anybody answered.

    `region` is where the caller is from as far as known: the city, where nobody knows. `on` is the local day
    of `offered_at`, kept by the actions: figures read it. `phone` is kept for 180 days (`forget_callers`);
    a matter has its speaker's besides, and keeps it longer.

    Of a call through our own exchange (`channel` is its name there) the times are kept by the hotline process
    from its events; `ended_by` says who ended it. `promised_at`: nobody was there, and its matter is the
    promise to call back. The recording lies encrypted under `recording_key` in the file store.

    `is_out`: a call that we made; `phone` is whom, `offered_at` when the seat asked for it. `transferred_at`,
    `giver`: it was handed over in the middle, by whom; `worker` and `seat` are who had it last. Of a call
    that another hotline put through `order_number` is their number of the matter. `grade`: what the caller
    pressed at the end, as a rating has it (5 very satisfied … 1 not at all); it becomes the matter's rating
    where there is one.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"phone_sealed": "hotline_call", "phone_hash": "hotline_call"}
    HELD: ClassVar[Held] = Held(_("来电"), matters="case", phones="call.phone", told=("phone",), own=True)

    BLIND: ClassVar[dict[str, tuple[str, str]]] = {"phone_hash": ("phone", "call.phone")}

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="接听站点", related_name="calls")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="来电地区", related_name="+")
    is_out = models.BooleanField("去电", default=False)
    on = models.DateField("日期")
    offered_at = models.DateTimeField("呼入时间")
    answered_at = models.DateTimeField("接通时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    wait_seconds = models.GeneratedField(
        verbose_name="等待秒数",
        expression=Elapsed("answered_at", "offered_at"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
        help_text="from offered_at to answered_at; kept by the database",
    )
    seat = models.CharField("席位", max_length=16, blank=True)
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="接听人", null=True, blank=True, related_name="calls"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="办件", null=True, blank=True, related_name="calls"
    )
    no_matter = models.CharField("无事项", max_length=16, choices=NoMatter, blank=True, default=NoMatter.NONE)
    source = models.CharField("来源", max_length=16, choices=CallSource)
    channel = KeyField("线路编号", max_length=64, blank=True)
    dialled = models.CharField("被叫号码", max_length=32, blank=True)
    queued_at = models.DateTimeField("排队时间", null=True, blank=True)
    ringing_at = models.DateTimeField("振铃时间", null=True, blank=True)
    forwarded_at = models.DateTimeField("转夜间值班时间", null=True, blank=True)
    promised_at = models.DateTimeField("承诺回电时间", null=True, blank=True)
    transferred_at = models.DateTimeField("转接时间", null=True, blank=True)
    giver = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="转出人", null=True, blank=True, related_name="calls_given"
    )
    wrapped_at = models.DateTimeField("整理完成时间", null=True, blank=True)
    held_seconds = models.PositiveIntegerField("保持秒数", default=0)
    ended_by = models.CharField("结束方", max_length=16, choices=CallEnd, blank=True)
    order_number = models.CharField("对方工单号", max_length=64, blank=True)
    grade = models.PositiveSmallIntegerField("按键评价", null=True, blank=True)
    graded_at = models.DateTimeField("按键评价时间", null=True, blank=True)
    aid_told_at = models.DateTimeField("告知可申请法律援助", null=True, blank=True)
    recording = models.CharField("录音", max_length=16, choices=Recording, blank=True, default="")
    recording_path = models.CharField("录音位置", max_length=64, blank=True)
    recording_digest = models.CharField("录音摘要", max_length=64, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    phone_sealed = models.BinaryField("主叫", default=b"")
    phone_hash = HashField("主叫索引", max_length=32, blank=True)
    recording_key = models.BinaryField("录音密钥", default=b"")

    phone = Sealed("phone_sealed")

    objects: ClassVar[CallQuerySet] = CallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "来电"
        constraints = [
            models.CheckConstraint(condition=Q(source__in=CallSource.values), name="call_source"),
            models.CheckConstraint(condition=Q(no_matter__in=NoMatter.values), name="call_no_matter"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("offered_at")),
                name="call_answered_after_offered",
                violation_error_message="接通时间早于呼入时间。",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("offered_at")),
                name="call_ended_after_offered",
                violation_error_message="结束时间早于呼入时间。",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=True)
                | Q(no_matter="", answered_at__isnull=False)
                | Q(no_matter="", promised_at__isnull=False)
                | Q(no_matter="", is_out=True),
                name="call_case_was_answered_or_promised",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__gte=1, grade__lte=5), name="call_grade"
            ),
            models.UniqueConstraint(fields=["channel"], condition=~Q(channel=""), name="call_channel_once"),
            models.CheckConstraint(condition=Q(ended_by__in=["", *CallEnd.values]), name="call_ended_by"),
            models.CheckConstraint(condition=Q(recording__in=Recording.values), name="call_recording"),
            models.CheckConstraint(
                condition=Q(ended_by="") | Q(ended_at__isnull=False), name="call_ended_by_has_time"
            ),
        ]
        indexes = [
            # Figures read it alone. Who was answered has waited so many seconds, perhaps none.
            models.Index(fields=["on", "region", "wait_seconds", "source", "is_out"], name="call_figures"),
            models.Index(fields=["station", "offered_at"], name="call_station"),
            models.Index(fields=["worker", "offered_at"], name="call_worker"),
            # Every seat asks several times a second who waits; open calls are few.
            models.Index(
                fields=["station", "offered_at"],
                condition=Q(ended_at=None, source__literally=[CallSource.SWITCH]),
                name="call_open",
            ),
            models.Index(fields=["phone_hash", "offered_at"], name="call_phone"),
            models.Index(
                fields=["recording"],
                condition=Q(recording__literally=[Recording.DUE]),
                name="call_recording_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.offered_at:%Y-%m-%d %H:%M}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"call:{self.pk}"

    @property
    def waited(self) -> timedelta | None:
        """How long the caller waited for an answer; None where nobody measured it or nobody answered."""
        if self.answered_at is None or self.source in UNMEASURED:
            return None
        return self.answered_at - self.offered_at


class CallEvent(models.Model):
    """One thing that happened to a call, as the hotline process saw it; only added to, never changed.

    `seat` is the seat's name where one had part in it. `data` holds codes and numbers, nothing personal.
    """

    PERSONAL: ClassVar[dict[str, str]] = {}

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="来电", related_name="events")
    seq = models.PositiveIntegerField("序号")
    kind = models.CharField("事件", max_length=16, choices=Step)
    at = models.DateTimeField("时间")
    seat = models.CharField("席位", max_length=16, blank=True)
    data = models.JSONField("内容", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "来电经过"
        ordering = ["call", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["call", "seq"], name="call_event_once"),
            models.CheckConstraint(condition=Q(kind__in=Step.values), name="call_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.seq} {self.kind}"
