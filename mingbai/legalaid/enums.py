"""Grounds of legal aid, groups of matters, what a condition does, what the guide finds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Group(TextChoices):
    """How residents sort what happened to them: the first question of the guide."""

    WORK = "work", _("干活、工资、社保")
    INJURY = "injury", _("受了伤、受了害")
    FAMILY = "family", _("家里的事")
    BENEFIT = "benefit", _("国家和社会给的待遇、赔偿")
    CRIME = "crime", _("刑事案件")
    OTHER = "other", _("别的事")


class Ground(TextChoices):
    """法律援助法: Arts. 31, 24, 29, 33 hardship; Art. 32 none; Arts. 25, 28 the organ asks for the lawyer."""

    HARDSHIP = "hardship", _("须经济困难")
    NO_CHECK = "no_check", _("不受经济困难条件限制")
    NOTIFIED = "notified", _("由办案机关通知指派")


class Role(TextChoices):
    """What belonging to a group does: Art. 25 the organ asks, Art. 42 hardship is not checked."""

    NOTIFIED = "notified", _("由办案机关通知指派")
    EXEMPT = "exempt", _("免予核查经济困难状况")


class Finding(TextChoices):
    """What the guide comes to. It proposes; the aid office decides in writing (Art. 43)."""

    NOTIFIED = "notified", _("由办案机关通知，不用您申请")
    NO_CHECK = "no_check", _("可以申请，不看经济条件")
    EXEMPT = "exempt", _("可以申请，不核查经济状况")
    HARDSHIP = "hardship", _("可以申请，说明经济困难就行")
    OVER_LINE = "over_line", _("收入可能高了，也可以申请")
    UNLISTED = "unlisted", _("不在常见的事项里，也可以申请")
