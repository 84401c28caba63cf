"""Stages, disputes, sources, parties, sessions, agreements: the closed vocabularies of mediation."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """The steps of one mediation; which state each stands for: `rules/stages.py`."""

    REQUESTED = "requested", _("已申请")
    ACCEPTED = "accepted", _("已接办")
    ASKED = "asked", _("待补充材料")
    PREPARING = "preparing", _("征求意愿、定调解员")
    MEDIATING = "mediating", _("调解中")
    AGREED = "agreed", _("达成协议，待签字盖章")
    EFFECTIVE = "effective", _("协议生效")
    FAILED = "failed", _("调解不成")
    DECLINED = "declined", _("一方不愿调解")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    REFUSED = "refused", _("不予受理")


class Source(TextChoices):
    """How the dispute came to the committee (人民调解法 Arts. 17, 18)."""

    REQUEST = "request", _("当事人申请")
    COMMITTEE = "committee", _("调委会主动调解")
    COURT = "court", _("法院委派、委托")
    POLICE = "police", _("公安机关移交")
    PETITION = "petition", _("信访部门移交")
    HOTLINE = "hotline", _("热线转来")
    OTHER = "other", _("其他单位移交")


REFERRED = frozenset({Source.COURT, Source.POLICE, Source.PETITION, Source.OTHER})
"""Whoever sends it is named."""


class Dispute(TextChoices):
    """Types as the field counts them; the province's codes are a mapping of the exchange, not known here."""

    FAMILY = "family", _("婚姻家庭")
    INHERITANCE = "inheritance", _("继承")
    NEIGHBOUR = "neighbour", _("邻里")
    HOUSING = "housing", _("房屋、宅基地")
    LAND = "land", _("山林、土地")
    PROPERTY = "property", _("物业")
    CONTRACT = "contract", _("合同、借贷")
    BUSINESS = "business", _("生产经营")
    WAGE = "wage", _("拖欠农民工工资")
    LABOUR = "labour", _("劳动争议")
    DAMAGE = "damage", _("损害赔偿")
    TRAFFIC = "traffic", _("道路交通事故")
    MEDICAL = "medical", _("医疗")
    CONSUMER = "consumer", _("消费")
    ONLINE = "online", _("电子商务")
    TOURISM = "tourism", _("旅游")
    TAKING = "taking", _("征地、拆迁")
    ENVIRONMENT = "environment", _("环境污染")
    OTHER = "other", _("其他")


ON_PAPER = frozenset({Dispute.FAMILY, Dispute.INHERITANCE})
"""Marriage, adoption, inheritance: no electronic signature (电子签名法 Art. 3)."""


class Grade(TextChoices):
    """How hard it was: what a mediator's allowance goes by (the stages of `subsidies`)."""

    SIMPLE = "simple", _("简易纠纷")
    ORDINARY = "ordinary", _("一般纠纷")
    DIFFICULT = "difficult", _("疑难纠纷")
    MAJOR = "major", _("重大纠纷")


class Side(TextChoices):
    ASKING = "asking", _("申请方")
    OTHER = "other", _("另一方")
    THIRD = "third", _("有关的第三人")


class PartyKind(TextChoices):
    PERSON = "person", _("个人")
    ORGANISATION = "organisation", _("单位")


class Consent(TextChoices):
    """What a party says to being mediated (Art. 17): silence is no consent."""

    OPEN = "", _("还没问到")
    AGREES = "agrees", _("同意调解")
    REFUSES = "refuses", _("明确拒绝")


class How(TextChoices):
    """How a party said it."""

    PRESENT = "present", _("当面")
    PHONE = "phone", _("电话")
    WRITING = "writing", _("书面")
    ONLINE = "online", _("网上")


class NamedBy(TextChoices):
    """Art. 19: the committee names them, or the parties choose."""

    COMMITTEE = "committee", _("调委会指定")
    PARTIES = "parties", _("当事人选择")


class MediatorState(TextChoices):
    ACTIVE = "active", _("在调")
    REPLACED = "replaced", _("已更换")
    ENDED = "ended", _("已结束")


