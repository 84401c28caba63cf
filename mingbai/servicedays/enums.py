"""Skills, sources and states of needs, plans, days and records of public legal service days."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Skill(TextChoices):
    """Who is missing: the planner's own words (`solver.instance.SKILLS`)."""

    LAWYER = "lawyer", _("律师")
    MEDIATOR = "mediator", _("调解员")
    AID_CLERK = "aid_clerk", _("法援人员")
    NOTARY = "notary", _("公证员")


class NeedSource(TextChoices):
    WORKER = "worker", _("村镇登记")
    UNANSWERED = "unanswered", _("咨询未答复")
    HOME_VISIT = "home_visit", _("要求上门")
    HOTLINE = "hotline", _("热线来电")
    RESERVATION = "reservation", _("群众预约")


class NeedState(TextChoices):
    OPEN = "open", _("等待中")
    SERVED = "served", _("服务日已办")
    ELSEWHERE = "elsewhere", _("已另行解决")
    WITHDRAWN = "withdrawn", _("不再需要")


class PlanState(TextChoices):
    DRAFT = "draft", _("草案")
    PUBLISHED = "published", _("已公布")
    REPLACED = "replaced", _("已被替换")
    DROPPED = "dropped", _("已作废")


class DayState(TextChoices):
    DRAFT = "draft", _("草案")
    PLANNED = "planned", _("已公布")
    HELD = "held", _("已举办")
    CANCELLED = "cancelled", _("已取消")


class RunState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class RunKind(TextChoices):
    PLAN = "plan", _("排计划")
    REPLAN = "replan", _("尽量少改")


class RecordKind(TextChoices):
    """What is counted of a day; the first three are the letter's figures."""

    CONSULTATION = "consultation", _("解答咨询")
    LEGAL_AID = "legal_aid_accepted", _("受理法律援助")
    NOTARY_HOME = "notary_home_booking", _("预约上门公证")
    MEDIATION = "mediation_begun", _("开始调解")
    MATERIALS = "materials", _("发放资料")


class RecordFlag(TextChoices):
    """Why somebody should look at a record that was kept all the same."""

    NONE = "", _("无")
    CANCELLED_DAY = "cancelled_day", _("这一天已取消")
    CLOSED_DAY = "closed_day", _("收班后补记")


class RuleCode(TextChoices):
    """Numbers of the office, as dated rows with their source."""

    NOTICE_DAYS = "notice_days", _("至少提前几天公布")
    DAYS_A_YEAR = "days_a_year", _("每个乡镇每年至少几天")
    MOST_DAYS = "most_days", _("一处每月最多几天")
    GAP_DAYS = "gap_days", _("一处两次至少隔几个工作日")
    MOST_KM = "most_km", _("单程最远多少公里")
    CAPACITY = "capacity", _("每人每天接待多少件")
    PERSON_DAYS = "person_days", _("每人每月最多几天")
    LEAST_LAWYERS = "least_lawyer", _("每次至少几名律师")
    LEAST_MEDIATORS = "least_mediator", _("每次至少几名调解员")
    LEAST_AID_CLERKS = "least_aid_clerk", _("每次至少几名法援人员")
    LEAST_NOTARIES = "least_notary", _("每次至少几名公证员")
    UNANSWERED_DAYS = "unanswered_days", _("咨询几个工作日未答复就算服务日需求")
