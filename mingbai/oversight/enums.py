"""Kinds of visits to villages, what villages are owed, states of supervision and of reviews."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VisitKind(TextChoices):
    DUTY = "duty", _("坐班咨询")
    LECTURE = "lecture", _("法治讲座")
    CALL = "call", _("上门走访")
    MEDIATION = "mediation", _("协助调解")
    DRAFTING = "drafting", _("村规民约、合同审查")


class VillageClass(TextChoices):
    URBAN = "urban", _("城区社区")
    NEAR = "near", _("近郊村")
    REMOTE = "remote", _("偏远村")


class QuotaCode(TextChoices):
    """What a village is owed; `rules.quotas.SPANS` says in which time."""

    VISITS = "visits", _("每月到村次数")
    HOURS = "hours", _("每月服务小时")
    LECTURES = "lectures", _("每季度讲座场数")
    SAVVY = "savvy", _("法律明白人人数")


class SupervisionState(TextChoices):
    OPEN = "open", _("待答复")
    ANSWERED = "answered", _("已答复，待审")
    CLOSED = "closed", _("已结束")


class Rung(TextChoices):
    """Who has it: a ladder of two."""

    COUNTY = "1", _("县区督办")
    CITY = "2", _("市级督办")


class Measure(TextChoices):
    """What the data says about a station in a year; "" is judged by people, from evidence."""

    BY_HAND = "", _("看材料、看现场")
    PREMISES = "premises", _("独立场所（有为 1）")
    LINES = "lines", _("应设业务设齐的比例（%）")
    STAFF = "staff", _("在岗人数")
    HOURS = "hours", _("公布的每周开放小时")
    VOLUME = "volume", _("全年办件数")
    TIMELINESS = "timeliness", _("时限按时率（%）")
    SATISFACTION = "satisfaction", _("满意率（%）")
    RATED = "rated", _("测评率（%）")
    ADVISER = "adviser", _("所辖村到村达标率（%）")
    SAVVY = "savvy", _("所辖村法律明白人配齐率（%）")
    PUBLICITY = "publicity", _("发放宣传材料份数")


class ReviewState(TextChoices):
    SELF = "self", _("待自评")
    COUNTY = "county", _("待县区复核")
    CITY = "city", _("待市级评定")
    FINAL = "final", _("已评定")
    APPEALED = "appealed", _("申诉中")
