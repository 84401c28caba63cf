"""How calls came into the table, and why some of them are no matter."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallSource(TextChoices):
    """What the times of a call rest on: only a switch measures how long somebody waited."""

    HAND = "hand", _("值班人员代录")
    LEDGER = "ledger", _("台账导入")
    SWITCH = "switch", _("电话交换机")


class NoMatter(TextChoices):
    """An answered call about nothing: it counts as answered, and is no consultation."""

    NONE = "", _("有事项")
    WRONG = "wrong", _("误拨")
    NUISANCE = "nuisance", _("骚扰")
    SILENT = "silent", _("静默")
    CUT = "cut", _("断线")
