"""Document, Term and IndexState: what is searched, written in the transaction of its content.

The index has two slots. One is read; a rebuild fills the other in small transactions and then turns the
pointer. The full-text tables of the engine themselves are made and known by `fulltext` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingbai.knowledge.enums import Kind


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: object) -> DocumentQuerySet:
        """Everybody: only what is published becomes a document."""
        return self.all()


class Document(models.Model):
    """One thing that can be found. There is none for what is unpublished, withdrawn or expired."""

    slot = models.PositiveSmallIntegerField("索引槽", default=0)
    kind = models.CharField("类别", max_length=16, choices=Kind)
    ref = models.CharField("引用", max_length=64)
    title = models.CharField("标题", max_length=300)
    body = models.TextField("内容")
    line = models.CharField("业务", max_length=16, blank=True)
    law = models.PositiveBigIntegerField("法律", null=True, blank=True)
    region = models.CharField("区划", max_length=12, blank=True)
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "检索文档"
        ordering = ["kind", "ref"]
        constraints = [models.UniqueConstraint(fields=["slot", "kind", "ref"], name="document_once")]

    def __str__(self) -> str:
        return self.title


class Term(models.Model):
    """One word of the index with its pinyin: against it typing errors and pinyin are read.

    `documents` grows with what is written and is counted anew by a rebuild; it ranks, it decides nothing.
    """

    slot = models.PositiveSmallIntegerField("索引槽", default=0)
    text = models.CharField("词", max_length=64)
    pinyin = models.CharField("拼音", max_length=128, blank=True)
    initials = models.CharField("首字母", max_length=32, blank=True)
    documents = models.PositiveIntegerField("文档数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "索引词"
        ordering = ["text"]
        constraints = [models.UniqueConstraint(fields=["slot", "text"], name="term_once")]
        indexes = [
            models.Index(fields=["slot", "pinyin"], name="term_pinyin"),
            models.Index(fields=["slot", "initials"], name="term_initials"),
        ]

    def __str__(self) -> str:
        return self.text


class IndexState(models.Model):
    """One row: which slot is read, whether the other is being filled, and whether damage was noticed."""

    id = models.PositiveSmallIntegerField("编号", primary_key=True, default=1)
    slot = models.PositiveSmallIntegerField("在用索引槽", default=0)
    building = models.CharField("正在重建", max_length=32, blank=True)
    built_at = models.DateTimeField("重建时间", null=True, blank=True)
    damaged_at = models.DateTimeField("发现损坏", null=True, blank=True)
    synonyms = models.CharField("同义词版本", max_length=32, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "索引状态"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="index_state_single")]

    def __str__(self) -> str:
        return f"{self.slot} {self.building or '—'}"
