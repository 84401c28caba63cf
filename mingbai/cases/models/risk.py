"""RiskCard: what a matter's text warns of, and whom it was reported to. HelpContact: whom to call then."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import RiskState
from mingbai.cases.models.case import Case
from mingbai.cases.models.talk import OfCase
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.knowledge.enums import Risk
from mingbai.places.dated import Dated, DatedQuerySet, dated_constraints


class RiskCard(OfCase):
    """One risk of one matter, opened by the words of its text; a person reports it or says it is none."""

    PERSONAL: ClassVar[dict[str, str]] = {"words_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("风险提示"), matters="case")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="risk_cards")
    risk = models.CharField("风险", max_length=16, choices=Risk)
    words_sealed = models.BinaryField("原话", default=b"")
    state = models.CharField("状态", max_length=16, choices=RiskState, default=RiskState.OPEN)
    opened_at = models.DateTimeField("发现时间")
    reported_to = models.CharField("报告给", max_length=120, blank=True)
    ended_at = models.DateTimeField("处置时间", null=True, blank=True)
    ended_by = models.CharField("处置人", max_length=64, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)

    words = Sealed("words_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "风险提示"
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "risk"], condition=Q(state=RiskState.OPEN), name="risk_card_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=RiskState.OPEN, ended_at__isnull=True)
                | (~Q(state=RiskState.OPEN) & Q(ended_at__isnull=False)),
                name="risk_card_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=RiskState.REPORTED) | ~Q(reported_to=""), name="risk_card_reported"
            ),
            models.CheckConstraint(
                condition=~Q(state=RiskState.DISMISSED) | ~Q(reason=""), name="risk_card_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_risk_display())


class HelpContact(Dated):
    """Whom to call at once where a matter warns of something; a dated row with its source."""

    TABLE = "help"

    risk = models.CharField("风险", max_length=16, choices=Risk)
    name = models.CharField("单位", max_length=64)
    phone = models.CharField("电话", max_length=32, blank=True)
    when = models.CharField("什么情况", max_length=200)

    objects: ClassVar["DatedQuerySet[HelpContact]"] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "求助单位"
        ordering = ["risk", "id"]
        constraints = [
            *dated_constraints("help"),
            models.CheckConstraint(condition=Q(risk__in=Risk.values), name="help_risk"),
        ]

    def __str__(self) -> str:
        return self.name
