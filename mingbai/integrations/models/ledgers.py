"""Which row of which ledger became what: the edges' only own table so far."""

from django.db import models


class LedgerRow(models.Model):
    """One landed row: its identity in the source, a digest of its content, and what it became.

    `digest` is keyed: the rows hold names and phones, and a plain digest of those could be guessed.
    """

    file = models.CharField("台账", max_length=40)
    identity = models.CharField("行标识", max_length=80)
    digest = models.CharField("内容摘要", max_length=32)
    became = models.CharField("成为", max_length=64)
    landed_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "台账行"
        constraints = [models.UniqueConstraint(fields=["file", "identity"], name="ledger_row_once")]
        indexes = [models.Index(fields=["became"], name="ledger_row_became")]

    def __str__(self) -> str:
        return f"{self.file} {self.identity}"
