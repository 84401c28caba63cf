"""Visit: walk-in, booking, leader's reception or home visit; line and outcome are all that it needs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.cases.enums import Channel, Mode
from mingbai.cases.models import Case
from mingbai.core.crypto import new_key
from mingbai.core.sealed import Sealed
from mingbai.people.models import Worker
from mingbai.places.enums import Line
from mingbai.places.models import Station
from mingbai.visits.enums import OPEN_STATES, Priority, VisitKind, VisitState
from mingbai.visits.models.openings import Opening

if TYPE_CHECKING:
    from mingbai.people.models import User


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """The visits of the stations in the user's reach: every list begins here."""
        from mingbai.visits.perms import stations_seen

        return self.filter(station_id__in=stations_seen(user))

    def open(self) -> VisitQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def served(self) -> VisitQuerySet:
        return self.filter(state=VisitState.SERVED)

    def within(self, first: date, last: date) -> VisitQuerySet:
        return self.filter(on__gte=first, on__lte=last)


class Visit(models.Model):
    """Somebody comes, or we go. `on` is its local day, `at` when they came (or should come).

    A booking holds one of the opening's `seat`s (0 … capacity - 1) at `starts_at`: the database lets two
    have it never. A ticket is `letter` and `seq` of the day; `foreign_number` is that of the hall's own
    machine. `displaced_at`: its slot is gone (a holiday, a break) and another was offered. Of a home visit
    `spot` is where the home is ("latitude,longitude" in degrees) and `tour_seq` its turn in the day's tour.
    `end_key` is the key of the form that ended it: a phone that heard no answer sends it again.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "name_sealed": "visit",
        "phone_sealed": "visit",
        "text_sealed": "visit",
        "said_sealed": "visit",
        "place_sealed": "visit",
        "spot_sealed": "visit",
        "code_sealed": "visit",
        "phone_hash": "visit",
    }

    kind = models.CharField("种类", max_length=16, choices=VisitKind)
    state = models.CharField("状态", max_length=16, choices=VisitState)
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="visits")
    line = models.CharField("业务", max_length=16, choices=Line, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=Mode, blank=True)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="办件", null=True, blank=True, related_name="visits"
    )
    channel = models.CharField("渠道", max_length=16, choices=Channel)

    opening = models.ForeignKey(
        Opening, models.PROTECT, verbose_name="开放时段", null=True, blank=True, related_name="visits"
    )
    starts_at = models.DateTimeField("约定时间", null=True, blank=True)
    ends_at = models.DateTimeField("到", null=True, blank=True)
    seat = models.PositiveSmallIntegerField("席位", null=True, blank=True)
    displaced_at = models.DateTimeField("时段被取消", null=True, blank=True)

    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    letter = models.CharField("号头", max_length=2, blank=True)
    seq = models.PositiveSmallIntegerField("号", null=True, blank=True)
    foreign_number = models.CharField("叫号机的号", max_length=16, blank=True)
    priority = models.CharField("优先", max_length=16, choices=Priority, default=Priority.NONE, blank=True)
    window = models.PositiveSmallIntegerField("窗口", null=True, blank=True)
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="接待人", null=True, blank=True, related_name="visits"
    )
    waiting_since = models.DateTimeField("等候自", null=True, blank=True)
    called_at = models.DateTimeField("叫号时间", null=True, blank=True)
    calls = models.PositiveSmallIntegerField("叫了几次", default=0)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    key = models.BinaryField("密钥", default=new_key)
    name_sealed = models.BinaryField("姓名", default=b"")
    phone_sealed = models.BinaryField("电话", default=b"")
    text_sealed = models.BinaryField("来意", default=b"")
    said_sealed = models.BinaryField("谈了什么", default=b"")
    place_sealed = models.BinaryField("上门地址", default=b"")
    spot_sealed = models.BinaryField("上门坐标", default=b"")
    tour_seq = models.PositiveSmallIntegerField("第几家", null=True, blank=True)
    code_sealed = models.BinaryField("查看码", default=b"")
    phone_hash = models.CharField("电话索引", max_length=32, blank=True)
    code_hash = models.CharField("查看码索引", max_length=32, blank=True)

    grade = models.PositiveSmallIntegerField("评价", null=True, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    client_key = models.CharField("客户端编号", max_length=64, blank=True)
    end_key = models.CharField("结束时的编号", max_length=64, blank=True)
    imported_from = models.CharField("导入自", max_length=64, blank=True)
    written_by = models.CharField("登记人", max_length=64)
    written_at = models.DateTimeField("登记时间")
    reason = models.CharField("取消原因", max_length=300, blank=True)

    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")
    text = Sealed("text_sealed")
    said = Sealed("said_sealed")
    place = Sealed("place_sealed")
    spot = Sealed("spot_sealed")
    code = Sealed("code_sealed")

    objects: ClassVar[VisitQuerySet] = VisitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "来访"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="visit_kind"),
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="visit_priority"),
            models.CheckConstraint(
                condition=~Q(state=VisitState.SERVED)
                | Q(kind=VisitKind.RECEPTION)
                | (~Q(line="") & Q(outcome__in=Mode.values)),
                name="visit_line_and_outcome",
                violation_error_message="请选择业务和结果。",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=sorted(OPEN_STATES)) & Q(ended_at__isnull=True))
                | (~Q(state__in=sorted(OPEN_STATES)) & Q(ended_at__isnull=False)),
                name="visit_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(opening__isnull=True, seat__isnull=True)
                | Q(opening__isnull=False, seat__isnull=False, starts_at__isnull=False),
                name="visit_slot_whole",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__gte=1, grade__lte=5), name="visit_grade"
            ),
            models.UniqueConstraint(
                fields=["opening", "starts_at", "seat"],
                condition=~Q(state=VisitState.CANCELLED) & Q(seat__isnull=False),
                name="visit_seat_once",
            ),
            models.UniqueConstraint(
                fields=["station", "on", "letter", "seq"],
                condition=Q(seq__isnull=False),
                name="visit_ticket_once",
            ),
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(client_key=""), name="visit_client_key"
            ),
            models.UniqueConstraint(fields=["code_hash"], condition=~Q(code_hash=""), name="visit_code"),
        ]
        indexes = [
            models.Index(fields=["station", "on", "state"], name="visit_day"),
            models.Index(fields=["opening", "starts_at"], name="visit_slot"),
            models.Index(fields=["state", "starts_at"], name="visit_bookings"),
            models.Index(fields=["on", "kind", "state"], name="visit_figures"),
            models.Index(fields=["phone_hash"], name="visit_phone"),
            models.Index(fields=["ended_at"], name="visit_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on} {self.number}".strip()

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"visit:{self.pk}"

    @property
    def number(self) -> str:
        """What is called: A012, or the number of the hall's own machine; "" without a ticket."""
        return f"{self.letter}{self.seq:03d}" if self.seq is not None else self.foreign_number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
