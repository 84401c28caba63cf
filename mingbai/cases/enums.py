"""States, channels, modes and the other closed vocabularies of the trunk."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    RECEIVED = "received", _("待受理")
    ACCEPTED = "accepted", _("已受理")
    IN_PROGRESS = "in_progress", _("办理中")
    WAITING = "waiting", _("待补充")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已办结")
    REFUSED = "refused", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")
    MERGED = "merged", _("并单")


OPEN_STATES = frozenset({State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.WAITING, State.ANSWERED})
ENDED_STATES = frozenset(State) - OPEN_STATES


class Channel(TextChoices):
    WINDOW = "window", _("窗口")
    HOTLINE = "hotline", _("热线")
    WEB = "web", _("法网")
    WECHAT = "wechat", _("微信")
    KIOSK = "kiosk", _("查询机")
    SERVICE_DAY = "service_day", _("服务日")
    RECEPTION_DAY = "reception_day", _("接待日")
    VILLAGE = "village", _("村居")
    HOME_VISIT = "home_visit", _("上门")
    PARTNER = "partner", _("转来")


class Mode(TextChoices):
    """What a line can do with a matter at a desk."""

    ANSWERED = "answered", _("解答")
    ACCEPTED = "accepted", _("受理")
    GUIDED = "guided", _("指引")


class WaitingOn(TextChoices):
    STATION = "station", _("等我们办理")
    RESIDENT = "resident", _("等群众补充")
    NOBODY = "nobody", _("已结束")


IN_WORK = (WaitingOn.STATION, WaitingOn.RESIDENT)
"""Of whom a matter in work may wait; an ended one whose bad rating is still to be called back waits too."""


class Place(TextChoices):
    """How sure we are of where it happened; a place outside or unknown is never refused."""

    KNOWN = "known", _("本市")
    OUTSIDE = "outside", _("不在本市")
    UNKNOWN = "unknown", _("不清楚")


class Tell(TextChoices):
    """How the resident wants to hear the answer."""

    PHONE = "phone", _("电话")
    SMS = "sms", _("短信")
    VISIT = "visit", _("到窗口来取")
    VILLAGE = "village", _("请村里转告")
    LETTER = "letter", _("信件")
    FOLLOW = "follow", _("自己查询")
    PARTNER = "partner", _("由转来单位告知")


class MayBeTold(TextChoices):
    SPEAKER = "speaker", _("只告诉来访(来电)人")
    PARTY = "party", _("只告诉当事人")
    BOTH = "both", _("两人都可以")


class Basis(TextChoices):
    """The ground on which personal data is processed (PIPL Art. 13)."""

    CONSENT = "consent", _("本人同意")
    DUTY = "duty", _("履行法定职责")


class Purpose(TextChoices):
    """What a consent covers; each is asked for separately (PIPL Arts. 14, 23, 29)."""

    HANDLE = "handle", _("处理咨询")
    SENSITIVE = "sensitive", _("处理敏感个人信息")
    PASS_ON = "pass_on", _("转交其他单位")


class MessageKind(TextChoices):
    SUPPLEMENT = "supplement", _("补充说明")
    ANSWER = "answer", _("答复")
    ASK = "ask", _("请补充")
    NOTE = "note", _("内部备注")
    CALL_BACK = "call_back", _("回访")
    PROGRESS = "progress", _("进展")


class AuthorKind(TextChoices):
    RESIDENT = "resident", _("群众")
    STAFF = "staff", _("工作人员")
    PARTNER = "partner", _("协作单位")


class RiskState(TextChoices):
    OPEN = "open", _("待处置")
    REPORTED = "reported", _("已报告")
    DISMISSED = "dismissed", _("不是风险")


class HandoverState(TextChoices):
    OFFERED = "offered", _("待签收")
    ACCEPTED = "accepted", _("已签收")
    DECLINED = "declined", _("已退回")
    TAKEN_BACK = "taken_back", _("已收回")
    DESIGNATED = "designated", _("已指定承办")


class HeardFrom(TextChoices):
    """知晓: how somebody heard of the service; asked after a rating, may be left out."""

    VILLAGE = "village", _("村里、社区")
    PEOPLE = "people", _("亲友、邻居")
    PHONE = "phone", _("手机、网上")
    NEWS = "news", _("电视、广播、报纸")
    OFFICE = "office", _("法院、派出所等单位")
    EVENT = "event", _("服务日、宣传活动")


class Unit(TextChoices):
    WORKING_DAY = "working_day", _("个工作日")
    CALENDAR_DAY = "calendar_day", _("天")
    MONTH = "month", _("个月")
    HOUR = "hour", _("小时")


class Strength(TextChoices):
    SERVICE = "service", _("服务承诺")
    LEGAL = "legal", _("法定期限")


class Event(TextChoices):
    """What starts or stops a clock."""

    OPENED = "opened", _("收到")
    TAKEN_UP = "taken_up", _("有人接办")
    ACCEPTED = "accepted", _("受理")
    ANSWERED = "answered", _("答复")
    TOLD = "told", _("告知")
    CLOSED = "closed", _("办结")
    HANDED_OVER = "handed_over", _("转办待签收")
    HANDOVER_ANSWERED = "handover_answered", _("签收或退回")
    ASKED_HELP = "asked_help", _("请求协办")
    HELPED = "helped", _("协办完成")
    RATED_BADLY = "rated_badly", _("差评")
    CALLED_BACK = "called_back", _("回访")
    REFUSED = "refused", _("不予受理")
    STAGE = "stage", _("环节")


class ClockEnd(TextChoices):
    MET = "met", _("按时")
    LATE = "late", _("超期")
    CANCELLED = "cancelled", _("取消")


class ExtensionState(TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已同意")
    REFUSED = "refused", _("未同意")


class AppealState(TextChoices):
    NONE = "", _("无")
    ASKED = "asked", _("申诉中")
    UPHELD = "upheld", _("维持评价")
    STRUCK = "struck", _("评价剔除")


GRADES = {5: _("非常满意"), 4: _("满意"), 3: _("基本满意"), 2: _("不满意"), 1: _("非常不满意")}
BAD_GRADES = frozenset({1, 2})


class PhoneOf(TextChoices):
    OWN = "own", _("本人")
    FAMILY = "family", _("家人")
    NEIGHBOUR = "neighbour", _("邻居或村干部")
