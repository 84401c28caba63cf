"""Pass: with which a party follows the mediation on line, under a number of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.blind import HashField
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.mediation.models.matters import OfMatter, Party

if TYPE_CHECKING:
    from mingbai.people.models import User


class PassQuerySet(models.QuerySet["Pass"]):
    def visible_to(self, user: User) -> PassQuerySet:
        """Those of matters that the user may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"), case__kind="mediation")

    def live(self, now: datetime) -> PassQuerySet:
        """Those that open something: not ended, not run out, of somebody who is still a party."""
        return self.filter(ended_at=None, until__gt=now, party__left_at=None)


class Pass(OfMatter):
    """A number that is never the matter's: whoever asked for the mediation is opened by that one.

    It opens with the last four digits of the party's own telephone, or with `code` where they have none.
    `sms_hash` is of the six digits that were sent for signing; nobody keeps the digits themselves.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"code_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("调解参与凭证"), matters="case")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="passes")
    party = models.ForeignKey(Party, models.PROTECT, verbose_name="当事人", related_name="passes")
    number = models.CharField("参与编号", max_length=13, unique=True)
    code_sealed = models.BinaryField("四位参与码", default=b"")
    by = models.CharField("谁邀请的", max_length=64)
    made_at = models.DateTimeField("邀请时间")
    until = models.DateTimeField("有效至")
    opened_at = models.DateTimeField("第一次打开", null=True, blank=True)
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)
    sms_hash = HashField("签字验证码索引", max_length=32, blank=True)
    sms_at = models.DateTimeField("验证码时间", null=True, blank=True)
    sms_tries = models.PositiveSmallIntegerField("验证码输错次数", default=0)
    sms_sent = models.PositiveSmallIntegerField("当天发了几次验证码", default=0)

    code = Sealed("code_sealed")

    objects: ClassVar[PassQuerySet] = PassQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "调解参与凭证"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["party"], condition=Q(ended_at=None), name="pass_one_a_party"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.made_at:%Y-%m-%d}"

    @property
    def actor(self) -> Actor:
        """Who acts, in the history: a party by its row, without a name."""
        return Actor("resident", f"party-{self.party_id}", "当事人")
