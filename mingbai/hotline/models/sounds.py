"""Announcement: what callers hear, uploaded by the office, from its trial until the next one is in use."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingbai.hotline.enums import SoundState, Spoken
from mingbai.places.models import Station


class Announcement(models.Model):
    """One recording of one announcement of a line; the old one stays in use until the new one really is.

    The file lies in the file store as the exchange plays it (rules/sounds.py); it holds nothing personal.
    """

    PERSONAL: ClassVar[dict[str, str]] = {}

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="announcements")
    spoken = models.CharField("哪一句", max_length=16, choices=Spoken)
    state = models.CharField("状态", max_length=12, choices=SoundState, default=SoundState.UPLOADED)
    path = models.CharField("位置", max_length=64)
    digest = models.CharField("摘要", max_length=64)
    seconds = models.FloatField("秒数")
    made_by = models.CharField("上传人", max_length=64)
    made_at = models.DateTimeField("上传时间")
    used_at = models.DateTimeField("启用时间", null=True, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "播放语音"
        ordering = ["spoken", "-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(spoken__in=Spoken.values), name="announcement_spoken"),
            models.CheckConstraint(condition=Q(state__in=SoundState.values), name="announcement_state"),
            models.UniqueConstraint(
                fields=["station", "spoken"], condition=Q(state=SoundState.USED), name="announcement_one_used"
            ),
            models.UniqueConstraint(
                fields=["station", "spoken"],
                condition=Q(state=SoundState.CHOSEN),
                name="announcement_one_chosen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_spoken_display()} {self.get_state_display()}"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"announcement:{self.pk}"
