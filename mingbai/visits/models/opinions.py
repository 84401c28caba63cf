"""Opinion: what a leader was told, a proposal or a rating asks; followed as a matter of kind `opinion`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.cases.models import Case
from mingbai.places.models import Station
from mingbai.visits.enums import OpinionSource
from mingbai.visits.models.visits import Visit

if TYPE_CHECKING:
    from mingbai.people.models import User


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def visible_to(self, user: User) -> OpinionQuerySet:
        """Those whose matter the user may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class Opinion(models.Model):
    """Its words, owner, clock, evidence and state are its matter's. `leader` received: a public title.

    A proposal has its `reference` (the number it was handed over under); by when it is answered is its
    matter's clock alone. Each promise of the letter that answered it is an opinion of its own, `part_of` the
    proposal; `due_on` is the day that the letter promised, which its matter's clock runs to.
    """

    source = models.CharField("来源", max_length=16, choices=OpinionSource)
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="opinions")
    on = models.DateField("日期")
    leader = models.CharField("接待领导", max_length=64, blank=True)
    reference = models.CharField("建议提案编号", max_length=64, blank=True)
    due_on = models.DateField("答应的日期", null=True, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, verbose_name="哪件的答复", null=True, blank=True, related_name="promises"
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="来访", null=True, blank=True, related_name="opinions"
    )
    case = models.OneToOneField(Case, models.PROTECT, verbose_name="办件", related_name="opinion_of")
    imported_from = models.CharField("导入自", max_length=64, blank=True)

    objects: ClassVar[OpinionQuerySet] = OpinionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=OpinionSource.values), name="opinion_source"),
            models.CheckConstraint(
                condition=~Q(source=OpinionSource.PROMISE) | Q(part_of__isnull=False, due_on__isnull=False),
                name="opinion_promise",
                violation_error_message="答应的事要写明是哪件的答复、哪天以前做到。",
            ),
        ]
        indexes = [models.Index(fields=["on", "station"], name="opinion_figures")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.on}"
