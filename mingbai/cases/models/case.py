"""Case, Submission, Handover and CoHandler: a matter with one number and exactly one owner."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import (
    ENDED_STATES,
    IN_WORK,
    OPEN_STATES,
    Channel,
    HandoverState,
    MayBeTold,
    Place,
    State,
    Tell,
    WaitingOn,
)
from mingbai.cases.models.resident import Resident
from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.literal import KeyField
from mingbai.core.numbers import group_number
from mingbai.core.sealed import Sealed
from mingbai.knowledge.enums import Topic
from mingbai.people.models import Partner, Worker
from mingbai.places.models import Region, Station

if TYPE_CHECKING:
    from mingbai.cases.models.clock import Clock
    from mingbai.people.models import User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: "User") -> "CaseQuerySet":
        """The matters this user may see: every list begins here."""
        from mingbai.cases.perms import visible_filter

        return self.filter(visible_filter(user))

    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def late(self, now: datetime) -> "CaseQuerySet":
        return self.open().filter(due_at__lt=now)

    def work_order(self) -> "CaseQuerySet":
        """Due first, in an order that the indexes of the work list hold."""
        return self.order_by("due_at", "id")


class Case(models.Model):
    """One matter. `city` and `county` are of the owning station, kept by actions: lists filter by them."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "text_sealed": "case",
        "place_text_sealed": "case",
        "follow_code_sealed": "case",
        "summary_sealed": "case",
    }
    HELD: ClassVar[Held] = Held(_("诉求"), matters="pk", told=("text", "summary", "place_text"))

    number = models.CharField("办件编号", max_length=13, unique=True)
    kind = models.CharField("类别", max_length=16)
    state = models.CharField("状态", max_length=16, choices=State, default=State.RECEIVED)
    stage = models.CharField("环节", max_length=32, blank=True)
    topic = models.CharField("主题", max_length=16, choices=Topic, blank=True)
    channel = models.CharField("渠道", max_length=16, choices=Channel)
    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name="协作单位", null=True, blank=True)
    partner_number = KeyField("来源编号", max_length=64, blank=True)
    imported_from = models.CharField("导入自", max_length=64, blank=True)

    place = models.CharField("地点是否明确", max_length=16, choices=Place, default=Place.KNOWN)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="事发地", null=True, blank=True)
    city = models.CharField("市", max_length=12)
    county = models.CharField("县区", max_length=12, blank=True)

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="主办站点", related_name="cases")
    owner = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="主办人", null=True, blank=True, related_name="cases"
    )
    waiting_on = models.CharField("等谁", max_length=16, choices=WaitingOn, default=WaitingOn.STATION)
    due_at = models.DateTimeField("到期", null=True, blank=True)
    is_urgent = models.BooleanField("紧急", default=False)
    is_wage = models.BooleanField("欠薪求助", default=False)
    at_risk = models.BooleanField("有待处置的风险", default=False, help_text="a risk card is open")
    is_confidential = models.BooleanField("要求保密", default=False)
    is_instant = models.BooleanField(
        "即时咨询", default=False, help_text="answered at once; else a work order"
    )
    is_extended = models.BooleanField("已延期", default=False)
    ran_out = models.BooleanField(
        "有时限超过", default=False, help_text="one of its clocks ran out, running or ended (_clockwork.py)"
    )

    key = models.BinaryField("密钥", default=new_key)
    text_sealed = models.BinaryField("诉求", default=b"")
    summary_sealed = models.BinaryField("摘要", default=b"")
    place_text_sealed = models.BinaryField("地点描述", default=b"")
    follow_code_sealed = models.BinaryField("查询码", default=b"")

    speaker = models.ForeignKey(
        Resident, models.PROTECT, verbose_name="来访(来电)人", null=True, blank=True, related_name="spoke"
    )
    party = models.ForeignKey(
        Resident, models.PROTECT, verbose_name="当事人", null=True, blank=True, related_name="matters"
    )
    may_be_told = models.CharField("可告知人", max_length=16, choices=MayBeTold, default=MayBeTold.SPEAKER)
    tell_by = models.CharField("告知方式", max_length=16, choices=Tell, default=Tell.PHONE)

    opened_at = models.DateTimeField("收到时间")
    month = models.PositiveIntegerField("月份", help_text="yyyymm of opened_at in local time")
    happened_at = models.DateTimeField("发生时间", null=True, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    told_at = models.DateTimeField("告知时间", null=True, blank=True)
    told_how = models.CharField("如何告知", max_length=16, choices=Tell, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", null=True, blank=True, related_name="merged"
    )
    declines = models.PositiveSmallIntegerField("被退回次数", default=0)
    needs_designation = models.BooleanField("待指定承办", default=False)

    text = Sealed("text_sealed")
    summary = Sealed("summary_sealed")
    place_text = Sealed("place_text_sealed")
    follow_code = Sealed("follow_code_sealed")

    running: "list[Clock] | None" = None
    """Its running clocks once an action has read them (actions/_clockwork.py); None: not read."""
    untold: "list[tuple[str, dict[str, Any]]] | None" = None
    """What an action of several verbs enters at its end (actions/_record.py `as_one`); None: at once."""

    objects: ClassVar[models.Manager["Case"]] = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="case_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(ENDED_STATES), closed_at__isnull=False)
                | models.Q(state__in=sorted(OPEN_STATES), closed_at__isnull=True),
                name="case_closed_at",
                violation_error_message="办结时间与状态不一致。",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, merged_into__isnull=False)
                | (~models.Q(state=State.MERGED) & models.Q(merged_into__isnull=True)),
                name="case_merged_into",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.CLOSED)
                | models.Q(told_at__isnull=False)
                | ~models.Q(imported_from=""),
                name="case_closed_told",
                violation_error_message="告知群众后才能办结。",
            ),
            models.CheckConstraint(
                condition=~models.Q(place=Place.KNOWN) | models.Q(region__isnull=False),
                name="case_known_region",
            ),
            models.UniqueConstraint(
                fields=["partner", "partner_number"],
                condition=~models.Q(partner_number=""),
                name="case_partner_number",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "waiting_on", "due_at"], name="case_station_work"),
            models.Index(fields=["owner", "waiting_on", "due_at"], name="case_owner_work"),
            models.Index(fields=["county", "waiting_on", "due_at"], name="case_county_work"),
            models.Index(fields=["city", "waiting_on", "due_at"], name="case_city_work"),
            # What is in work is little beside what is over: one look for all the counts of the board.
            models.Index(
                fields=[
                    "city",
                    "waiting_on",
                    "due_at",
                    "county",
                    "station",
                    "owner",
                    "at_risk",
                    "needs_designation",
                    "opened_at",
                    "id",
                ],
                name="case_in_work",
                condition=models.Q(waiting_on__literally=IN_WORK),
            ),  # fmt: skip
            # PostgreSQL reads an index alone only where the id that is asked for stands in it too.
            # Figures read these alone, by months of receipt: by place and who works it, by what came how.
            # Two and no more: each is one more page that every intake writes.
            models.Index(
                fields=[
                    "month",
                    "region",
                    "station",
                    "owner",
                    "channel",
                    "is_instant",
                    "state",
                    "opened_at",
                ],
                name="case_month_place",
            ),  # fmt: skip
            models.Index(
                fields=["month", "channel", "is_instant", "state", "kind", "topic", "id"],
                name="case_month_way",
            ),
            # What was merged is subtracted, and little.
            models.Index(
                fields=["month"],
                name="case_month_merged",
                condition=models.Q(state__literally=[State.MERGED]),
            ),
            models.Index(fields=["opened_at"], name="case_opened"),
            models.Index(
                fields=["closed_at", "state", "ran_out", "kind", "channel", "is_instant", "region", "id"],
                name="case_ended",
                condition=models.Q(closed_at__isnull=False),
            ),
            # The same of one county, region by region: a year of it without the rest of the city.
            models.Index(
                fields=["region", "closed_at", "state", "ran_out", "kind", "channel", "is_instant", "id"],
                name="case_place_ended",
                condition=models.Q(closed_at__isnull=False),
            ),
            models.Index(fields=["city", "due_at"], name="case_at_risk", condition=models.Q(at_risk=True)),
            *(
                models.Index(
                    fields=[scope, "closed_at"],
                    name=f"case_{scope}_ended",
                    condition=models.Q(closed_at__isnull=False),
                )
                for scope in ("station", "county", "city")
            ),
        ]

    def __str__(self) -> str:
        return group_number(self.number)

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"case:{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Submission(models.Model):
    """One sending of a matter under an idempotency key: the same key again gives the same number."""

    source = models.CharField("来源", max_length=48)
    key_hash = models.CharField("幂等键", max_length=64)
    body_hash = models.CharField("内容摘要", max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="submissions")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "提交"
        constraints = [models.UniqueConstraint(fields=["source", "key_hash"], name="submission_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.key_hash[:8]}"


class Handover(models.Model):
    """An offer of a matter to another station; until it is accepted the giver owns the matter."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="handovers")
    giver = models.ForeignKey(Station, models.PROTECT, verbose_name="转出站点", related_name="handed_out")
    taker = models.ForeignKey(Station, models.PROTECT, verbose_name="转入站点", related_name="handed_in")
    state = models.CharField("状态", max_length=16, choices=HandoverState, default=HandoverState.OFFERED)
    reason = models.CharField("转办理由", max_length=500)
    answer = models.CharField("退回理由", max_length=500, blank=True)
    offered_by = models.CharField("转办人", max_length=64)
    offered_at = models.DateTimeField("转办时间")
    answered_by = models.CharField("签收人", max_length=64, blank=True)
    answered_at = models.DateTimeField("签收时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转办"
        ordering = ["offered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state=HandoverState.OFFERED), name="handover_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HandoverState.DECLINED) | ~models.Q(answer=""),
                name="handover_decline_reason",
                violation_error_message="退回须说明理由。",
            ),
            models.CheckConstraint(
                condition=models.Q(state=HandoverState.OFFERED, answered_at__isnull=True)
                | (~models.Q(state=HandoverState.OFFERED) & models.Q(answered_at__isnull=False)),
                name="handover_answered_at",
            ),
        ]
        indexes = [
            models.Index(fields=["taker", "state", "offered_at"], name="handover_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.giver_id}→{self.taker_id}"


class CoHandler(models.Model):
    """A station (and perhaps a person) that helps by a date of its own; the owner stays."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="co_handlers")
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="协办站点", related_name="helps")
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name="协办人", null=True, blank=True, related_name="helps"
    )
    task = models.CharField("协办事项", max_length=500)
    due_on = models.DateField("协办期限")
    asked_at = models.DateTimeField("请求时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    result = models.CharField("协办结果", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "协办"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "station"],
                condition=models.Q(done_at__isnull=True, worker__isnull=True),
                name="co_handler_once",
                violation_error_message="该站点正在协办。",
            ),
            models.UniqueConstraint(
                fields=["case", "worker"],
                condition=models.Q(done_at__isnull=True, worker__isnull=False),
                name="co_handler_worker_once",
                violation_error_message="已经在这件里承办。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["station"], name="co_handler_open", condition=models.Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.station_id}"

    @property
    def is_engaged(self) -> bool:
        """Named by a line to work the matter at its own station; help is asked of other stations only."""
        return self.worker_id is not None and self.station_id == self.case.station_id
