"""Entry, Chain and Seal: the one append-only history (no foreign keys, labels and ids as text).

The database itself refuses UPDATE and DELETE of entries and seals (triggers in migration 0002).
"""

from typing import ClassVar

from django.db import models

from mingbai.core.holdings import Held

CHAIN_LENGTH = 48


class Entry(models.Model):
    """One change. `hash` = SM3(prev hash and every other field); the first of a chain has an empty `prev`."""

    PERSONAL = {"sealed": "case"}
    HELD: ClassVar[Held] = Held(why_not="sealed under the person's or matter's key and ends with it")

    chain = models.CharField("链", max_length=CHAIN_LENGTH)
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    actor = models.CharField("操作者", max_length=64)
    actor_name = models.CharField("操作者姓名", max_length=64)
    verb = models.CharField("事项", max_length=48)
    place = models.CharField("相关站点", max_length=32, blank=True)
    data = models.TextField("内容")
    sealed = models.BinaryField("加密内容", default=b"")
    prev = models.CharField("前一哈希", max_length=64, blank=True)
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "日志条目"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="entry_chain_seq")]
        indexes = [
            models.Index(fields=["verb", "at"], name="entry_verb_at"),
            models.Index(fields=["actor", "at"], name="entry_actor_at"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.verb}"


class Chain(models.Model):
    """The head of one matter's chain: a writer appends without reading entries, the sealer finds what moved.

    A cache that `verify_journal` proves against the entries; it is the only journal table that is updated.
    """

    name = models.CharField("链", max_length=CHAIN_LENGTH, primary_key=True)
    seq = models.PositiveIntegerField("末条序号")
    hash = models.CharField("末条哈希", max_length=64)
    unsealed = models.BooleanField("待封存", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "日志链"
        indexes = [
            models.Index(fields=["name"], name="chain_unsealed", condition=models.Q(unsealed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name}#{self.seq}"


class Seal(models.Model):
    """The heads of all chains that moved since the last seal, and a root chained over them.

    `leaves` is JSON: [[chain, seq, hash], …] sorted by chain; `root` = SM3(prev root, time, leaves).
    `prev` is unique: of two sealers at once only one can follow a seal, so the chain of roots never forks.
    """

    at = models.DateTimeField("时间")
    leaves = models.TextField("链首")
    count = models.PositiveIntegerField("链数")
    prev = models.CharField("前一根", max_length=64, blank=True, unique=True)
    root = models.CharField("根", max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.root[:8]}"


class KeyCheck(models.Model):
    """One row: the fingerprint of the master key this data was written with; no other key may serve it."""

    id = models.PositiveSmallIntegerField("编号", primary_key=True, default=1)
    fingerprint = models.CharField("密钥指纹", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "密钥核对"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="key_check_single")]

    def __str__(self) -> str:
        return self.fingerprint
