"""Guide, Answer and Synonym: what the house itself writes, with owners, reviewers and dates of review."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.core.holdings import Held
from mingbai.knowledge.enums import AnswerState, GuideState, Topic
from mingbai.knowledge.models.laws import Article
from mingbai.people.models import User
from mingbai.places.enums import Line
from mingbai.places.models import Region


class GuideQuerySet(models.QuerySet["Guide"]):
    def visible_to(self, user: object) -> GuideQuerySet:
        """Published ones everybody; drafts and withdrawn ones who keeps the knowledge of that region."""
        from mingbai.knowledge.perms import guides_filter

        return self.filter(guides_filter(user))

    def published(self) -> GuideQuerySet:
        return self.filter(state=GuideState.PUBLISHED)

    def due_for_review(self, on: date) -> GuideQuerySet:
        return self.filter(state=GuideState.PUBLISHED, review_on__lte=on)


class Guide(models.Model):
    """How one matter is done in one region: who, what papers, where, how long, what it costs."""

    title = models.CharField("事项", max_length=120)
    line = models.CharField("业务", max_length=16, choices=Line)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="适用区划", related_name="guides")
    who = models.TextField("谁可以办", blank=True)
    papers = models.TextField("材料", blank=True)
    place = models.TextField("在哪里办", blank=True)
    steps = models.TextField("怎么办", blank=True)
    duration = models.CharField("多长时间", max_length=200, blank=True)
    cost = models.CharField("费用", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    state = models.CharField("状态", max_length=16, choices=GuideState, default=GuideState.DRAFT)
    owner = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="guides"
    )
    review_on = models.DateField("复核日期")
    changed_at = models.DateTimeField("修改时间")

    objects: ClassVar[GuideQuerySet] = GuideQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "办事指南"
        ordering = ["line", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "line", "region"],
                name="guide_once",
                violation_error_message="该区划的这项业务已有同名指南。",
            ),
            models.CheckConstraint(condition=Q(state__in=GuideState.values), name="guide_state"),
        ]

    def __str__(self) -> str:
        return self.title


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: object) -> AnswerQuerySet:
        """Published ones everybody; the others their proposer and whoever reviews."""
        from mingbai.knowledge.perms import answers_filter

        return self.filter(answers_filter(user))

    def published(self, on: date) -> AnswerQuerySet:
        """What may be shown on that day; `expires_on` is the last one."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on), state=AnswerState.PUBLISHED)

    def due_for_review(self, on: date) -> AnswerQuerySet:
        return self.filter(state=AnswerState.PUBLISHED, review_on__lte=on)


class Answer(models.Model):
    """A question and its answer, grown from a closed case: proposed, reviewed by a lawyer, published."""

    PERSONAL: ClassVar[dict[str, str]] = {"question": "answer", "answer": "answer"}
    HELD: ClassVar[Held] = Held(why_not="names are taken out before it is kept: no way leads to a person")

    question = models.TextField("问题")
    answer = models.TextField("答复")
    line = models.CharField("业务", max_length=16, choices=Line, default=Line.CONSULTATION)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="适用区划", null=True, blank=True, related_name="answers"
    )
    articles = models.ManyToManyField(Article, verbose_name="依据法条", blank=True, related_name="answers")
    case_ref = models.CharField("来源办件", max_length=64, blank=True)
    state = models.CharField("状态", max_length=16, choices=AnswerState, default=AnswerState.PROPOSED)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="提出人", null=True, blank=True, related_name="answers_proposed"
    )
    proposed_at = models.DateTimeField("提出时间")
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核人", null=True, blank=True, related_name="answers_reviewed"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reason = models.CharField("退回或失效理由", max_length=500, blank=True)
    review_on = models.DateField("复核日期", null=True, blank=True)
    expires_on = models.DateField("失效日期", null=True, blank=True)

    objects: ClassVar[AnswerQuerySet] = AnswerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "问答"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="answer_state"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | Q(proposed_by=None) | ~Q(reviewed_by=F("proposed_by")),
                name="answer_four_eyes",
                violation_error_message="提出人不能审核自己的问答。",
            ),
            models.CheckConstraint(
                condition=~Q(state=AnswerState.PUBLISHED)
                | Q(reviewed_at__isnull=False, review_on__isnull=False),
                name="answer_published_reviewed",
                violation_error_message="发布的问答须有审核时间和复核日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AnswerState.DECLINED, AnswerState.EXPIRED]) | ~Q(reason=""),
                name="answer_reason",
                violation_error_message="退回或失效须说明理由。",
            ),
        ]
        indexes = [models.Index(fields=["state", "review_on"], name="answer_state_review")]

    def __str__(self) -> str:
        return self.question[:40]


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def visible_to(self, user: object) -> SynonymQuerySet:
        """Everybody: it only helps to find what is published."""
        return self.all()


class Synonym(models.Model):
    """What people say, and the words the law has for it: "老板不给钱" → "拖欠劳动报酬"."""

    lay = models.CharField("群众说法", max_length=64)
    legal = models.CharField("法律用语", max_length=64)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[SynonymQuerySet] = SynonymQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "同义词"
        ordering = ["lay", "legal"]
        constraints = [
            models.UniqueConstraint(
                fields=["lay", "legal"], name="synonym_once", violation_error_message="这组同义词已经有了。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lay} → {self.legal}"


class TopicCodeQuerySet(models.QuerySet["TopicCode"]):
    def visible_to(self, user: object) -> TopicCodeQuerySet:
        """Everybody: a list of codes tells of nobody."""
        return self.all()


class TopicCode(models.Model):
    """What another system (12345, the provincial platform) calls one of our topics."""

    topic = models.CharField("主题", max_length=32, choices=Topic)
    system = models.CharField("哪个系统", max_length=32)
    code = models.CharField("对方代码", max_length=64)
    name = models.CharField("对方名称", max_length=120, blank=True)

    objects: ClassVar[TopicCodeQuerySet] = TopicCodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "主题的外部代码"
        ordering = ["topic", "system"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "system"],
                name="topic_code_once",
                violation_error_message="一个主题在一个系统里只有一个代码。",
            ),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="topic_code_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class LabelQuerySet(models.QuerySet["Label"]):
    def visible_to(self, user: object) -> LabelQuerySet:
        """Nobody's list: they leave by the command that exports them to be learned from."""
        return self.none()


class Label(models.Model):
    """What a person said a text is about, beside what was proposed: to learn from. Names are taken out."""

    PERSONAL: ClassVar[dict[str, str]] = {"text": "label"}
    HELD: ClassVar[Held] = Held(why_not="names are taken out before it is kept: no way leads to a person")

    text = models.TextField("文字")
    field = models.CharField("哪一项", max_length=16)
    proposed = models.CharField("建议", max_length=32, blank=True)
    label = models.CharField("确认", max_length=32)
    at = models.DateTimeField("时间")

    objects: ClassVar[LabelQuerySet] = LabelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "确认的标签"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["field", "at"], name="label_field_at")]

    def __str__(self) -> str:
        return f"{self.field} {self.label}"
