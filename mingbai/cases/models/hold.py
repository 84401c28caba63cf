"""LegalHold: a matter that may not be destroyed, whatever its period says: a suit, an inquiry, an audit."""

from django.db import models

from mingbai.cases.models.case import Case


class LegalHold(models.Model):
    """While it stands, neither the end of a period nor a person's wish destroys what belongs to it."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="holds")
    reason = models.CharField("理由和依据", max_length=500)
    set_by = models.CharField("决定的人", max_length=64)
    set_at = models.DateTimeField("起")
    lifted_by = models.CharField("解除的人", max_length=64, blank=True)
    lifted_at = models.DateTimeField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂停销毁"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(lifted_at=None), name="hold_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.reason[:20]}"
