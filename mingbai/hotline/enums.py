"""How calls came into the table, what happens to them, and what a seat is doing."""

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


class CallEnd(TextChoices):
    """Who or what ended a call; `unobserved`: we were not there, and do not guess."""

    CALLER = "caller", _("来电人挂断")
    AGENT = "agent", _("值班人员挂断")
    LINE = "line", _("线路中断")
    OTHER = "other", _("接转的一方挂断")
    UNREACHED = "unreached", _("对方没有接")
    UNOBSERVED = "unobserved", _("未观察到")


class Step(TextChoices):
    """What can happen to a call, in the order of a usual one."""

    OFFERED = "offered", _("呼入")
    QUEUED = "queued", _("排队")
    RINGING = "ringing", _("振铃")
    UNANSWERED = "unanswered", _("席位未接")
    ANSWERED = "answered", _("接通")
    HELD = "held", _("保持")
    RESUMED = "resumed", _("恢复通话")
    REQUEUED = "requeued", _("席位掉线，回到队首")
    FORWARDED = "forwarded", _("转夜间值班")
    PROMISED = "promised", _("承诺回电")
    CALLED = "called", _("呼叫第三方")
    JOINED = "joined", _("第三方接通")
    UNREACHED = "unreached", _("第三方没有接通")
    LEFT = "left", _("第三方退出")
    TRANSFERRED = "transferred", _("已转接")
    RETURNED = "returned", _("转接不成，回到队首")
    ENDED = "ended", _("结束")


class SeatState(TextChoices):
    """What whoever sits there has said; `off` is nobody."""

    OFF = "off", _("未签入")
    READY = "ready", _("就绪")
    PAUSE = "pause", _("小休")


class Busy(TextChoices):
    """What the line makes of a seat; it goes before what was said."""

    FREE = "", _("空闲")
    RINGING = "ringing", _("振铃")
    TALKING = "talking", _("通话中")
    WRAP = "wrap", _("话后整理")


class PauseReason(TextChoices):
    BREAK = "break", _("休息")
    MEAL = "meal", _("用餐")
    MEETING = "meeting", _("开会")
    CASE = "case", _("处理办件")
    NO_ANSWER = "no_answer", _("来电未接，已暂停派线")
    AWAY = "away", _("电话掉线，已暂停派线")


class Voice(TextChoices):
    """What carries the voice of a seat."""

    BROWSER = "browser", _("浏览器软电话")
    PHONE = "phone", _("桌面电话机")
    NONE = "none", _("第二屏（不接电话）")


class Recording(TextChoices):
    """Where the recording of a call is; "missing" is said and not hidden."""

    NONE = "", _("未录音")
    DUE = "due", _("待归档")
    KEPT = "kept", _("已归档")
    MISSING = "missing", _("录音缺失")
    DELETED = "deleted", _("到期已销毁")


class Want(TextChoices):
    """What a seat may want of its call; `dial` begins one."""

    PASS = "pass", _("直接转接")
    CONSULT = "consult", _("先问再转")
    JOIN = "join", _("三方通话")
    MEET = "meet", _("并成三方通话")
    BACK = "back", _("请第三方退出")
    LEAVE = "leave", _("我退出，他们继续")
    DIAL = "dial", _("去电")


class Target(TextChoices):
    """Whom a call goes to."""

    NONE = "", _("无")
    SEAT = "seat", _("席位")
    STATION = "station", _("站点")
    OTHER_LINE = "12345", _("12345 热线")
    NUMBER = "number", _("其他号码")


class CommandState(TextChoices):
    """What became of something that a seat wanted."""

    ASKED = "asked", _("已提出")
    RINGING = "ringing", _("正在呼叫")
    TALKING = "talking", _("已接通")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有接通")
    REFUSED = "refused", _("没有执行")


class Unreached(TextChoices):
    """Why a third party was not reached, or a wish not followed."""

    NONE = "", _("无")
    BUSY = "busy", _("对方占线")
    NO_ANSWER = "no_answer", _("对方没有接")
    AWAY = "away", _("对方不在线")
    HUNG_UP = "hung_up", _("来电人已挂断")
    NOT_TALKING = "not_talking", _("这时没有在通话")
    THIRD_THERE = "third_there", _("已经有第三方")
    NO_THIRD = "no_third", _("没有第三方")
    LATE = "late", _("电话交换机当时联系不上")
