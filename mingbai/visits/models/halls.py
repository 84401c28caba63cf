"""Hall: how a station's hall calls; its row is also the lock under which numbers are given and called."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from mingbai.places.models import Station


class Hall(models.Model):
    """Made when it is first asked for. `head_start` is how many minutes the law's priority puts forward.

    `pairing` is part of the key by which a tablet at a window takes ratings: counted up, old tablets lose it.
    """

    station = models.OneToOneField(
        Station, models.PROTECT, verbose_name="站点", primary_key=True, related_name="hall"
    )
    has_tickets = models.BooleanField("取号", default=True)
    head_start = models.PositiveSmallIntegerField(
        "优先提前几分钟", default=20, validators=[MaxValueValidator(120)]
    )
    speaks = models.BooleanField("语音叫号", default=True)
    pairing = models.PositiveSmallIntegerField("窗口屏配对", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "大厅"
        constraints = [models.CheckConstraint(condition=Q(head_start__lte=120), name="hall_head_start")]

    def __str__(self) -> str:
        return f"{self.station_id} 大厅"

    @property
    def chain(self) -> str:
        """The name of its chain in the journal."""
        return f"hall:{self.station_id}"
