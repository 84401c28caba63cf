"""Mediator, Sitting, Offer, FollowUp: who leads it, when they meet, what is offered, how it went after."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.mediation.enums import MediatorState, NamedBy, OfferState, PlaceKind, SessionState
from mingbai.mediation.models.matters import OfMatter, Party
from mingbai.people.models import Worker
from mingbai.visits.models import Visit


class Mediator(OfMatter):
    """Somebody who mediates the dispute; one of them leads. `bars` were known and agreed to in writing."""

    PERSONAL: ClassVar[dict[str, str]] = {"why_sealed": "case", "end_why_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("调解员"), matters="case")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="mediators")
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="调解员", related_name="mediates")
    is_lead = models.BooleanField("主持", default=True)
    named_by = models.CharField("怎么定的", max_length=16, choices=NamedBy, default=NamedBy.COMMITTEE)
    state = models.CharField("状态", max_length=16, choices=MediatorState, default=MediatorState.ACTIVE)
    bars = models.JSONField("利害关系", default=list)
    why_sealed = models.BinaryField("说明", default=b"")
    by = models.CharField("登记人", max_length=64)
    at = models.DateTimeField("指定时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_why_sealed = models.BinaryField("为什么结束", default=b"")

    why = Sealed("why_sealed")
    end_why = Sealed("end_why_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "本件调解员"
        ordering = ["-is_lead", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "worker"],
                condition=Q(state=MediatorState.ACTIVE),
                name="mediator_once",
                violation_error_message="已经是这件的调解员。",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=MediatorState.ACTIVE, is_lead=True),
                name="mediator_one_lead",
            ),
            models.CheckConstraint(
                condition=Q(state=MediatorState.ACTIVE, ended_at__isnull=True)
                | (~Q(state=MediatorState.ACTIVE) & Q(ended_at__isnull=False)),
                name="mediator_ended_at",
            ),
        ]
        indexes = [models.Index(fields=["worker", "state", "at"], name="mediator_load")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.worker_id}"


class Sitting(OfMatter):
    """One meeting of a mediation: agreed on, held with its minutes, or cancelled.

    `visit` holds the booked room, or the hour of somebody who goes there; without one the place is in words.
    `present` lists the primary keys of the parties that came; `invited` of those who are asked to come, and
    nobody else learns when and where (背靠背): an empty one asks all.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"place_sealed": "case", "minutes_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("调解会"), matters="case", told=("place", "minutes"))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="sittings")
    state = models.CharField("状态", max_length=16, choices=SessionState, default=SessionState.PLANNED)
    kind = models.CharField("在哪里", max_length=16, choices=PlaceKind)
    starts_at = models.DateTimeField("时间")
    visit = models.OneToOneField(
        Visit, models.PROTECT, verbose_name="预约", null=True, blank=True, related_name="+"
    )
    place_sealed = models.BinaryField("地点", default=b"")
    invited = models.JSONField("约了谁", default=list)
    present = models.JSONField("到场的当事人", default=list)
    minutes_sealed = models.BinaryField("调解记录", default=b"")
    hours = models.DecimalField("用时（小时）", max_digits=4, decimal_places=1, default=0)
    planned_by = models.CharField("登记人", max_length=64)
    planned_at = models.DateTimeField("约定时间")
    written_by = models.CharField("记录人", max_length=64, blank=True)
    done_at = models.DateTimeField("记录或取消时间", null=True, blank=True)

    place = Sealed("place_sealed")
    minutes = Sealed("minutes_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "调解场次"
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SessionState.PLANNED, done_at__isnull=True)
                | (~Q(state=SessionState.PLANNED) & Q(done_at__isnull=False)),
                name="sitting_done_at",
            ),
            models.CheckConstraint(condition=Q(hours__gte=0), name="sitting_hours"),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="sitting_calendar")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Offer(OfMatter):
    """What one party puts forward, and what the others say to it."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("调解方案"), matters="case", told=("text",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="mediation_offers")
    party = models.ForeignKey(Party, models.PROTECT, verbose_name="谁提出的", related_name="offers")
    text_sealed = models.BinaryField("方案", default=b"")
    state = models.CharField("答复", max_length=16, choices=OfferState, default=OfferState.OPEN)
    at = models.DateTimeField("提出时间")
    by = models.CharField("登记人", max_length=64)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "调解方案"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=OfferState.OPEN, answered_at__isnull=True)
                | (~Q(state=OfferState.OPEN) & Q(answered_at__isnull=False)),
                name="offer_answered_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_state_display()}"


class FollowUp(OfMatter):
    """回访: what the parties say some time after."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("调解回访"), matters="case", told=("text",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="mediation_follow_ups")
    is_performed = models.BooleanField("都履行了")
    is_happy = models.BooleanField("当事人满意", null=True, blank=True)
    text_sealed = models.BinaryField("怎么说的", default=b"")
    by = models.CharField("回访人", max_length=64)
    at = models.DateTimeField("时间")

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "调解回访"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"
