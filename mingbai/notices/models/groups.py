"""Group, Post, Question and Reply: whom notices reach together. Members are no rows: the register says."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.core.crypto import new_key
from mingbai.core.holdings import Held
from mingbai.core.sealed import Sealed
from mingbai.notices.enums import GroupKind
from mingbai.people.models import User, Worker
from mingbai.places.enums import Line
from mingbai.places.models import Region


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> "GroupQuerySet":
        """The groups of the subtrees whose register this user keeps."""
        from mingbai.people.perms import region_codes, scopes
        from mingbai.people.roles import Permission

        return self.filter(region__in=region_codes(scopes(user, Permission.PEOPLE_EDIT)))


class Group(models.Model):
    """Managers or advisers of a region's subtree; `robot` is the address of a WeCom group robot, if any."""

    name = models.CharField("名称", max_length=64)
    kind = models.CharField("种类", max_length=16, choices=GroupKind)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划范围", related_name="groups")
    topic = models.CharField("业务", max_length=16, choices=Line, blank=True)
    key = models.BinaryField("密钥", default=new_key)
    robot_secret = models.BinaryField("群机器人地址", default=b"")
    is_active = models.BooleanField("在用", default=True)

    robot = Sealed("robot_secret")

    objects: ClassVar[models.Manager["Group"]] = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群"
        ordering = ["region", "kind", "topic", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "topic"], condition=models.Q(is_active=True), name="group_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What was said to a group: words without personal data and a link, to be copied into any chat."""

    group = models.ForeignKey(Group, models.CASCADE, verbose_name="群", related_name="posts")
    event = models.CharField("事件", max_length=120)
    text = models.TextField("内容")
    path = models.CharField("链接", max_length=300, blank=True)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "群通知"
        ordering = ["-made_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["group", "event"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.group} {self.event}"


class Question(models.Model):
    """Asked in a guidance group about a matter (`about`: its chain); the text holds no personal data."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "guidance"}
    HELD: ClassVar[Held] = Held(_("群里的提问"), chains="about", own=True)

    group = models.ForeignKey(Group, models.PROTECT, verbose_name="群", related_name="questions")
    about = models.CharField("关于", max_length=48)
    key = models.BinaryField("密钥", default=new_key)
    text_sealed = models.BinaryField("问题", default=b"")
    asked_by = models.CharField("提问人", max_length=64)
    asked_at = models.DateTimeField("提问时间")
    closes_at = models.DateTimeField("截止")

    text = Sealed("text_sealed")

    class Meta:
        verbose_name = verbose_name_plural = "请教"
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["about"], name="question_about")]

    def __str__(self) -> str:
        return f"{self.group} {self.asked_at:%Y-%m-%d}"


class Reply(models.Model):
    """What a member of the group answered, under the question's key."""

    PERSONAL: ClassVar[dict[str, str]] = {"text_sealed": "guidance"}
    HELD: ClassVar[Held] = Held(_("群里的答复"), chains="question__about")

    question = models.ForeignKey(Question, models.CASCADE, verbose_name="请教", related_name="replies")
    worker = models.ForeignKey(Worker, models.PROTECT, verbose_name="答复人")
    text_sealed = models.BinaryField("答复", default=b"")
    at = models.DateTimeField("时间")

    text = Sealed("text_sealed", key="question.key")

    class Meta:
        verbose_name = verbose_name_plural = "指导答复"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.worker} {self.at:%Y-%m-%d}"
