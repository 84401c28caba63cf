"""Levels, tiers, lines and kinds of the places: the words stand in docs/glossary.md."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    CITY = "city", _("市")
    COUNTY = "county", _("县区")
    TOWNSHIP = "township", _("乡镇街道")
    VILLAGE = "village", _("村社区")


class Tier(TextChoices):
    CITY_CENTRE = "city_centre", _("市级中心")
    COUNTY_CENTRE = "county_centre", _("县区中心")
    TOWNSHIP_STATION = "township_station", _("乡镇工作站")
    VILLAGE_STUDIO = "village_studio", _("村居工作室")


class Line(TextChoices):
    """The one vocabulary of business lines."""

    CONSULTATION = "consultation", _("法律咨询")
    LEGAL_AID = "legal_aid", _("法律援助")
    MEDIATION = "mediation", _("人民调解")
    NOTARY = "notary", _("公证")
    COUNSEL = "counsel", _("律师服务")
    APPROVAL = "approval", _("司法行政审批")
    FORENSIC = "forensic", _("司法鉴定")
    ARBITRATION = "arbitration", _("仲裁")
    EXAM = "exam", _("法律职业资格考试")


class OrganisationKind(TextChoices):
    BUREAU = "bureau", _("司法局")
    CENTRE = "centre", _("公共法律服务中心")
    FIRM = "firm", _("律师事务所")
    NOTARY_OFFICE = "notary_office", _("公证处")
    MEDIATION_COMMITTEE = "mediation_committee", _("人民调解委员会")
    APPRAISAL = "appraisal", _("司法鉴定机构")
    ARBITRATION = "arbitration", _("仲裁委员会")
    OTHER = "other", _("其他机构")


class Charge(TextChoices):
    """What an organisation does for a station."""

    OPERATOR = "operator", _("运营单位")
    SUPERVISOR = "supervisor", _("监督单位")


class TransferState(TextChoices):
    OFFERED = "offered", _("待接收")
    ACCEPTED = "accepted", _("已接收")
    DECLINED = "declined", _("已退回")
    CANCELLED = "cancelled", _("已取消")


class ChangeKind(TextChoices):
    CREATED = "created", _("新设")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("划转")
    MERGED = "merged", _("合并")
    SPLIT = "split", _("分设")
    ABOLISHED = "abolished", _("撤销")


class Weekday(TextChoices):
    MON = "0", _("周一")
    TUE = "1", _("周二")
    WED = "2", _("周三")
    THU = "3", _("周四")
    FRI = "4", _("周五")
    SAT = "5", _("周六")
    SUN = "6", _("周日")
