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


# ── an application ──


class Stage(TextChoices):
    """The steps of one matter of legal aid; which state each stands for: `rules/stages.py`."""

    APPLIED = "applied", _("已申请")
    ACCEPTED = "accepted", _("已接办")
    ASKED = "asked", _("待补充材料")
    REVIEW = "review", _("审查中")
    REFUSAL_PROPOSED = "refusal_proposed", _("拟不予援助，待复核")
    GRANTED = "granted", _("已给予援助，待指派")
    ASSIGNED = "assigned", _("已指派")
    HANDLING = "handling", _("承办中")
    CONCLUDED = "concluded", _("事情已了，待结案报告")
    REPORTED = "reported", _("已交结案报告，待审核")
    TERMINATION_PROPOSED = "termination_proposed", _("拟终止援助，待复核")
    OBJECTED = "objected", _("异议审查中")
    DONE = "done", _("已结案")
    REFUSED = "refused", _("不予援助")
    UPHELD = "upheld", _("异议后维持原决定")
    TERMINATED = "terminated", _("已终止援助")
    TRANSFERRED = "transferred", _("已转交")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    LAPSED = "lapsed", _("视为撤回")


class Source(TextChoices):
    """How the application came: Art. 41 by the person, Art. 39 passed on, Arts. 25, 28, 36 by notice."""

    OWN = "own", _("本人或代理人申请")
    DETAINED = "detained", _("被羁押人申请，由看守所、值班律师等转来")
    NOTIFIED = "notified", _("办案机关通知")


class Form(TextChoices):
    """法律援助法 Art. 22: the forms of aid that are decided on."""

    LITIGATION = "litigation", _("打官司代理")
    DEFENCE = "defence", _("刑事辩护或代理")
    ARBITRATION = "arbitration", _("劳动争议调解、仲裁代理")
    NON_LITIGATION = "non_litigation", _("不打官司的代理")
    DRAFTING = "drafting", _("代写法律文书")
    OTHER = "other", _("其他")


class Claim(TextChoices):
    """On which of the three grounds aid is asked for, besides the organ's notice."""

    NO_CHECK = "no_check", _("不看经济条件（第三十二条）")
    BELONGING = "belonging", _("特定人员，免予核查（第四十二条）")
    HARDSHIP = "hardship", _("经济困难（第四十一条）")
    NOTIFIED = "notified", _("办案机关通知（第二十五条、第二十八条）")


class Shown(TextChoices):
    """How belonging or hardship is shown. A commitment replaces the proof of hardship, not of belonging."""

    NONE = "", _("还没有")
    PAPER = "paper", _("出示证件")
    SHARING = "sharing", _("查共享数据")
    COMMITMENT = "commitment", _("个人诚信承诺")


class PlaceOf(TextChoices):
    """Art. 38: by the organ that handles it, else by where it happened."""

    BODY = "body", _("法院、仲裁委等办案机关所在地")
    EVENT = "event", _("事情发生地")


class Mandate(TextChoices):
    """Who applies for the person (Art. 40)."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人（法定代理人）")
    RELATIVE = "relative", _("近亲属")
    AGENT = "agent", _("受委托的人")


class Hurry(TextChoices):
    """Art. 44: when aid is given before it is decided."""

    NO = "", _("不急")
    LIMIT = "limit", _("离法定时效或期限届满不足七日")
    PRESERVE = "preserve", _("需要立即申请保全、先予执行")
    OTHER = "other", _("其他紧急情形")


class Advice(TextChoices):
    """What the pre-check proposes; refusing is never among it."""

    ASSIGN = "assign", _("按通知指派")
    FIRST = "first", _("先行提供援助")
    TRANSFER = "transfer", _("转交有管辖权的机构")
    ASK = "ask", _("一次告知缺什么")
    GRANT = "grant", _("给予援助")
    WEIGH = "weigh", _("由您衡量")


class DecisionKind(TextChoices):
    GRANT = "grant", _("给予法律援助")
    FIRST = "first", _("先行提供法律援助")
    NOTICE = "notice", _("按通知指派")
    REFUSE = "refuse", _("不予法律援助")
    TRANSFER = "transfer", _("转交")
    LAPSE = "lapse", _("视为撤回申请")
    TERMINATE = "terminate", _("终止法律援助")


class DecisionState(TextChoices):
    PROPOSED = "proposed", _("待复核")
    MADE = "made", _("已作出")
    SENT_BACK = "sent_back", _("已退回")
    OVERTURNED = "overturned", _("已改正")


FOUR_EYES = frozenset({DecisionKind.REFUSE, DecisionKind.TERMINATE})
"""What takes something from a person: proposed by one, made by another."""


class EndGround(TextChoices):
    """法律援助法 Art. 48: the eight grounds of termination."""

    FRAUD = "fraud", _("以欺骗或者其他不正当手段获得法律援助")
    HIDING = "hiding", _("故意隐瞒与案件有关的重要事实或者提供虚假证据")
    ILLEGAL = "illegal", _("利用法律援助从事违法活动")
    MEANS = "means", _("经济状况发生变化，不再符合条件")
    ENDED = "ended", _("案件终止审理或者已经被撤销")
    OWN_LAWYER = "own_lawyer", _("自行委托律师或者其他代理人")
    ASKED = "asked", _("有正当理由要求终止")
    OTHER = "other", _("法律法规规定的其他情形")


class Judgement(TextChoices):
    """What the bureau says to an objection (Art. 49)."""

    OPEN = "", _("审查中")
    UPHELD = "upheld", _("维持")
    ORDERED = "ordered", _("责令改正")


class AssignmentState(TextChoices):
    ACTIVE = "active", _("承办")
    DECLINED = "declined", _("未接受")
    REPLACED = "replaced", _("已更换")
    ENDED = "ended", _("已结束")


class Bar(TextChoices):
    """Why somebody may not be given a matter."""

    TOO_NEW = "too_new", _("执业不满三年，不能办可能判处无期徒刑、死刑的案件")
    CONFLICT = "conflict", _("同一家律所正代理对方")
    DROPPED = "dropped", _("在这件里没有接受或已被更换")
    FULL = "full", _("在办的已到上限")
    AWAY = "away", _("请假中")


class Step(TextChoices):
    """What a lawyer reports (Art. 46): the steps that residents know by name."""

    MET = "met", _("已见面，签了委托手续")
    FILED = "filed", _("已立案或已提交申请")
    EVIDENCE = "evidence", _("调查取证")
    MEDIATED = "mediated", _("参加调解")
    HEARING = "hearing", _("开庭")
    PAPERS = "papers", _("提交代理词、辩护意见")
    RESULT = "result", _("有了结果")
    OTHER = "other", _("其他进展")


class ReportKind(TextChoices):
    PROGRESS = "progress", _("进展")
    CLOSING = "closing", _("结案报告")
    VISIT = "visit", _("回访")


class Picked(TextChoices):
    """How a matter came to its quality review."""

    SAMPLED = "sampled", _("抽查")
    CHOSEN = "chosen", _("指定")


class AssessState(TextChoices):
    """Of one quality review."""

    OPEN = "open", _("待评估")
    RATED = "rated", _("已评定")
    OBJECTED = "objected", _("异议待复核")
    SETTLED = "settled", _("异议已复核")


class ReviewBar(TextChoices):
    """Why somebody may not review a matter."""

    WORKED = "worked", _("本人办过这件")
    SAME_FIRM = "same_firm", _("和承办人同一机构")
