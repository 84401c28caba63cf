"""Message, PaperAsked, Attachment, Rating and FollowTry: what is said, shown, and judged in a matter."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import BAD_GRADES, AppealState, AuthorKind, Channel, HeardFrom, MessageKind
from mingbai.cases.models.case import Case
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed


class OfCase(models.Model):
    """Rows whose personal text is encrypted under their case's key."""

    class Meta:
        abstract = True

    case: models.ForeignKey[Case, Case]

    @property
    def key(self) -> bytes:
        return bytes(self.case.key)


class Message(OfCase):
    """Something said: by the resident, by staff, by a partner. `laws` is a list of article names."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("往来"), matters="case", told=("text",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="messages")
    kind = models.CharField("种类", max_length=16, choices=MessageKind)
    author_kind = models.CharField("作者", max_length=16, choices=AuthorKind)
    author = models.CharField("作者姓名", max_length=64, blank=True)
    channel = models.CharField("渠道", max_length=16, choices=Channel, blank=True)
    text_sealed = models.BinaryField("内容", default=b"")
    laws = models.JSONField("法律依据", default=list)
    is_public = models.BooleanField("群众可见", default=True)
    at = models.DateTimeField("时间")

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()} {self.at:%Y-%m-%d}"


class PaperAsked(models.Model):
    """One paper of the complete list told once (一次性告知), and when it came."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="papers_asked")
    name = models.CharField("材料", max_length=100)
    asked_at = models.DateTimeField("告知时间")
    given_at = models.DateTimeField("收到时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "所需材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="paper_asked_once")]

    def __str__(self) -> str:
        return self.name


class Attachment(OfCase):
    """A file, encrypted under the case's key outside the web root, served after a permission check."""

    PERSONAL: ClassVar[dict[str, str]] = {"name_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("附件"), matters="case", told=("name",))

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", related_name="attachments")
    paper = models.ForeignKey(
        PaperAsked, models.PROTECT, verbose_name="对应材料", null=True, blank=True, related_name="files"
    )
    name_sealed = models.BinaryField("文件名", default=b"")
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小")
    digest = models.CharField("摘要", max_length=64)
    path = models.CharField("存放位置", max_length=64, unique=True)
    by_resident = models.BooleanField("群众提交", default=True)
    added_by = models.CharField("提交人", max_length=64)
    added_at = models.DateTimeField("提交时间")

    name = Sealed("name_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.content_type}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def counted(self) -> "RatingQuerySet":
        """What figures may count: a rating that was struck after an appeal is out of them."""
        return self.exclude(appeal=AppealState.STRUCK)

    def to_call_back(self) -> "RatingQuerySet":
        """Bad ones whose return call is still owed."""
        return self.counted().filter(grade__in=BAD_GRADES, called_back_at=None)


_COUNTED = (
    "at", "appeal", "grade", "called_back_at", "is_happy_after", "heard_from", "was_first_choice", "case",
)  # fmt: skip


class Rating(OfCase):
    """Five grades, once, never by staff. Bad ones must be called back; a mistaken one can be appealed."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "case"}
    HELD: ClassVar[Held] = Held(_("评价"), matters="case", told=("text",))

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="办件", related_name="rating")
    grade = models.PositiveSmallIntegerField("评价")
    text_sealed = models.BinaryField("评价内容", default=b"")
    channel = models.CharField("渠道", max_length=16, choices=Channel)
    at = models.DateTimeField("时间")
    called_back_at = models.DateTimeField("回访时间", null=True, blank=True)
    is_happy_after = models.BooleanField("回访后满意", null=True, blank=True)
    heard_from = models.CharField("从哪里知道", max_length=16, choices=HeardFrom, blank=True)
    was_first_choice = models.BooleanField("先想到这里", null=True, blank=True)
    appeal = models.CharField(
        "申诉", max_length=16, choices=AppealState, default=AppealState.NONE, blank=True
    )
    appeal_reason = models.CharField("申诉理由", max_length=500, blank=True)
    appeal_answer = models.CharField("处理意见", max_length=500, blank=True)

    text = Sealed("text_sealed")

    objects: ClassVar[models.Manager["Rating"]] = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=5),
                name="rating_grade",
                violation_error_message="评价为一至五级。",
            ),
            models.CheckConstraint(
                condition=models.Q(heard_from__in=["", *HeardFrom.values]), name="rating_heard_from"
            ),
        ]
        indexes = [
            models.Index(fields=_COUNTED, name="rating_figures"),
            models.Index(
                fields=["grade", "appeal", "case"],
                name="rating_owed",
                condition=models.Q(called_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.grade}"

    @property
    def is_bad(self) -> bool:
        return self.grade in BAD_GRADES


class FollowTry(models.Model):
    """Wrong tries at a number, whether it exists or not: five lock it for an hour."""

    number = models.CharField("办件编号", max_length=13, primary_key=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    last_at = models.DateTimeField("最近一次")
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查询尝试"
        indexes = [models.Index(fields=["last_at"], name="follow_try_last")]

    def __str__(self) -> str:
        return self.number
