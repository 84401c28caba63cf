"""What figures count, and in which unit."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    TIMES = "times", _("次")
    PERSON_TIMES = "person_times", _("人次")
    MATTERS = "matters", _("件")
    COPIES = "copies", _("份")
    PIECES = "pieces", _("个")
    PEOPLE = "people", _("人")
    DAYS = "days", _("场")
    PLACE = "place", _("位")
    YUAN = "yuan", _("元")
    SPAN_DAYS = "span_days", _("天")
    SECONDS = "seconds", _("秒")


class Group(TextChoices):
    """What a page of figures shows together."""

    LINE = "line", _("热线")
    NET = "net", _("网络工单")
    MATTERS = "matters", _("办理")
    LIKED = "liked", _("评价")
    DOOR = "door", _("窗口")
    DAYS = "days", _("服务日")
    AID = "aid", _("法律援助")
    MEDIATION = "mediation", _("人民调解")
    STATIONS = "stations", _("站点和人员")
    VILLAGES = "villages", _("村居和督办")
    COVERAGE = "coverage", _("可信程度")
    PAY = "pay", _("补贴")


class Dimension(TextChoices):
    """What a figure may be taken apart by."""

    REGION = "region", _("地区")
    STATION = "station", _("站点")
    TIER = "tier", _("站点层级")
    CHANNEL = "channel", _("渠道")
    KIND = "kind", _("类别")
    TOPIC = "topic", _("主题")
    PERSON = "person", _("人员")


class Counts(TextChoices):
    """One matter that came by 12345, telephone and window is three contacts and one matter."""

    CONTACTS = "contacts", _("按接触计，一事多次来各算一次")
    MATTERS = "matters", _("按事项计，并单的不重复算")
    STOCK = "stock", _("期末时点数")