class Bar(TextChoices):
    """Why somebody should not mediate a dispute."""

    SELF = "self", _("本人就是当事人")
    EMPLOYER = "employer", _("所在单位是当事人")
    OTHER_WORK = "other_work", _("正在另一件里为一方当事人办事")
    SAID = "said", _("当事人或本人说有利害关系")
    DROPPED = "dropped", _("这件里换下来过")
    AWAY = "away", _("请假")


CONFLICTS = frozenset({Bar.EMPLOYER, Bar.OTHER_WORK, Bar.SAID})
"""Only when every party, knowing of it, agrees in writing."""


class PlaceKind(TextChoices):
    ROOM = "room", _("调解室")
    DOORSTEP = "doorstep", _("上门、现场")
    REMOTE = "remote", _("电话、视频")


class SessionState(TextChoices):
    PLANNED = "planned", _("已约定")
    HELD = "held", _("已进行")
    CANCELLED = "cancelled", _("已取消")


class OfferState(TextChoices):
    OPEN = "open", _("等答复")
    TAKEN = "taken", _("接受")
    TURNED_DOWN = "turned_down", _("不接受")


class Form(TextChoices):
    """Arts. 28, 30: an oral agreement holds from the agreeing; a written one when it is signed and sealed."""

    ORAL = "oral", _("口头协议")
    WRITTEN = "written", _("书面协议")


class AgreementState(TextChoices):
    DRAFT = "draft", _("待签字")
    EFFECTIVE = "effective", _("已生效")
    VOID = "void", _("没有签成")
    REPLACED = "replaced", _("已由新协议代替")


class Mark(TextChoices):
    """How somebody signed (Art. 29: sign, seal or fingerprint)."""

    INK = "ink", _("签名")
    STAMP = "stamp", _("盖章")
    FINGER = "finger", _("捺印")
    ELECTRONIC = "electronic", _("电子签名")


class NotOnLine(TextChoices):
    """Why somebody cannot sign with a code on line, as they read it."""

    SIGNED = "signed", _("您已经签过了。")
    FAMILY = "family", _("婚姻、收养、继承这类协议，法律要求当面在纸上签。")
    OFFICE = "office", _("这里还没有开通网上签字，请当面签。")
    ORGANISATION = "organisation", _("单位签协议要盖章，请带公章当面签。")
    OTHERS = "others", _("由监护人、代理人办的，请带证明当面签。")
    NO_MOBILE = "no_mobile", _("没有留手机号，收不到验证码，请当面签。")


class Role(TextChoices):
    """Whose mark it is: all three decide the day of effect (Art. 29)."""

    PARTY = "party", _("当事人")
    MEDIATOR = "mediator", _("调解员")
    SEAL = "seal", _("调委会印章")


class Unfit(TextChoices):
    """What a court does not confirm; sources in `rules/confirmation.py`."""

    STATUS = "status", _("确认身份关系、收养关系、婚姻关系")
    TITLE = "title", _("物权、知识产权确权")
    NOT_COURT = "not_court", _("不归法院受理的纠纷")
    SPECIAL = "special", _("要走特别程序、公示催告、破产的")


class Confirmation(TextChoices):
    """Art. 33: asked for jointly within thirty days."""

    NONE = "", _("没有申请")
    WANTED = "wanted", _("双方要共同申请")
    FILED = "filed", _("已交法院")
    CONFIRMED = "confirmed", _("法院裁定有效")
    REJECTED = "rejected", _("法院驳回或不受理")


class TermState(TextChoices):
    OPEN = "open", _("待履行")
    DONE = "done", _("已履行")
    BROKEN = "broken", _("没有履行")


class RuleCode(TextChoices):
    """Numbers that the law names for a committee (人民调解法 Arts. 8, 9); the office's word on signing."""

    MEMBERS_LEAST = "members_least", _("委员最少几人")
    MEMBERS_MOST = "members_most", _("委员最多几人")
    TERM_YEARS = "term_years", _("任期几年")
    ONLINE_SIGN = "online_sign", _("能不能网上签字（1 能，0 不能）")


class Outcome(TextChoices):
    """How it came out the last time."""

    NONE = "", _("还没有")
    AGREED = "agreed", _("达成协议")
    FAILED = "failed", _("调解不成")
    DECLINED = "declined", _("一方不愿调解")
