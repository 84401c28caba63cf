"""FileTick: somebody saw a paper of the file that lies on paper only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.legalaid.models.application import OfMatter


class FileTick(OfMatter):
    """One part of a matter's file that was ticked by hand: who, when, where the paper lies."""

    PERSONAL: ClassVar[dict[str, str]] = {"place_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("归档登记"), matters="case", told=("place",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="aid_ticks")
    part = models.SlugField("材料代码", max_length=32)
    place_sealed = models.BinaryField("放在哪里", default=b"")
    by = models.CharField("登记人", max_length=64)
    at = models.DateTimeField("登记时间")

    place = Sealed("place_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "纸质归档材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "part"], name="aid_tick_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.part}"
