"""PaperTemplate, Letterhead, PaperSeries and Paper: how papers read, and those that were issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.papers.enums import PaperState
from mingbai.places.models import Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class PaperTemplate(models.Model):
    """One version of one paper's words, never changed: another version follows.

    `office` None: of the whole city. `docx`: a Word file that gives the DOCX instead of `body`, which gives
    the PDF always. `is_given`: as the house brought it. `ended_at`: no longer taken (the office went back).
    """

    kind = models.SlugField("文书", max_length=32)
    office = models.ForeignKey(
        Station, models.PROTECT, verbose_name="站点", null=True, blank=True, related_name="paper_templates"
    )
    version = models.PositiveIntegerField("版本")
    body = models.TextField("正文")
    docx = models.BinaryField("DOCX 模板", default=b"", blank=True)
    docx_name = models.CharField("DOCX 文件名", max_length=120, blank=True)
    is_given = models.BooleanField("系统自带", default=False)
    note = models.CharField("改了什么", max_length=300, blank=True)
    made_by = models.CharField("修改人", max_length=64)
    made_at = models.DateTimeField("修改时间")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        ordering = ["kind", "office", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "office", "version"], name="paper_template_version"),
            # Nulls differ from one another in a unique constraint.
            models.UniqueConstraint(
                fields=["kind", "version"], condition=Q(office=None), name="paper_template_city_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"

    @property
    def chain(self) -> str:
        return f"paper-template:{self.kind}"


class Letterhead(models.Model):
    """How an office calls itself on papers and in their numbers; without one the register's words stand."""

    office = models.OneToOneField(Station, models.CASCADE, verbose_name="站点", related_name="letterhead")
    name = models.CharField("文书上的名称", max_length=100)
    word = models.CharField("文号代字", max_length=16, help_text="抚、抚新……写在文号里")
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书抬头"

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        return f"letterhead:{self.office_id}"


class PaperSeries(models.Model):
    """The last number that an office gave in a series and year: locked while the next is given."""

    office = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="+")
    series = models.CharField("字", max_length=16)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号"
        constraints = [models.UniqueConstraint(fields=["office", "series", "year"], name="paper_series_once")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.series} {self.year}: {self.last}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User) -> PaperQuerySet:
        """Those whose kind lets this user see them: asked one by one, for one matter's or one person's."""
        from mingbai.papers.perms import can_see

        return self.filter(pk__in=[paper.pk for paper in self if can_see(user, paper)])

    def issued(self) -> PaperQuerySet:
        return self.filter(state=PaperState.ISSUED)


class Paper(models.Model):
    """A paper that was issued: its number, the version of its template, and its fields, sealed.

    PDF and DOCX are drawn from these whenever they are asked for: the same words each time. `about`: the
    chain of its matter. `event` names what it was issued for, once. A void number is never given again.
    """

    PERSONAL: ClassVar[dict[str, str]] = {"fields_sealed": "case", "void_why_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("文书"), chains="about", told=("fields",), own=True)

    kind = models.SlugField("文书", max_length=32)
    office = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="papers")
    series = models.CharField("字", max_length=16)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("号")
    text = models.CharField("文号", max_length=64)
    about = models.CharField("关于", max_length=48)
    event = models.CharField("事由", max_length=64)
    template = models.ForeignKey(PaperTemplate, models.PROTECT, verbose_name="模板", related_name="papers")
    key = models.BinaryField("密钥", default=new_key)
    fields_sealed = models.BinaryField("内容", default=b"")
    state = models.CharField("状态", max_length=16, choices=PaperState, default=PaperState.ISSUED)
    issued_by = models.CharField("出具人", max_length=64)
    issued_at = models.DateTimeField("出具时间")
    voided_by = models.CharField("作废人", max_length=64, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_why_sealed = models.BinaryField("作废理由", default=b"")

    fields = Sealed("fields_sealed")
    void_why = Sealed("void_why_sealed")

    objects: ClassVar[PaperQuerySet] = PaperQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        ordering = ["issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "series", "year", "number"], name="paper_number_once"),
            models.UniqueConstraint(
                fields=["kind", "event"], condition=Q(state=PaperState.ISSUED), name="paper_event_once"
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.ISSUED, voided_at__isnull=True)
                | Q(state=PaperState.VOID, voided_at__isnull=False),
                name="paper_voided_at",
            ),
        ]
        indexes = [models.Index(fields=["about", "issued_at"], name="paper_about")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_erased(self) -> bool:
        return not bytes(self.fields_sealed or b"")
