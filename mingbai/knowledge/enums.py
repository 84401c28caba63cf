"""Kinds of what is found, states of answers and guides."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a hit is. Offices and people live in their own registers, below; they are found there."""

    LAW = "law", _("法律法规")
    ARTICLE = "article", _("法条")
    GUIDE = "guide", _("办事指南")
    ANSWER = "answer", _("问答")
    OFFICE = "office", _("机构站点")
    PERSON = "person", _("服务人员")


class AnswerState(TextChoices):
    PROPOSED = "proposed", _("待审核")
    PUBLISHED = "published", _("已发布")
    DECLINED = "declined", _("已退回")
    EXPIRED = "expired", _("已失效")


class GuideState(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")
