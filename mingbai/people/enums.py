"""Posts, kinds of employment and absence reasons of the people who serve."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Post(TextChoices):
    LAWYER = "lawyer", _("律师")
    VILLAGE_LAWYER = "village_lawyer", _("村(居)法律顾问")
    MEDIATOR = "mediator", _("人民调解员")
    NOTARY = "notary", _("公证员")
    LEGAL_AID_CLERK = "legal_aid_clerk", _("法援人员")
    WINDOW_CLERK = "window_clerk", _("窗口人员")
    HOTLINE_AGENT = "hotline_agent", _("热线值班人员")
    LAW_SAVVY_VILLAGER = "law_savvy_villager", _("法律明白人")
    MANAGER = "manager", _("管理人员")


class PostType(TextChoices):
    ESTABLISHED = "established", _("编制内")
    CONTRACT = "contract", _("聘用")
    SOCIAL = "social", _("社会")
    VOLUNTEER = "volunteer", _("志愿")


class AbsenceReason(TextChoices):
    LEAVE = "leave", _("休假")
    SICK = "sick", _("病假")
    ERRAND = "errand", _("外出")
    OTHER = "other", _("其他")


class KeyScope(TextChoices):
    """What a key of a partner's system may be used for."""

    CASES_SEND = "cases.send", _("转来办件、补充、撤回")
    CASES_READ = "cases.read", _("查询自己转来的办件")
    ORDERS = "orders", _("往来工单")


def all_scopes() -> list[str]:
    return [scope.value for scope in KeyScope]
