"""Kinds of what is found, states of answers and guides, what triage proposes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a hit is. Offices and people live in their own registers, below; they are found there."""

    LAW = "law", _("法律法规")
    ARTICLE = "article", _("法条")
    GUIDE = "guide", _("办事指南")
    ANSWER = "answer", _("问答")
    OFFICE = "office", _("机构站点")
    PERSON = "person", _("服务人员")


class AnswerState(TextChoices):
    PROPOSED = "proposed", _("待审核")
    PUBLISHED = "published", _("已发布")
    DECLINED = "declined", _("已退回")
    EXPIRED = "expired", _("已失效")


class GuideState(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")


class Topic(TextChoices):
    """Our own codes. The field's lists are not public: a city enters theirs beside ours (TopicCode)."""

    LABOUR = "labour", _("劳动人事")
    MARRIAGE = "marriage", _("婚姻家庭")
    INHERITANCE = "inheritance", _("继承")
    SUPPORT = "support", _("赡养监护")
    TRAFFIC = "traffic", _("交通事故")
    INJURY = "injury", _("人身损害")
    MEDICAL = "medical", _("医疗")
    DEBT = "debt", _("借贷担保")
    CONTRACT = "contract", _("合同")
    HOUSING = "housing", _("房屋买卖租赁")
    ESTATE = "estate", _("物业相邻")
    LAND = "land", _("土地征收")
    CONSUMER = "consumer", _("消费")
    CRIME = "crime", _("刑事")
    ADMINISTRATIVE = "administrative", _("行政")
    COMPANY = "company", _("公司")
    INTELLECTUAL = "intellectual", _("知识产权")
    REPUTATION = "reputation", _("名誉隐私")
    BUILDING = "building", _("建设工程")
    MARITIME = "maritime", _("海事海商")
    FOREIGN = "foreign", _("涉外")
    NOTARY = "notary", _("公证")


class Risk(TextChoices):
    """What somebody has to be called for at once, or what must not be missed."""

    VIOLENCE = "violence", _("暴力伤害")
    MINOR = "minor", _("未成年人受害")
    SUICIDE = "suicide", _("轻生")
    ESCALATION = "escalation", _("矛盾激化")
    LIMITATION = "limitation", _("期限将过")
    WAGE_GROUP = "wage_group", _("多人欠薪")
    CUSTODY = "custody", _("被羁押")
    ELDER = "elder", _("老人无人照管")


class Urgency(TextChoices):
    NORMAL = "normal", _("一般")
    SOON = "soon", _("尽快")
    URGENT = "urgent", _("马上")
